/** One request at a time for something that many ask for at once; they share its answer. */
export class OneFlight<T> {
  #current: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(readonly request: () => Promise<T>) {}

  /** The answer to the request that is under way, or to a new one. */
  join(): Promise<T> {
    return (this.#current ??= this.#fly());
  }

  /** The answer to a request that begins from now on: where one is under way, to the one after it. */
  askAfter(): Promise<T> {
    if (!this.#current) return this.join();
    this.#next ??= this.#current.then(
      () => this.#following(),
      () => this.#following(),
    );
    return this.#next;
  }

  #following(): Promise<T> {
    this.#next = undefined;
    return (this.#current = this.#fly());
  }

  async #fly(): Promise<T> {
    try {
      return await this.request();
    } finally {
      if (!this.#next) this.#current = undefined;
    }
  }
}
