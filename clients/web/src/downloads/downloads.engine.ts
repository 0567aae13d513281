/** Originals on their way to the disk: every octet is checked before it is handed on, the SHA-256 of each file at its end. */
import { uniqueName } from '@aerie/sdk';
import { makeZip } from 'client-zip';
import { proxy } from 'comlink';
import type { Client } from '../engine/client.js';
import { pull, type Pull } from './pull.js';

export interface ZipPull extends Pull {
  /** The media whose file is being added; after a fault, the one it is about. */
  current(): string | null;
}

export function downloadsEngine(client: Client) {
  return {
    async file(mediaId: string) {
      const { content } = await client.aerie.media.download(mediaId);
      return pull(content);
    },

    /**
     * One zip (APPNOTE 6.3, stored, zip64 where needed) of the originals, under names that every file system takes, none
     * twice. Ends in a fault at the first file that is not what its uploader signed: half a zip is not handed out as one.
     */
    zip(mediaIds: readonly string[]) {
      let current: string | null = null;
      let content: AsyncIterator<Uint8Array> | undefined;
      const taken = new Set<string>();
      const { aerie } = client;
      async function* files() {
        for (const mediaId of mediaIds) {
          current = mediaId;
          const { media, content: whole } = await aerie.media.download(mediaId);
          const lastModified = new Date(media.modifiedAt ?? media.committedAt);
          const opened = (content = whole[Symbol.asyncIterator]());
          const input = { [Symbol.asyncIterator]: () => opened };
          yield { name: uniqueName(media.name ?? mediaId, taken), input, lastModified };
        }
      }
      const zipped = pull(octetsOf(makeZip(files())));
      const zip: ZipPull = {
        next: zipped.next,
        current: () => current,
        async stop() {
          await zipped.stop();
          // The zip lets go of its file without ending the transfer.
          await content?.return?.();
        },
      };
      return proxy(zip);
    },
  };
}

/** Not every browser iterates over streams by itself. */
async function* octetsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
