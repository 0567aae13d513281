/**
 * Which projects have an upload that was not finished, and the folders it was of, where the browser gives handles. A
 * handle opens nothing by itself: the browser asks the person again. Kept in IndexedDB, which alone can hold one.
 */
const database = 'aerie-folders';
const store = 'unfinished';

function opened(): Promise<IDBDatabase> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(store);
  return settled(opening);
}

/** Null where every upload to that project was finished. */
export async function keptFolders(projectId: string): Promise<FileSystemDirectoryHandle[] | null> {
  return inStore('readonly', (rows) => rows.get(projectId) as IDBRequest<FileSystemDirectoryHandle[] | undefined>).then(
    (folders) => folders ?? null,
  );
}

export async function keepFolders(projectId: string, folders: readonly FileSystemDirectoryHandle[]): Promise<void> {
  await inStore('readwrite', (rows) => rows.put(folders, projectId));
}

export async function dropKeptFolders(projectId: string): Promise<void> {
  await inStore('readwrite', (rows) => rows.delete(projectId));
}

async function inStore<T>(mode: IDBTransactionMode, work: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await settled(work(database.transaction(store, mode).objectStore(store)));
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing'));
  });
}
