import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, access, mkdir, open, readdir, rename, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Sealed } from '@aerie/protocol';
import {
  type ByteRange,
  checkKey,
  checkPrefix,
  checkRange,
  DigestRefused,
  ObjectMissing,
  ObjectStore,
  type PartsRef,
  type StoredObject,
  type StoredPart,
  StoreFull,
  type StoreSpace,
  StoreUnavailable,
  UploadMissing,
} from './object-store.port.js';

/** One read of a stream. The 64 KiB default of Node halves the throughput of a large download. */
const readBytes = 256 * 1024;
/** Folders remembered as durable, so that a put does not flush its parents again. Forgotten all at once when full. */
const durableFoldersMax = 10_000;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException)?.code;

/** Runs file system work and gives its failures the names of the port. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new StoreFull('the file system is full', { cause: error });
    throw new StoreUnavailable(`the file system answered ${code}`, { cause: error });
  }
}

/** A missing file is not a failure: answers null instead. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
}

async function checkDigest(bytes: Uint8Array, sha256: Uint8Array): Promise<void> {
  // WebCrypto hashes on a thread of the pool; `createHash` would hold up every other request for a large part.
  const digest = Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes));
  if (!digest.equals(sha256)) throw new DigestRefused('the bytes do not have the SHA-256 that came with them');
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }
}

/** A file name is durable only once the folder that holds it was flushed. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A folder of `folder` sorts as `name/`, which is where its keys are among the others. */
async function* walk(folder: string, under: string, prefix: string, after: string): AsyncIterable<StoredObject> {
  const entries = (await guarded(() => unlessMissing(readdir(folder, { withFileTypes: true })))) ?? [];
  const keys = entries.map((entry) => under + entry.name + (entry.isDirectory() ? '/' : '')).sort();
  for (const key of keys) {
    const path = join(folder, key.slice(under.length));
    if (key.endsWith('/')) {
      const wanted = key.startsWith(prefix) || prefix.startsWith(key);
      if (wanted && (key > after || after.startsWith(key))) yield* walk(path, key, prefix, after);
    } else if (key > after && key.startsWith(prefix)) {
      const found = await guarded(() => unlessMissing(stat(path)));
      if (found) yield { key, bytes: found.size, modifiedAt: found.mtime };
    }
  }
}

/**
 * Objects as files below one folder: written under a temporary name, flushed, renamed, folder flushed. An upload in
 * parts is one sparse file that is written at the offsets of its parts. For one process at a time.
 */
export class FilesystemObjectStore extends ObjectStore {
  private readonly durableFolders = new Map<string, Promise<void>>();

  /**
   * @param dir is created when missing; everything in it belongs to the store
   * @param reserveBytes what new objects leave free of the disk, so that deleting, and a database beside, can go on
   */
  constructor(
    private readonly dir: string,
    private readonly reserveBytes = 0,
  ) {
    super();
  }

  /** Removes what a crash left half-written; to be called before the first write. */
  async clearIncoming(): Promise<void> {
    const folder = join(this.dir, 'incoming');
    await guarded(async () => {
      for (const name of (await unlessMissing(readdir(folder))) ?? []) await unlessMissing(unlink(join(folder, name)));
    });
  }

  async put(key: string, bytes: Sealed, sha256: Uint8Array): Promise<void> {
    checkKey(key);
    await this.requireSpace(bytes.length);
    await checkDigest(bytes, sha256);
    await this.write(key, bytes);
  }

  private async write(key: string, bytes: Sealed): Promise<void> {
    await guarded(async () => {
      const path = await this.freshPath();
      try {
        const file = await open(path, 'wx');
        try {
          await writeAll(file, bytes, 0);
          await file.sync();
        } finally {
          await file.close();
        }
        await this.publish(path, key);
      } catch (error) {
        await unlessMissing(unlink(path));
        throw error;
      }
    });
  }

  async beginParts(key: string): Promise<string> {
    checkKey(key);
    await this.requireSpace(0);
    return guarded(async () => {
      const uploadRef = uploadRefOf(key);
      const path = this.uploadPath({ key, uploadRef });
      await this.ensureFolder(dirname(path));
      await (await open(path, 'a')).close();
      await flushFolder(dirname(path));
      return uploadRef;
    });
  }

  async putPart(ref: PartsRef, _partNumber: number, offset: number, bytes: Sealed, sha256: Uint8Array) {
    const path = this.uploadPath(ref);
    await this.requireSpace(bytes.length);
    await checkDigest(bytes, sha256);
    return guarded(async () => {
      const file = await unlessMissing(open(path, constants.O_WRONLY));
      if (!file) throw new UploadMissing('there is no such upload');
      try {
        await writeAll(file, bytes, offset);
        await file.datasync();
      } finally {
        await file.close();
      }
      return Buffer.from(sha256).toString('hex');
    });
  }

  async completeParts(ref: PartsRef, parts: readonly StoredPart[], objectBytes: number): Promise<void> {
    const path = this.uploadPath(ref);
    const partBytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    await guarded(async () => {
      const file = await unlessMissing(open(path, constants.O_RDWR));
      if (!file) return this.expectObject(ref.key, objectBytes);
      try {
        if (partBytes !== objectBytes || (await file.stat()).size !== objectBytes) {
          throw new UploadMissing('the parts do not add up to the object');
        }
        await file.sync();
      } finally {
        await file.close();
      }
      const published = await unlessMissing(this.publish(path, ref.key).then(() => true));
      // The same call ran beside this one and was first to rename.
      if (!published) await this.expectObject(ref.key, objectBytes);
    });
  }

  async abortParts(key: string): Promise<void> {
    const path = this.uploadPath({ key, uploadRef: uploadRefOf(key) });
    await guarded(() => unlessMissing(unlink(path)));
  }

  async head(key: string): Promise<{ bytes: number; modifiedAt: Date } | null> {
    checkKey(key);
    const found = await guarded(() => unlessMissing(stat(this.objectPath(key))));
    return found && { bytes: found.size, modifiedAt: found.mtime };
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    checkKey(key);
    if (range) checkRange(range);
    return guarded(async () => {
      const file = await unlessMissing(open(this.objectPath(key), 'r'));
      if (!file) throw new ObjectMissing('there is no object under this key');
      const { size } = await file.stat();
      if (range && range.start >= size) {
        await file.close();
        throw new RangeError('the range begins behind the object');
      }
      // `end` is the last octet here, and -1 for "none" would mean "all".
      if (size === 0) {
        await file.close();
        return Readable.from([]);
      }
      return file.createReadStream({
        start: range?.start ?? 0,
        end: Math.min(range?.end ?? size, size) - 1,
        highWaterMark: readBytes,
      });
    });
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await guarded(async () => {
      const path = this.objectPath(key);
      const gone = await unlessMissing(unlink(path).then(() => true));
      if (gone) await flushFolder(dirname(path));
    });
  }

  async *list(prefix: string, after = ''): AsyncIterable<StoredObject> {
    checkPrefix(prefix);
    yield* walk(join(this.dir, 'objects'), '', prefix, after);
  }

  async space(): Promise<StoreSpace> {
    return guarded(async () => {
      await this.ensureFolder(this.dir);
      const { bavail, blocks, bsize } = await statfs(this.dir);
      return { kind: 'filesystem', disk: { bytesFree: bavail * bsize, bytesTotal: blocks * bsize } };
    });
  }

  async check(): Promise<void> {
    const space = await this.space();
    if (space.disk?.bytesFree === 0) throw new StoreFull('the file system is full');
    // Also fails where the file system was mounted read-only, as Linux does after an error of the disk.
    await guarded(() => access(this.dir, constants.R_OK | constants.W_OK | constants.X_OK));
  }

  /** @throws StoreFull where the disk would have less than the reserve left */
  private async requireSpace(bytes: number): Promise<void> {
    if (this.reserveBytes === 0) return;
    const { disk } = await this.space();
    if (disk!.bytesFree - bytes < this.reserveBytes) throw new StoreFull('the file system is full but for its reserve');
  }

  private objectPath(key: string): string {
    return join(this.dir, 'objects', key);
  }

  private uploadPath({ key, uploadRef }: PartsRef): string {
    checkKey(key);
    if (!/^[0-9a-f]{32}$/.test(uploadRef)) throw new UploadMissing('there is no such upload');
    return join(this.dir, 'uploads', uploadRef);
  }

  private async freshPath(): Promise<string> {
    await this.ensureFolder(join(this.dir, 'incoming'));
    return join(this.dir, 'incoming', randomBytes(16).toString('hex'));
  }

  private async publish(path: string, key: string): Promise<void> {
    const target = this.objectPath(key);
    await this.ensureFolder(dirname(target));
    await rename(path, target);
    await flushFolder(dirname(target));
  }

  private async expectObject(key: string, bytes: number): Promise<void> {
    if ((await this.head(key))?.bytes !== bytes) throw new UploadMissing('there is no such upload');
  }

  /** Makes the folder and flushes every parent that gained a name. */
  private ensureFolder(path: string): Promise<void> {
    const known = this.durableFolders.get(path);
    if (known) return known;
    if (this.durableFolders.size >= durableFoldersMax) this.durableFolders.clear();
    const made = this.makeFolder(path);
    this.durableFolders.set(path, made);
    made.catch(() => this.durableFolders.delete(path));
    return made;
  }

  private async makeFolder(path: string): Promise<void> {
    if (path === this.dir) {
      await mkdir(path, { recursive: true, mode: 0o700 });
    } else {
      await this.ensureFolder(dirname(path));
      await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
    }
    await flushFolder(dirname(path));
  }
}

/** Follows from the key, so that an upload whose beginner died before it told anyone is found again. */
const uploadRefOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);
