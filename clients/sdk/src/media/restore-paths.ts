import { safeName } from './export-names.js';
import { pathOf } from './media.js';

/** What a path is made from: all of it is out of sealed descriptions, hence whatever an uploader wrote. */
export interface Restorable {
  /** Folders in between are separated by `/`. */
  readonly folder: string;
  readonly name: string;
  /** Of the ingest that the file came with. */
  readonly batchId: string;
}

/** A place for one name of a file. */
export interface Place {
  readonly path: string;
  readonly modifiedAt: string | null;
}
/** What the names of a file come from. */
export interface Named {
  readonly meta: Name;
  readonly aliases: readonly Name[];
}
type Name = Restorable & Pick<Place, 'modifiedAt'>;

/**
 * Where each file goes under each of its names, the one it is stored under first. Those come before all further ones, so
 * that a further name never moves another file. @param named by media id
 */
export function placesOf(
  named: ReadonlyMap<string, Named>,
  options?: Parameters<typeof restorePaths>[1],
): Map<string, Place[]> {
  const names = new Map([...named].map(([mediaId, one]) => [mediaId, namesOf(one)]));
  const all = [...names.values()];
  const paths = restorePaths([...all.map(([own]) => own!), ...all.flatMap(([, ...further]) => further)], options);
  return new Map(
    [...names].map(([mediaId, own]) => [
      mediaId,
      own.map((name) => ({ path: paths.get(name)!, modifiedAt: name.modifiedAt })),
    ]),
  );
}

/** Each path once. Nothing else is taken from the sealed descriptions, which are larger. */
function namesOf({ meta, aliases }: Named): Name[] {
  const names = new Map<string, Name>();
  for (const one of [meta, ...aliases]) {
    const { folder, name, batchId, modifiedAt } = one;
    if (!names.has(pathOf(one))) names.set(pathOf(one), { folder, name, batchId, modifiedAt });
  }
  const [own, ...further] = names.entries();
  return [own!, ...further.sort(([a], [b]) => (a < b ? -1 : 1))].map(([, name]) => name);
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
export function restorePaths<File extends Restorable>(
  files: Iterable<File>,
  { reserved = [], suffixes = [''] }: { reserved?: readonly string[]; suffixes?: readonly string[] } = {},
): Map<File, string> {
  const cards = new Map<string, { top: string; files: Map<string, { file: File; rest: string[] }> }>();
  for (const file of files) {
    const { folder, name, batchId } = file;
    const [top = '', ...folders] = foldersOf(folder);
    const rest = [...folders, safeName(name)];
    // The same path twice in one ingest: a card of its own for each further one.
    for (let copy = 1; ; copy++) {
      const key = JSON.stringify([batchId, folder.split('/')[0], copy]);
      const card = cards.get(key) ?? { top, files: new Map() };
      if (card.files.has(keyOf(rest))) continue;
      card.files.set(keyOf(rest), { file, rest });
      cards.set(key, card);
      break;
    }
  }
  const taken = new Map<string, 'file' | 'folder'>(reserved.map((path) => [path.toLowerCase(), 'file']));
  const paths = new Map<File, string>();
  for (const { top, files: own } of cards.values()) {
    for (let number = 1; ; number++) {
      const placed = [...own.values()].map(({ file, rest }) => ({
        file,
        path: [...topOf(top, number), ...rest],
      }));
      if (!placed.every(({ path }) => isFree(path, suffixes, taken))) continue;
      for (const { file, path } of placed) {
        for (let end = 1; end < path.length; end++) taken.set(keyOf(path.slice(0, end)), 'folder');
        for (const suffix of suffixes) taken.set(keyOf(path) + suffix, 'file');
        paths.set(file, path.join('/'));
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
