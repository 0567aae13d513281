import { safeName } from './export-names.js';

/** What a path is made from: all of it is out of sealed descriptions, hence whatever an uploader wrote. */
export interface Restorable {
  readonly mediaId: string;
  /** Folders in between are separated by `/`. */
  readonly folder: string;
  readonly name: string;
  /** Of the ingest that the file came with. */
  readonly batchId: string;
}

/** More folders than any card has; the rest of a longer path is one name. */
const depthMax = 32;

/**
 * Where files go when a project, or a part of it, is written out: each in its folder, safe on every file system, no two
 * in one place, file systems that do not tell cases apart included.
 * @param options.reserved places that are not free; `suffixes` of the files that are written for each
 *
 * [Note: A card stays together] Where two cards hold files of the same path, all files of the second card go into a
 * folder of another name. Telling the files apart one by one would put one flight's video beside another one's log.
 * A card is what came with one ingest under one top folder; what was added to the same card later joins it where it fits.
 */
export function restorePaths(
  files: Iterable<Restorable>,
  { reserved = [], suffixes = [''] }: { reserved?: readonly string[]; suffixes?: readonly string[] } = {},
): Map<string, string> {
  const cards = new Map<string, { top: string; files: Map<string, { mediaId: string; rest: string[] }> }>();
  for (const { mediaId, folder, name, batchId } of files) {
    const [top = '', ...folders] = foldersOf(folder);
    const rest = [...folders, safeName(name)];
    // The same path twice in one ingest: a card of its own for each further one.
    for (let copy = 1; ; copy++) {
      const key = JSON.stringify([batchId, folder.split('/')[0], copy]);
      const card = cards.get(key) ?? { top, files: new Map() };
      if (card.files.has(keyOf(rest))) continue;
      card.files.set(keyOf(rest), { mediaId, rest });
      cards.set(key, card);
      break;
    }
  }
  const taken = new Map<string, 'file' | 'folder'>(reserved.map((path) => [path.toLowerCase(), 'file']));
  const paths = new Map<string, string>();
  for (const { top, files: own } of cards.values()) {
    for (let number = 1; ; number++) {
      const placed = [...own.values()].map(({ mediaId, rest }) => ({
        mediaId,
        path: [...topOf(top, number), ...rest],
      }));
      if (!placed.every(({ path }) => isFree(path, suffixes, taken))) continue;
      for (const { mediaId, path } of placed) {
        for (let end = 1; end < path.length; end++) taken.set(keyOf(path.slice(0, end)), 'folder');
        for (const suffix of suffixes) taken.set(keyOf(path) + suffix, 'file');
        paths.set(mediaId, path.join('/'));
      }
      break;
    }
  }
  return paths;
}

/** Neither leads up nor starts at the root: every piece is a safe name, empty ones and those that mean a folder are left out. */
function foldersOf(folder: string): string[] {
  const pieces = folder.split('/').filter((piece) => piece !== '' && piece !== '.' && piece !== '..');
  return [...pieces.slice(0, depthMax), ...(pieces.length > depthMax ? [pieces.slice(depthMax).join('_')] : [])].map(
    safeName,
  );
}

function topOf(top: string, number: number): string[] {
  if (number > 1) return [top === '' ? `files-${number}` : `${top}-${number}`];
  return top === '' ? [] : [top];
}

const keyOf = (path: readonly string[]): string => path.join('/').toLowerCase();

function isFree(
  path: readonly string[],
  suffixes: readonly string[],
  taken: ReadonlyMap<string, 'file' | 'folder'>,
): boolean {
  if (suffixes.some((suffix) => taken.has(keyOf(path) + suffix))) return false;
  return path.every((_, end) => end === 0 || taken.get(keyOf(path.slice(0, end))) !== 'file');
}
