import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { systemFault } from '../../system-errors.js';
import { isSystemFile } from '../../uploads/system-files.js';

/**
 * A file to ingest, an entry that cannot be and why, with what to do, or a file or folder that the operating system left
 * there for itself, which is skipped unless it was named. Names are data: nothing in them is altered.
 */
export type WalkEntry =
  { path: string; relativePath: string } | { path: string; problem: string } | { path: string; skipped: true };

/** Deeper than any card or archive; a mount that contains itself ends here. */
const depthMax = 128;

/**
 * Lists the regular files at and below `paths`, in the order of `paths` and, inside a folder, by UTF-16 code units.
 * `relativePath` starts with the name of the folder that was asked for, or of the one that holds the file that was: a
 * shell gives the files of `100MEDIA/*` one by one. It uses `/`. Nothing is skipped silently: what cannot be
 * ingested comes out as a problem, and the rest goes on. Links to files are followed; a link to a folder is followed
 * only where it was named, so no circle is ever walked. Does not throw for an entry.
 */
export async function* walk(paths: Iterable<string>): AsyncGenerator<WalkEntry> {
  for (const path of paths) yield* walkEntry(path, basename(resolve(path)), 0);
}

async function* walkEntry(path: string, relativePath: string, depth: number): AsyncGenerator<WalkEntry> {
  const found = await inspect(path, depth > 0);
  if (typeof found === 'string') yield { path, problem: found };
  else if (depth > 0 && isSystemFile(basename(path), found.isDirectory())) yield { path, skipped: true };
  else if (found.isFile()) yield { path, relativePath: depth > 0 ? relativePath : inItsFolder(path) };
  else if (depth >= depthMax)
    yield { path, problem: `folders are nested more than ${depthMax} deep; name this one itself` };
  else yield* walkFolder(path, relativePath, depth);
}

function inItsFolder(path: string): string {
  const whole = resolve(path);
  return [basename(dirname(whole)), basename(whole)].filter((piece) => piece !== '').join('/');
}

async function* walkFolder(path: string, relativePath: string, depth: number): AsyncGenerator<WalkEntry> {
  let names: Buffer[];
  try {
    names = await readdir(path, { encoding: 'buffer' });
  } catch (error) {
    yield { path, problem: problemOf(error) };
    return;
  }
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const decoded = names.map((name) => ({ name: name.toString('utf8'), isText: isUtf8(name) }));
  decoded.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const { name, isText } of decoded) {
    // Such a name has no exact form as text: opening the text would open another file, or none.
    if (!isText) yield { path: prefix + name, problem: 'its name is not UTF-8; rename it' };
    else yield* walkEntry(prefix + name, `${relativePath}/${name}`, depth + 1);
  }
}

/** The file or folder behind a path, or the problem with it. */
async function inspect(path: string, isInsideFolder: boolean): Promise<Stats | string> {
  try {
    const target = await stat(path);
    if (target.isDirectory()) {
      const isLink = isInsideFolder && (await lstat(path)).isSymbolicLink();
      return isLink ? 'a link to a folder is not followed; name that folder itself' : target;
    }
    if (!target.isFile()) return `${kindOf(target)} has no contents to keep; leave it out`;
    await (await open(path)).close(); // asks the system itself whether this user may read it
    return target;
  } catch (error) {
    return problemOf(error);
  }
}

function kindOf(target: Stats): string {
  if (target.isFIFO()) return 'a named pipe';
  if (target.isSocket()) return 'a socket';
  return 'a device';
}

/** What the table of all system errors does not say: what to do about a file on a card. */
const advice: Record<string, string> = {
  EACCES: 'allow this user to read it',
  EPERM: 'allow this user to read it',
  EIO: 'copy it with a rescue tool first',
  ELOOP: 'name the file itself',
  ENAMETOOLONG: 'move it nearer to the root',
};

function problemOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT') return 'there is no such file, or it is a link to nothing; check the path';
  const fault = systemFault(error);
  return fault
    ? `${fault.reason}; ${advice[code] ?? 'check the path'}`
    : `it cannot be read (${code || 'not a valid path'})`;
}
