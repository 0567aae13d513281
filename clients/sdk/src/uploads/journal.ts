/** Held until it is released, or until its process or tab has ended, however it ended. */
export interface JournalLock {
  release(): Promise<void>;
}

/**
 * What must outlive this process: lists of small records by name. A port; it is given sealed octets only, and names
 * that tell nothing. `write`, `append` and `remove` have survived a crash of this machine once they resolve; those of
 * one list take effect in the order in which they were called. Every method throws RangeError for an unfit name.
 * Several processes or tabs may have one journal open: who changes a list holds its lock.
 */
export interface Journal {
  /** The records of a list in order; none where there is no such list. */
  read(name: string): Promise<Uint8Array[]>;
  /** Replaces the list by this one record: a reader sees the old list or the new one. */
  write(name: string, record: Uint8Array): Promise<void>;
  append(name: string, record: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  /**
   * The lock of a list, for one holder at a time over all processes and tabs that have this journal. Null where it is
   * held, unless `wait`: then it comes when the holder has released it or has ended.
   */
  lock(name: string, options: { wait: true }): Promise<JournalLock>;
  lock(name: string, options?: { wait?: boolean }): Promise<JournalLock | null>;
}

/** A name is safe as a file name wherever a journal may be kept. @throws RangeError */
export function requireJournalName(name: string): void {
  if (!/^[a-z0-9-]{1,120}$/.test(name))
    throw new RangeError('a journal name has lower-case letters, digits and dashes');
}

/** For when nothing needs to outlive the process. */
export class MemoryJournal implements Journal {
  readonly #lists = new Map<string, Uint8Array[]>();
  /** What resolves when the last one who asked has released it. */
  readonly #locks = new Map<string, Promise<void>>();

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

  async lock(name: string, options: { wait: true }): Promise<JournalLock>;
  async lock(name: string, options?: { wait?: boolean }): Promise<JournalLock | null>;
  async lock(name: string, { wait = false }: { wait?: boolean } = {}): Promise<JournalLock | null> {
    requireJournalName(name);
    const before = this.#locks.get(name);
    if (before && !wait) return null;
    let free: () => void = () => {};
    const freed = new Promise<void>((resolve) => (free = resolve));
    this.#locks.set(name, freed);
    await before;
    return {
      release: async () => {
        if (this.#locks.get(name) === freed) this.#locks.delete(name);
        free();
      },
    };
  }
}
