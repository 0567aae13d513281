/**
 * What must outlive this process: lists of small records by name. A port; it is given sealed octets only, and names
 * that tell nothing. `write`, `append` and `remove` have survived a crash of this process once they resolve; those of
 * one list take effect in the order in which they were called. Every method throws RangeError for an unfit name.
 */
export interface Journal {
  /** The records of a list in order; none where there is no such list. */
  read(name: string): Promise<Uint8Array[]>;
  /** Replaces the list by this one record: a reader sees the old list or the new one. */
  write(name: string, record: Uint8Array): Promise<void>;
  append(name: string, record: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A name is safe as a file name wherever a journal may be kept. @throws RangeError */
export function requireJournalName(name: string): void {
  if (!/^[a-z0-9-]{1,120}$/.test(name))
    throw new RangeError('a journal name has lower-case letters, digits and dashes');
}

/** For when nothing needs to outlive the process. */
export class MemoryJournal implements Journal {
  readonly #lists = new Map<string, Uint8Array[]>();

  async read(name: string): Promise<Uint8Array[]> {
    requireJournalName(name);
    return (this.#lists.get(name) ?? []).map((record) => record.slice());
  }

  async write(name: string, record: Uint8Array): Promise<void> {
    requireJournalName(name);
    this.#lists.set(name, [record.slice()]);
  }

  async append(name: string, record: Uint8Array): Promise<void> {
    requireJournalName(name);
    this.#lists.set(name, [...(this.#lists.get(name) ?? []), record.slice()]);
  }

  async remove(name: string): Promise<void> {
    requireJournalName(name);
    this.#lists.delete(name);
  }
}
