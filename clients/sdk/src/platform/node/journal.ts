/** The journal as files: one list each, of length-prefixed records. A torn last record, from a kill, counts as not written. */
import { mkdir, open, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { requireJournalName, type Journal, type JournalLock } from '../../uploads/journal.js';
import { lockInFolder } from './folder-lock.js';
import { writePrivateFile } from './private-file.js';
import { syncFolder } from './whole-file.js';

const prefixBytes = 4;

/** @param folder made, mode 0700, where it is missing */
export async function openFolderJournal(folder: string): Promise<Journal> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return new FolderJournal(folder);
}

class FolderJournal implements Journal {
  /** Appends to one list wait for each other: two would tear each other's record. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #whole = new Set<string>();

  constructor(readonly folder: string) {}

  async read(name: string): Promise<Uint8Array[]> {
    return recordsOf(await this.#octets(name)).records;
  }

  write(name: string, record: Uint8Array): Promise<void> {
    return this.#inTurn(name, () => writePrivateFile(this.#path(name), prefixed(record)));
  }

  append(name: string, record: Uint8Array): Promise<void> {
    return this.#inTurn(name, async () => {
      await this.#cutTornEnd(name);
      await this.#appendSynced(name, prefixed(record));
    });
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(name, async () => {
      await rm(this.#path(name), { force: true });
      await syncFolder(this.folder);
    });
  }

  async lock(name: string, options: { wait: true }): Promise<JournalLock>;
  async lock(name: string, options?: { wait?: boolean }): Promise<JournalLock | null>;
  async lock(name: string, { wait = false }: { wait?: boolean } = {}): Promise<JournalLock | null> {
    requireJournalName(name);
    const lock = await lockInFolder(join(this.folder, 'locks'), name, wait);
    // Another process may have changed the list since.
    this.#whole.delete(name);
    return lock;
  }

  /** On the disk once it resolves: after a power cut, a part that has left must still be known. */
  async #appendSynced(name: string, octets: Uint8Array): Promise<void> {
    const handle = await open(this.#path(name), 'a', 0o600);
    try {
      const isNew = (await handle.stat()).size === 0;
      await handle.appendFile(octets);
      await handle.sync();
      if (isNew) await syncFolder(this.folder);
    } finally {
      await handle.close();
    }
  }

  /** Once per process and list: an earlier process may have been killed in the middle of a record. */
  async #cutTornEnd(name: string): Promise<void> {
    if (this.#whole.has(name)) return;
    const octets = await this.#octets(name);
    const { end } = recordsOf(octets);
    if (end < octets.length) await truncate(this.#path(name), end);
    this.#whole.add(name);
  }

  #path(name: string): string {
    requireJournalName(name);
    return join(this.folder, name);
  }

  async #octets(name: string): Promise<Uint8Array> {
    return readFile(this.#path(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return new Uint8Array();
      throw error;
    });
  }

  #inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => {});
    this.#last.set(name, settled);
    void settled.then(() => {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    });
    return turn;
  }
}

function prefixed(record: Uint8Array): Uint8Array {
  const octets = new Uint8Array(prefixBytes + record.length);
  new DataView(octets.buffer).setUint32(0, record.length);
  octets.set(record, prefixBytes);
  return octets;
}

/** The whole records, and where they end. */
function recordsOf(octets: Uint8Array): { records: Uint8Array[]; end: number } {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const records: Uint8Array[] = [];
  let end = 0;
  while (end + prefixBytes <= octets.length) {
    const next = end + prefixBytes + view.getUint32(end);
    if (next > octets.length) break;
    records.push(octets.subarray(end + prefixBytes, next));
    end = next;
  }
  return { records, end };
}
