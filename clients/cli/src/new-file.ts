import { accessSync, constants, lstatSync, openSync, realpathSync, statSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Content, tryFolder, writeWholeFile } from '@aerie/sdk/node';
import { CliError } from './failure.js';

/** Where a file is to be written: a new one, in the place of one that is there, or into a device or pipe as it is. */
type Target =
  | { readonly kind: 'new'; readonly path: string }
  | { readonly kind: 'replace'; readonly path: string; readonly mode: number }
  | { readonly kind: 'device'; readonly path: string }
  | { readonly kind: 'pipe'; readonly path: string };

/**
 * Asks, before any work is done, whether a file could be written there. A link is followed: what it leads to is written,
 * and the link stays.
 * @throws CliError `file.exists`, unless `force`; `file.special`; errors of the system where it may not be written
 */
export function requireNewFile(path: string, force = false): Target {
  const found = inspect(path);
  if (!found) {
    accessSync(dirname(resolve(path)), constants.W_OK);
    return { kind: 'new', path: resolve(path) };
  }
  if (found.isFIFO() || found.isCharacterDevice()) {
    accessSync(path, constants.W_OK);
    return found.isFIFO() ? { kind: 'pipe', path } : { kind: 'device', path };
  }
  if (!found.isFile())
    throw new CliError('file.special', `${path} is ${kindOf(found)}`, { hint: 'It was left alone. Name a file.' });
  if (!force) throw exists(path);
  const real = realpathSync(path);
  accessSync(real, constants.W_OK);
  accessSync(dirname(real), constants.W_OK);
  return { kind: 'replace', path: real, mode: found.mode & 0o777 };
}

/** The same, and tries to write beside it: for what could not be made again if there were no space for it. */
export async function tryNewFile(path: string): Promise<void> {
  requireNewFile(path);
  await tryFolder(dirname(resolve(path)));
}

const exists = (path: string): CliError =>
  new CliError('file.exists', `${path} exists already`, { hint: 'It was left alone. Choose another name.' });

/** What is there, through links. @throws CliError `file.exists` for a link to nothing, which would be replaced */
function inspect(path: string): Stats | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found || !lstatSync(path, { throwIfNoEntry: false })) return found;
  throw new CliError('file.exists', `${path} is a link to a file that is not there`, {
    hint: 'The link was left alone. Remove it, or name the file itself.',
  });
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  return found.isSocket() ? 'a socket' : 'a disk';
}

/**
 * Writes a file whole or not at all, or passes its content into a device or pipe. @returns the octets written
 * @throws CliError as `requireNewFile`; errors of the system; what `content` throws
 */
export async function writeNewFile(
  path: string,
  content: Content,
  { force = false, mode = 0o666 }: { force?: boolean; mode?: number } = {},
): Promise<number> {
  const target = requireNewFile(path, force);
  if (target.kind === 'device') return writeInto(await open(target.path, constants.O_WRONLY), content);
  if (target.kind === 'pipe') return writeIntoPipe(target.path, content);
  if (target.kind === 'new') return writeWholeFile(target.path, content, { mode });
  return writeWholeFile(target.path, content, { replace: true, mode: target.mode });
}

async function writeInto(handle: FileHandle, content: Content): Promise<number> {
  let bytes = 0;
  try {
    for await (const piece of content) {
      await handle.writeFile(piece);
      bytes += piece.length;
    }
  } finally {
    await handle.close();
  }
  return bytes;
}

const readerPollMs = 100;

/** Opening and writing must not block: a thread that waits for a reader keeps the whole program from ending. */
async function writeIntoPipe(path: string, content: Content): Promise<number> {
  const pipe = new Socket({ fd: await openForReader(path), readable: false, writable: true });
  const closed = new Promise<void>((done, fail) => pipe.on('close', () => done()).on('error', fail));
  closed.catch(() => {});
  let bytes = 0;
  try {
    for await (const piece of content) {
      await new Promise<void>((done, fail) => pipe.write(piece, (error) => (error ? fail(error) : done())));
      bytes += piece.length;
    }
    pipe.end();
    await closed;
  } finally {
    pipe.destroy();
  }
  return bytes;
}

async function openForReader(path: string): Promise<number> {
  for (let isSaid = false; ; isSaid = true) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      if (!isSaid) console.error(`Waiting for a program that reads ${path} …`);
      await sleep(readerPollMs);
    }
  }
}
