/** Exports into a folder of this machine (File System Access). A file appears there only when it is whole. */
import type { ExportSink } from '@aerie/sdk';
import { octetsOf } from '../../platform/engine/octets-of.js';

export class FolderSink implements ExportSink {
  /** What the disk refused: that ends an export, where a damaged media only is left out. */
  diskFault: unknown;

  /**
   * @param signal ends a file under way, of which nothing is left
   * @param onBytes told of octets as they are written
   */
  constructor(
    readonly folder: FileSystemDirectoryHandle,
    readonly signal: AbortSignal,
    readonly onBytes: (bytes: number) => void,
  ) {}

  write(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#write(path, content, this.onBytes);
  }

  /** Of what was written before: nothing further comes from the server. */
  async copy(from: string, to: string): Promise<void> {
    const [within, name] = await this.#placeOf(from);
    const file = await this.#disk(async () => (await within.getFileHandle(name)).getFile());
    await this.#write(to, octetsOf(file.stream()), () => {});
  }

  async #placeOf(path: string): Promise<[FileSystemDirectoryHandle, name: string]> {
    const names = path.split('/');
    const name = names.pop()!;
    let within = this.folder;
    for (const part of names) within = await this.#disk(() => within.getDirectoryHandle(part, { create: true }));
    return [within, name];
  }

  async #write(path: string, content: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): Promise<void> {
    const [within, name] = await this.#placeOf(path);
    this.signal.throwIfAborted();
    const handle = await this.#disk(() => within.getFileHandle(name, { create: true }));
    const writable = await this.#disk(() => handle.createWritable());
    try {
      for await (const piece of content) {
        this.signal.throwIfAborted();
        await this.#disk(() => writable.write(piece as BufferSource as FileSystemWriteChunkType));
        onBytes(piece.length);
      }
      await this.#disk(() => writable.close());
    } catch (error) {
      await writable.abort().catch(() => {});
      await within.removeEntry(name).catch(() => {});
      throw error;
    }
  }

  async #disk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.diskFault = error;
      throw error;
    }
  }
}
