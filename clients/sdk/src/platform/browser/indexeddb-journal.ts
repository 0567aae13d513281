/** The journal in IndexedDB: one row a record, under its list's name and its place in the list. */
import { requireJournalName, type Journal, type JournalLock } from '../../uploads/journal.js';

const version = 1;
const records = 'records';

/** The browser will not keep the journal, or no longer does. Its message says what to do. */
export class JournalLost extends Error {
  override readonly name = 'JournalLost';
  constructor(why: string, cause?: unknown) {
    super(`The browser does not keep what uploads need to be resumed: ${why}. What the server acknowledged is kept.`, {
      cause,
    });
  }
}

/**
 * Opens, or makes, the IndexedDB database of that name. Several tabs and workers may have it open: each change is one
 * transaction, and is on the disk once it resolves.
 * @throws JournalLost where the browser has no space, keeps nothing (private windows of some), or has cleared the site
 */
export async function openIndexedDbJournal(name: string): Promise<Journal> {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(records);
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(lost(opening.error));
    opening.onblocked = () => reject(lost(new DOMException('', 'VersionError')));
  });
  // Another tab that runs a newer version, or clears the site, is not held up.
  database.onversionchange = () => database.close();
  return new IndexedDbJournal(database, name);
}

class IndexedDbJournal implements Journal {
  constructor(
    readonly database: IDBDatabase,
    readonly databaseName: string,
  ) {}

  async read(name: string): Promise<Uint8Array[]> {
    const rows = rowsOf(name);
    return this.#run('readonly', (store) => store.getAll(rows) as IDBRequest<Uint8Array[]>);
  }

  async write(name: string, record: Uint8Array): Promise<void> {
    const rows = rowsOf(name);
    await this.#run('readwrite', (store) => {
      store.delete(rows);
      return store.put(record.slice(), [name, 0]);
    });
  }

  async append(name: string, record: Uint8Array): Promise<void> {
    const rows = rowsOf(name);
    // The caller may use its octets again before the transaction gets its turn.
    const own = record.slice();
    await this.#run('readwrite', (store) => {
      const counting = store.count(rows);
      counting.onsuccess = () => void store.put(own, [name, counting.result]);
      return counting;
    });
  }

  async remove(name: string): Promise<void> {
    const rows = rowsOf(name);
    await this.#run('readwrite', (store) => store.delete(rows));
  }

  /** A Web Lock: the browser gives it up when the tab or worker ends. */
  async lock(name: string, options: { wait: true }): Promise<JournalLock>;
  async lock(name: string, options?: { wait?: boolean }): Promise<JournalLock | null>;
  async lock(name: string, { wait = false }: { wait?: boolean } = {}): Promise<JournalLock | null> {
    requireJournalName(name);
    return new Promise((resolve, reject) => {
      let release: () => void = () => {};
      const held = new Promise<void>((done) => (release = done));
      const ended = navigator.locks
        .request(`${this.databaseName}/${name}`, { ifAvailable: !wait }, async (lock) => {
          resolve(lock && { release: giveBack });
          if (lock) await held;
        })
        .then(() => {});
      const giveBack = (): Promise<void> => {
        release();
        return ended;
      };
      ended.catch(reject);
    });
  }

  /** Transactions on one store take effect in the order in which they are made (Indexed Database API 3.0, 2.7.2). */
  #run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        const transaction = this.database.transaction(records, mode, { durability: 'strict' });
        const request = work(transaction.objectStore(records));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(lost(transaction.error));
      } catch (error) {
        reject(lost(error as DOMException));
      }
    });
  }
}

/** All places in a list: an array sorts after every number. */
function rowsOf(name: string): IDBKeyRange {
  requireJournalName(name);
  return IDBKeyRange.bound([name, 0], [name, []]);
}

const reasons: Record<string, string> = {
  QuotaExceededError: 'there is no space left for this site; free some, then start the upload again',
  InvalidStateError: 'its storage was cleared or taken over by another tab; reload this page, then start again',
  VersionError: 'another tab runs another version of this page; close the others, then reload this one',
};

function lost(error: DOMException | null): JournalLost {
  const why = reasons[error?.name ?? ''] ?? 'its storage failed; reload this page, or use a window that is not private';
  return new JournalLost(why, error);
}
