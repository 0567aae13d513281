/** Originals on their way to the disk: every octet is checked against what its uploader signed before it is handed on. */
import { placesOf, repeatable } from '@aerie/sdk';
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
     * One zip (APPNOTE 6.3, stored, zip64 where needed) of the originals, in their folders and under each of their names, which
     * every file system takes, none twice. Ends in a fault at the first file that is not what its uploader signed: half a zip is not handed out as one.
     */
    zip(mediaIds: readonly string[]) {
      let current: string | null = null;
      const { aerie } = client;
      const named = async (mediaId: string) => [mediaId, await aerie.media.open(mediaId)] as const;
      async function* files(): AsyncGenerator<ZipEntry> {
        const places = placesOf(new Map(await Promise.all(mediaIds.map(named))));
        for (const mediaId of mediaIds) {
          current = mediaId;
          const opened = await aerie.media.open(mediaId);
          const content = repeatable(opened.meta.bytes, () => aerie.media.whole(opened));
          for (const { path: name, modifiedAt } of places.get(mediaId)!)
            yield { name, input: content(), lastModified: new Date(modifiedAt ?? opened.media.committedAt) };
        }
      }
      return proxy(zipPull(files(), () => current));
    },
  };
}
