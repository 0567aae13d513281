/** How much happens at a time: permits for work or octets, and a queue between producers and one consumer. */

/** Hands out up to `total` permits, first come, first served. Asking for more than there are takes all of them. */
export class Permits {
  #free: number;
  readonly #waiting: { readonly count: number; readonly grant: () => void }[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  /** Resolves with what gives the permits back; giving back twice does nothing. */
  async take(count: number): Promise<() => void> {
    const taken = Math.min(count, this.total);
    if (this.#waiting.length > 0 || taken > this.#free) {
      await new Promise<void>((grant) => this.#waiting.push({ count: taken, grant }));
    } else {
      this.#free -= taken;
    }
    let held = taken;
    return () => {
      this.#free += held;
      held = 0;
      this.#grant();
    };
  }

  /** Runs `work` while holding one permit. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const giveBack = await this.take(1);
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  #grant(): void {
    while (this.#waiting[0] && this.#waiting[0].count <= this.#free) {
      const { count, grant } = this.#waiting.shift()!;
      this.#free -= count;
      grant();
    }
  }
}

/** Values in the order in which they were pushed, until it is ended. */
export class Channel<T> {
  readonly #values: T[] = [];
  #ended = false;
  #error: unknown;
  #wake: () => void = () => {};

  push(value: T): void {
    this.#values.push(value);
    this.#wake();
  }

  /** With an error the consumer gets all values first, then the error. */
  end(error?: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#values.length > 0) yield this.#values.shift()!;
      if (this.#ended) break;
      await new Promise<void>((wake) => (this.#wake = wake));
    }
    if (this.#error !== undefined) throw this.#error;
  }
}

/** Runs `work` on every value with at most `lanes` at a time; pulls the next value only when a lane is free. */
export async function inLanes<T>(
  values: AsyncIterator<T>,
  lanes: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const lane = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await values.next();
      if (done) return;
      await work(value);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
