import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PlainSource } from '../../crypto/seal.js';
import { reasonOfSystem } from '../../system-errors.js';
import { FileChanged, FileUnreadable, FileVanished } from '../../uploads/file-problems.js';

/** A file as plaintext. `read` gives exactly the octets asked for. Close it when done. */
export interface FileSource extends PlainSource {
  readonly path: string;
  readonly modifiedAt: Date;
  /** Tells this file, as it is now, from every other on this machine: an upload that was cut off is found again by it. */
  readonly resumeKey: string;
  /** Throws FileChanged or FileVanished unless the file at `path` is still the one that was opened, untouched. */
  assertUnchanged(): Promise<void>;
  /** SHA-256 of the whole file, read in small pieces. */
  sha256(): Promise<Uint8Array>;
  close(): Promise<void>;
}

const hashReadBytes = 1024 * 1024;
/**
 * A file up to this size is read once, whole, and kept until it is closed: what is recognized, hashed, drawn and sealed is
 * then the same octets, and each of those reads costs a turn through the system's threads, which for small files is what costs most.
 */
const keptBytesMax = 1024 * 1024;

/**
 * Opens a regular file for reading by range. Links are followed.
 * Throws FileVanished, or FileUnreadable for want of permission, a bad disk, or something that is not a regular file.
 */
export async function openFileSource(path: string): Promise<FileSource> {
  // Opening a FIFO waits for a writer without end, unless it is opened non-blocking.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags).catch((error: unknown) => fail(path, error));
  try {
    const opened = await handle.stat({ bigint: true });
    if (!opened.isFile()) throw new FileUnreadable(path, 'it is not a regular file');
    return fileSource(path, handle, opened);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function fileSource(path: string, handle: FileHandle, opened: BigIntStats): FileSource {
  const bytes = Number(opened.size);
  let kept: Promise<Uint8Array> | undefined;
  async function read(start: number, end: number, buffer?: Uint8Array): Promise<Uint8Array> {
    if (start < 0 || end < start || end > bytes)
      throw new RangeError(`octets ${start} to ${end} of a file of ${bytes}`);
    if (bytes > keptBytesMax) return readFile(start, end, buffer);
    // Shared, not copied: whoever gives no memory of its own gets a view.
    const octets = (await (kept ??= readFile(0, bytes))).subarray(start, end);
    if (!buffer) return octets;
    buffer.set(octets);
    return buffer.subarray(0, octets.length);
  }
  async function readFile(start: number, end: number, buffer?: Uint8Array): Promise<Uint8Array> {
    const octets = buffer?.subarray(0, end - start) ?? new Uint8Array(end - start);
    for (let filled = 0; filled < octets.length;) {
      const { bytesRead } = await handle
        .read(octets, filled, octets.length - filled, start + filled)
        .catch((error: unknown) => fail(path, error));
      if (bytesRead === 0) throw new FileChanged(path); // it became shorter
      filled += bytesRead;
    }
    return octets;
  }
  return {
    path,
    bytes,
    modifiedAt: new Date(Number(opened.mtimeMs)),
    resumeKey: [resolve(path), opened.size, opened.mtimeNs, opened.ino].join('\0'),
    read,
    async assertUnchanged() {
      const there = await stat(path, { bigint: true }).catch((error: unknown) => fail(path, error));
      const held = await handle.stat({ bigint: true });
      if (!isSame(opened, there) || !isSame(opened, held)) throw new FileChanged(path);
    },
    async sha256() {
      const hash = createHash('sha256');
      if (bytes <= keptBytesMax) return Uint8Array.from(hash.update(await read(0, bytes)).digest());
      const buffer = new Uint8Array(Math.min(bytes, hashReadBytes));
      for (let at = 0; at < bytes; at += hashReadBytes) {
        hash.update(await read(at, Math.min(bytes, at + hashReadBytes), buffer));
      }
      return Uint8Array.from(hash.digest());
    },
    close() {
      kept = undefined;
      return handle.close();
    },
  };
}

const isSame = (a: BigIntStats, b: BigIntStats) =>
  a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs;

function fail(path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') throw new FileVanished(path);
  throw new FileUnreadable(path, reasonOfSystem(error), error);
}
