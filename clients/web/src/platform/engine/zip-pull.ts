/** Several files on their way from the engine to the page, as one zip that is made while it is taken. */
import { makeZip } from 'client-zip';
import { octetsOf } from './octets-of.js';
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
