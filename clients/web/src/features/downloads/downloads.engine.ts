/** Originals on their way to the disk: every octet is checked before it is handed on, the SHA-256 of each file at its end. */
import { uniqueName } from '@aerie/sdk';
import { makeZip } from 'client-zip';
import { proxy } from 'comlink';
import type { Client } from '../../platform/engine/client.js';
import { pull, type Pull } from './pull.js';

export interface ZipPull extends Pull {
  /** What is being added; after a fault, what it is about. */
  current(): string | null;
}

export interface ZipEntry {
  readonly name: string;
  readonly input: AsyncIterable<Uint8Array>;
  readonly lastModified?: Date;
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
      const taken = new Set<string>();
      const { aerie } = client;
      async function* files(): AsyncGenerator<ZipEntry> {
        for (const mediaId of mediaIds) {
          current = mediaId;
          const { media, content } = await aerie.media.download(mediaId);
          const lastModified = new Date(media.modifiedAt ?? media.committedAt);
          yield { name: uniqueName(media.name ?? mediaId, taken), input: content, lastModified };
        }
      }
      return proxy(zipPull(files(), () => current));
    },
  };
}

/** A zip (APPNOTE 6.3, stored, zip64 where needed) that is made as it is taken; it ends in the fault of any of its files. */
export function zipPull(entries: AsyncIterable<ZipEntry>, current: () => string | null): ZipPull {
  let content: AsyncIterator<Uint8Array> | undefined;
  async function* files() {
    for await (const { name, input, lastModified = new Date() } of entries) {
      const opened = (content = input[Symbol.asyncIterator]());
      yield { name, input: { [Symbol.asyncIterator]: () => opened }, lastModified };
    }
  }
  const zipped = pull(octetsOf(makeZip(files())));
  return {
    next: zipped.next,
    current,
    async stop() {
      await zipped.stop();
      // The zip lets go of its file without ending the transfer.
      await content?.return?.();
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
