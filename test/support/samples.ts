import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaveOut } from './left-out.js';

const repository = resolve(fileURLToPath(import.meta.url), '../../..');

export interface Sample {
  readonly path: string;
  /** Path below the sample folder, with `/`. */
  readonly name: string;
  readonly bytes: number;
}

/** The folder of real footage and logs, AERIE_SAMPLES, or undefined where it is not there: then it is named as left out. */
export function sampleFolder(): string | undefined {
  const folder = resolve(repository, process.env.AERIE_SAMPLES ?? '../shared/samples');
  if (existsSync(folder)) return folder;
  leaveOut('real footage and logs', 'set AERIE_SAMPLES to a folder of them');
  return undefined;
}

/** Every regular file below the folder, sorted by name. */
export function samplesIn(folder: string): Sample[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: relative(folder, path), bytes: statSync(path).size }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
