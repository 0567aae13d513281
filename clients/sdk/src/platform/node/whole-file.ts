import { createHash, randomBytes } from 'node:crypto';
import { rmSync, writeSync } from 'node:fs';
import { link, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface WholeFileOptions {
  /** Write over a file that is there; otherwise that is an error, EEXIST. */
  readonly replace?: boolean;
  readonly mode?: number;
}

/**
 * Writes a file whole or not at all: under a temporary name beside it, to disk, and then renamed. However the program
 * ends by itself, nothing half-written stays; what a kill left behind goes when the next file is written there.
 * @returns the octets written
 * @throws errors of the system; what `content` throws
 */
export async function writeWholeFile(
  path: string,
  content: Content,
  { replace = false, mode = 0o666 }: WholeFileOptions = {},
): Promise<number> {
  const folder = dirname(resolve(path));
  await removeLeftovers(folder);
  const temporary = join(folder, `${prefix}-${process.pid}-${randomBytes(6).toString('hex')}.partial`);
  temporaries.add(temporary);
  try {
    const handle = await open(temporary, 'wx', mode);
    const bytes = await fill(handle, content, replace ? mode : undefined);
    await (replace ? rename(temporary, path) : renameToNew(temporary, path));
    await syncFolder(folder);
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true });
    // A person knows the name that was asked for, and no other.
    if ((error as NodeJS.ErrnoException).path === temporary) Object.assign(error as Error, { path });
    throw error;
  } finally {
    temporaries.delete(temporary);
  }
}

async function fill(handle: FileHandle, content: Content, exactMode: number | undefined): Promise<number> {
  let bytes = 0;
  try {
    // Some file systems keep no modes; theirs is then as good as it gets.
    if (exactMode !== undefined) await handle.chmod(exactMode).catch(() => {});
    // Each piece is written at once, while it is in the processor's cache: gathered, or written on another thread, it costs three
    // times as much (docs/performance.md). The disk is kept busy meanwhile: all of it at the end would take as long as a fifth
    // of a download.
    let flushing: Promise<void> = Promise.resolve();
    let flushed = 0;
    try {
      for await (const piece of content) {
        writeAll(handle.fd, piece);
        bytes += piece.length;
        if (bytes - flushed < flushedAtOnceBytes) continue;
        await flushing;
        flushed = bytes;
        flushing = handle.datasync();
        // What fails is heard of at the next turn, or at the end.
        flushing.catch(() => {});
      }
    } finally {
      await flushing.catch(() => {});
    }
    await flushing;
    await handle.sync();
  } finally {
    await handle.close();
  }
  return bytes;
}

/** So much goes to the disk at a time, while more comes. */
const flushedAtOnceBytes = 64 * 1024 * 1024;

/** A device, or a disk that is nearly full, may take less than it is given. */
function writeAll(fd: number, piece: Uint8Array): void {
  for (let written = 0; written < piece.length;) written += writeSync(fd, piece, written);
}

/** A rename would silently replace a file that was made meanwhile; a link does not. Cards without links have to do with less. */
async function renameToNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw Object.assign(error as Error, { path });
    }
    await (await open(path, 'wx')).close();
    return rename(temporary, path);
  }
  await rm(temporary);
}

/** A rename has only survived a power cut once its folder was written. Windows cannot open folders, and need not. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** Names this machine: on a shared disk, another's process ids say nothing. */
const prefix = `.aerie-${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}`;
const temporaries = new Set<string>();
const swept = new Set<string>();

process.on('exit', () => {
  for (const path of temporaries) {
    try {
      rmSync(path, { force: true });
    } catch {
      // The next write in that folder tries again.
    }
  }
});

/** Once a folder: files of processes that were killed, which may hold decrypted content. */
async function removeLeftovers(folder: string): Promise<void> {
  if (swept.has(folder)) return;
  swept.add(folder);
  for (const name of await readdir(folder).catch(() => [])) {
    const [, of, pid] = /^(.*)-(\d+)-[0-9a-f]{12}\.partial$/.exec(name) ?? [];
    if (of === prefix && !isRunning(Number(pid))) await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
