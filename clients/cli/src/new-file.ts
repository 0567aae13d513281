import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CliError } from './failure.js';

/**
 * Asks, before any work is done, whether a file could be written there.
 * @throws CliError `file.exists`, unless `force`; errors of the file system where the folder is missing or read-only.
 */
export function requireNewFile(path: string, force = false): void {
  accessSync(dirname(resolve(path)), constants.W_OK);
  if (force || !existsSync(path)) return;
  throw new CliError('file.exists', `${path} exists already`, { hint: 'It was left alone. Choose another name.' });
}

/**
 * Writes a file whole or not at all: under a name of its own, to disk, and then renamed. Whatever way the process
 * ends on its own, nothing half-written stays. Answers the octets written.
 * @throws CliError `file.exists` where `force` is not set; errors of the file system; whatever `content` throws.
 */
export async function writeNewFile(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { force = false, mode = 0o666 }: { force?: boolean; mode?: number } = {},
): Promise<number> {
  requireNewFile(path, force);
  const partial = join(dirname(resolve(path)), `.${basename(path).slice(0, 100)}.${process.pid}.partial`);
  const removePartial = (): void => rmSync(partial, { force: true });
  process.once('exit', removePartial);
  const file = await open(partial, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  let bytes = 0;
  try {
    for await (const piece of content) {
      await file.writeFile(piece);
      bytes += piece.length;
    }
    await file.sync();
  } catch (error) {
    removePartial();
    throw error;
  } finally {
    await file.close();
  }
  requireNewFile(path, force);
  await rename(partial, path);
  process.off('exit', removePartial);
  return bytes;
}
