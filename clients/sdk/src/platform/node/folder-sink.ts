import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { ExportSink } from '../../media/export.js';

/**
 * Exports into a folder, which is made where it is missing. Never writes outside it, never over a file that is there;
 * a file whose content breaks off is not left behind half-written.
 */
export async function openFolderSink(folder: string): Promise<ExportSink> {
  await mkdir(folder, { recursive: true });
  return {
    async write(path, content) {
      const target = resolve(folder, path);
      const inside = relative(resolve(folder), target);
      if (inside === '' || inside.startsWith('..') || join(folder, inside) !== join(folder, path)) {
        throw new RangeError('an export path stays inside its folder');
      }
      await mkdir(dirname(target), { recursive: true });
      await writeNew(target, content);
    },
  };
}

async function writeNew(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    for await (const piece of content) await handle.writeFile(piece);
    await handle.close();
  } catch (error) {
    await handle.close();
    await rm(path, { force: true });
    throw error;
  }
}
