/** Uploads belong to the page as a whole, not to one of its places: they go on while the person is on another page. */
import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { foundInDrop, foundInFolder, foundInList, type Found } from './found.js';
import { dropKeptFolders, keepFolders, keptFolders } from './kept-folders.js';
import { engine } from '../../platform/engine/connect.js';
import { place } from '../../platform/router/router.svelte.js';
import type { Chosen } from '../../shell/feature.js';
import { session } from '../../shell/session.svelte.js';
import { Upload } from './upload.svelte.js';

/** By project. */
const uploads = new SvelteMap<string, Upload>();

/** Under way when the keys left memory. */
const cutByLock = new Set<Upload>();

/** How many files would stand still if the keys left memory now. */
export const unfinishedFiles = (): number =>
  allUploads()
    .filter(({ isUnderWay }) => isUnderWay)
    .reduce((sum, { totals }) => sum + totals.states.waiting + totals.states.active, 0);

export const allUploads = (): Upload[] => [...uploads.values()];
export const uploadTo = (projectId: string): Upload | undefined => uploads.get(projectId);
export const uploadsPath = (projectId: string): string => `/projects/${projectId}/uploads`;

/**
 * Uploads what was dropped or chosen, after what is under way already, and goes to the page that shows it.
 * Call it in the handler of the event: afterwards a browser knows nothing of a drop any more.
 */
export function startUpload(projectId: string, chosen: Chosen): void {
  const folders: FileSystemDirectoryHandle[] = [];
  const keep = (folder: FileSystemDirectoryHandle): void => {
    folders.push(folder);
    void remember(projectId, folders);
  };
  let found: AsyncIterable<Found>;
  if (chosen instanceof DataTransfer) found = foundInDrop(chosen, keep);
  else if ('kind' in chosen) {
    found = foundInFolder(chosen);
    keep(chosen);
  } else found = foundInList([...chosen]);
  if (folders.length === 0) void remember(projectId, []);
  void (uploads.get(projectId) ?? opened(projectId)).add(found);
  place.go(uploadsPath(projectId));
}

/** Only some browsers have it; there a handle without permission opens nothing. */
type Asking = { requestPermission?(how: { mode: 'read' }): Promise<PermissionState> };

/** Goes on with the folders of an upload that another tab or visit began; asks for each, as browsers want it. */
export async function goOn(projectId: string, folders: readonly FileSystemDirectoryHandle[]): Promise<void> {
  for (const folder of folders) {
    const permission = await (folder as Asking).requestPermission?.({ mode: 'read' });
    if (permission === 'granted') startUpload(projectId, folder);
  }
}

/** Empties the list of what was uploaded; the card itself and the server keep what they have. */
export async function forgetUpload(projectId: string): Promise<void> {
  uploads.delete(projectId);
  await dropKeptFolders(projectId).catch(() => {});
}

function opened(projectId: string): Upload {
  const upload = new Upload(projectId, () => void dropKeptFolders(projectId).catch(() => {}));
  void engine()
    .projects.read(projectId)
    .then(
      ({ name }) => (upload.project = name),
      () => {},
    );
  uploads.set(projectId, upload);
  return upload;
}

/** A browser that keeps nothing still uploads; it only cannot offer the folder again. */
async function remember(projectId: string, folders: FileSystemDirectoryHandle[]): Promise<void> {
  const before = (await keptFolders(projectId).catch(() => null)) ?? [];
  const added: FileSystemDirectoryHandle[] = [];
  for (const folder of folders) {
    const same = await Promise.all(before.map((one) => one.isSameEntry(folder)));
    if (!same.includes(true)) added.push(folder);
  }
  await keepFolders(projectId, [...before, ...added]).catch(() => {});
}

$effect.root(() => {
  $effect(() => {
    // Locking ends the engine, and with it every run; what a person has not paused goes on after unlocking.
    if (session.state.kind === 'starting' || session.state.kind === 'locked') {
      for (const upload of untrack(allUploads)) {
        if (untrack(() => upload.isUnderWay)) cutByLock.add(upload);
        upload.cut();
      }
    }
    if (session.state.kind === 'open') {
      for (const upload of cutByLock) void upload.resume();
      cutByLock.clear();
    }
    if (session.state.kind === 'none') {
      for (const upload of uploads.values()) upload.cut();
      cutByLock.clear();
      uploads.clear();
    }
  });
});
