/** What a person dropped or chose, as a list of files. What an operating system left there for itself is skipped, and named. */
import { isSystemFile } from '@aerie/sdk/system-files';

export type Picked = File | FileSystemFileHandle;

/** Why something that was chosen is no file to upload; the texts are in uploads-texts.ts. */
export type ListingCode = 'listing.folder_unreadable' | 'listing.file_unreadable' | 'listing.too_deep';

/**
 * A file, what stands in the way of one, or a system file or folder that is skipped. `path` begins with the name of what
 * was chosen and uses `/`.
 */
export type Found =
  | { readonly path: string; readonly skipped: true }
  | { readonly path: string; readonly picked: Picked; readonly bytes: number }
  | { readonly path: string; readonly picked: Picked | null; readonly code: ListingCode };

/** Deeper than any card or archive; the same bound as that of the command line. */
const depthMax = 128;
/** Files asked for their size at a time: each answer is a round trip to another process. */
const filesAtATime = 64;

/** A page that does nothing else for longer stutters. */
const turnMsMax = 12;

/** One thing that was dropped, in the best form this browser has for it. */
interface Root {
  readonly handle: Promise<FileSystemHandle | null>;
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}
type HandleGiver = { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> };

/**
 * The folders and files of a drop. A browser empties the DataTransfer when the event is over: call it in the handler.
 * @param onFolder told of each folder whose handle may be kept, so that it can be opened again with one click
 */
export function foundInDrop(
  dropped: DataTransfer,
  onFolder: (folder: FileSystemDirectoryHandle) => void,
): AsyncIterable<Found> {
  const roots = [...dropped.items].filter(({ kind }) => kind === 'file').map(rootOf);
  return foundInRoots(roots, onFolder);
}

function rootOf(item: DataTransferItem): Root {
  const giver = item as HandleGiver;
  return {
    handle: giver.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null),
    entry: item.webkitGetAsEntry?.() ?? null,
    file: item.getAsFile(),
  };
}

async function* foundInRoots(
  roots: readonly Root[],
  onFolder: (folder: FileSystemDirectoryHandle) => void,
): AsyncGenerator<Found> {
  for (const root of roots) {
    const handle = await root.handle;
    if (handle && isFolder(handle)) {
      onFolder(handle);
      yield* foundInFolder(handle);
    } else if (handle) yield await ofHandle(handle as FileSystemFileHandle, handle.name);
    else if (root.entry) yield* foundInEntry(root.entry);
    else if (root.file) yield ofFile(root.file);
  }
}

/** The files of an `<input type="file">`. The size of each is asked of the disk, so others get their turn in between. */
export async function* foundInList(files: Iterable<File>): AsyncGenerator<Found> {
  let turnAtMs = performance.now();
  for (const file of files) {
    yield ofFile(file);
    if (performance.now() - turnAtMs < turnMsMax) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turnAtMs = performance.now();
  }
}

function ofFile(file: File): Found {
  const path = file.webkitRelativePath || file.name;
  return skippedIn(path) ?? { path, picked: file, bytes: file.size };
}

/** The system file, or the first system folder below the one that was chosen. A folder is looked through where it was named. */
function skippedIn(path: string): Found | null {
  const names = path.split('/');
  const isSkipped = (name: string, i: number): boolean =>
    i === names.length - 1 ? isSystemFile(name, false) : i > 0 && isSystemFile(name, true);
  const at = names.findIndex(isSkipped);
  return at < 0 ? null : { path: names.slice(0, at + 1).join('/'), skipped: true };
}

const isFolder = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory';

/** All files below a folder (File System API), each folder's names by UTF-16 code units. */
export async function* foundInFolder(
  folder: FileSystemDirectoryHandle,
  path = folder.name,
  depth = 0,
): AsyncGenerator<Found> {
  if (depth > 0 && isSystemFile(folder.name, true)) return yield { path, skipped: true };
  if (depth >= depthMax) return yield { path, picked: null, code: 'listing.too_deep' };
  const children: FileSystemHandle[] = [];
  try {
    for await (const child of folder.values()) children.push(child);
  } catch {
    return yield { path, picked: null, code: 'listing.folder_unreadable' };
  }
  yield* inOrder(children, isFolder, {
    file: (child) => ofHandle(child as FileSystemFileHandle, `${path}/${child.name}`),
    folder: (child) => foundInFolder(child as FileSystemDirectoryHandle, `${path}/${child.name}`, depth + 1),
  });
}

async function ofHandle(handle: FileSystemFileHandle, path: string): Promise<Found> {
  if (isSystemFile(handle.name, false)) return { path, skipped: true };
  try {
    return { path, picked: handle, bytes: (await handle.getFile()).size };
  } catch {
    return { path, picked: handle, code: 'listing.file_unreadable' };
  }
}

/** All files below an entry (File and Directory Entries API), for browsers without handles. */
export async function* foundInEntry(entry: FileSystemEntry, depth = 0): AsyncGenerator<Found> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) return yield await ofEntry(entry as FileSystemFileEntry, path);
  if (depth > 0 && isSystemFile(entry.name, true)) return yield { path, skipped: true };
  if (depth >= depthMax) return yield { path, picked: null, code: 'listing.too_deep' };
  let children: FileSystemEntry[];
  try {
    children = await childrenOf(entry as FileSystemDirectoryEntry);
  } catch {
    return yield { path, picked: null, code: 'listing.folder_unreadable' };
  }
  yield* inOrder(children, (child) => child.isDirectory, {
    file: (child) => ofEntry(child as FileSystemFileEntry, `${path}/${child.name}`),
    folder: (child) => foundInEntry(child, depth + 1),
  });
}

async function ofEntry(entry: FileSystemFileEntry, path: string): Promise<Found> {
  if (isSystemFile(entry.name, false)) return { path, skipped: true };
  return new Promise((resolve) =>
    entry.file(
      (file) => resolve({ path, picked: file, bytes: file.size }),
      () => resolve({ path, picked: null, code: 'listing.file_unreadable' }),
    ),
  );
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}

interface Visits<T> {
  file(child: T): Promise<Found>;
  folder(child: T): AsyncGenerator<Found>;
}

/** Neighbouring files are asked for together, and come out in order all the same. */
async function* inOrder<T extends { readonly name: string }>(
  children: T[],
  isFolderOne: (child: T) => boolean,
  { file, folder }: Visits<T>,
): AsyncGenerator<Found> {
  children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  let files: T[] = [];
  for (const child of children) {
    if (!isFolderOne(child)) files.push(child);
    if (files.length > 0 && (isFolderOne(child) || files.length === filesAtATime)) {
      yield* await Promise.all(files.map(file));
      files = [];
    }
    if (isFolderOne(child)) yield* folder(child);
  }
  yield* await Promise.all(files.map(file));
}
