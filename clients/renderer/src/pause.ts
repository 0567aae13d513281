import { setTimeout as sleep } from 'node:timers/promises';

const pauseMsMin = 1_000;
const pauseMsMax = 5_000;

/** Waits that grow from one second to five while there is nothing to do, and end at once when the process is to stop. */
export class Pause {
  #ms = pauseMsMin;

  constructor(readonly signal: AbortSignal) {}

  async wait(): Promise<void> {
    const ms = this.#ms;
    this.#ms = Math.min(pauseMsMax, ms * 1.5);
    await sleep(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }

  /** There was something to do: the next wait is short again. */
  reset(): void {
    this.#ms = pauseMsMin;
  }
}
