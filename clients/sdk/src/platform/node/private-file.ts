import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWholeFile } from './whole-file.js';

/**
 * Writes a file that only this user may read, atomically: a reader sees the old file or the new one, whatever
 * happens in between. Makes its folder (mode 0700) where it is missing.
 */
export async function writePrivateFile(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeWholeFile(path, [Buffer.from(content)], { replace: true, mode: 0o600 });
}

/** Room for a keyring, whose size grows with the projects it has seen. */
const trialBytesMin = 64 * 1024;

/**
 * Tries whether files can be written in a folder, by writing one, before anything is done that would need one kept there.
 * Makes the folder (mode 0700) where it is missing.
 * @param like a file of about the size that will be written; it need not be there
 * @throws errors of the system
 */
export async function tryFolder(folder: string, like?: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const size =
    like === undefined
      ? 0
      : await stat(like).then(
          (found) => found.size,
          () => 0,
        );
  const trial = join(folder, `.aerie-trial-${process.pid}`);
  await writeWholeFile(trial, [Buffer.alloc(Math.max(trialBytesMin, 2 * size))], { replace: true, mode: 0o600 });
  await rm(trial, { force: true });
}
