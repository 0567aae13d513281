import { createReadStream } from 'node:fs';
import { mkdir, stat, utimes } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { ExportSink } from '../../media/export.js';
import { writeWholeFile } from './whole-file.js';

/**
 * Exports into a folder, which is made where it is missing. Never writes outside it, never over a file that is there;
 * every file is there whole or not at all, so what an earlier export wrote can be gone on with.
 */
export async function openFolderSink(folder: string): Promise<ExportSink> {
  await mkdir(folder, { recursive: true });

  function inside(path: string): string {
    const target = resolve(folder, path);
    const within = relative(resolve(folder), target);
    if (within === '' || within.startsWith('..') || join(folder, within) !== join(folder, path)) {
      throw new RangeError('an export path stays inside its folder');
    }
    return target;
  }

  async function write(path: string, content: AsyncIterable<Uint8Array>, modifiedAt?: Date): Promise<void> {
    const target = inside(path);
    await mkdir(dirname(target), { recursive: true });
    await writeWholeFile(target, content);
    if (modifiedAt) await utimes(target, modifiedAt, modifiedAt);
  }

  return {
    write,
    copy: (from, to, modifiedAt) => write(to, createReadStream(inside(from)), modifiedAt),
    async earlier(path) {
      const target = inside(path);
      const found = await stat(target).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      return found && { bytes: found.size, octets: () => createReadStream(target) as AsyncIterable<Uint8Array> };
    },
  };
}
