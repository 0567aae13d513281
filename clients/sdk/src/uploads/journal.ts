/**
 * What must outlive this process: lists of small records by name. A port; it is given sealed octets only, and names
 * that tell nothing. `write` and `append` have survived a crash of this process once they resolve.
 */
export interface Journal {
  /** The records of a list in order; none where there is no such list. */
  read(name: string): Promise<Uint8Array[]>;
  /** Replaces the list by this one record: a reader sees the old list or the new one. */
  write(name: string, record: Uint8Array): Promise<void>;
  append(name: string, record: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** For when nothing needs to outlive the process. */
export class MemoryJournal implements Journal {
  readonly #lists = new Map<string, Uint8Array[]>();

  async read(name: string): Promise<Uint8Array[]> {
    return [...(this.#lists.get(name) ?? [])];
  }

  async write(name: string, record: Uint8Array): Promise<void> {
    this.#lists.set(name, [record]);
  }

  async append(name: string, record: Uint8Array): Promise<void> {
    this.#lists.set(name, [...(this.#lists.get(name) ?? []), record]);
  }

  async remove(name: string): Promise<void> {
    this.#lists.delete(name);
  }
}
