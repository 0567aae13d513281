/** Originals on their way to the disk: every octet is checked before it is handed on, the SHA-256 of each file at its end. */
import { restorePaths } from '@aerie/sdk';
import { proxy } from 'comlink';
import type { Client } from '../../platform/engine/client.js';
import { pull } from '../../platform/engine/pull.js';
import { zipPull, type ZipEntry } from '../../platform/engine/zip-pull.js';

declare module '../../platform/engine/engines.js' {
  interface Engines {
    downloads: ReturnType<typeof downloadsEngine>;
  }
}

export default function downloadsEngine(client: Client) {
  return {
    async file(mediaId: string) {
      const { content } = await client.aerie.media.download(mediaId);
      return pull(content);
    },

    /**
     * One zip (APPNOTE 6.3, stored, zip64 where needed) of the originals, in their folders, under names that every file
     * system takes, none twice. Ends in a fault at the first file that is not what its uploader signed: half a zip is not handed out as one.
     */
    zip(mediaIds: readonly string[]) {
      let current: string | null = null;
      const { aerie } = client;
      const restorable = async (mediaId: string) => ({ ...(await aerie.media.open(mediaId)).meta, mediaId });
      async function* files(): AsyncGenerator<ZipEntry> {
        const paths = restorePaths(await Promise.all(mediaIds.map(restorable)));
        for (const mediaId of mediaIds) {
          current = mediaId;
          const { media, content } = await aerie.media.download(mediaId);
          const lastModified = new Date(media.modifiedAt ?? media.committedAt);
          yield { name: paths.get(mediaId)!, input: content, lastModified };
        }
      }
      return proxy(zipPull(files(), () => current));
    },
  };
}
