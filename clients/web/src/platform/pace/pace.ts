/** A new speed is taken for what it is after about this long; shorter, and the time left would jump. */
const settleMs = 8_000;
/** Less than this says nothing about a speed. */
const sampleMsMin = 400;

/** How fast a count of octets grows, smoothed: an average that forgets exponentially. */
export class Pace {
  #last: { readonly bytes: number; readonly atMs: number } | undefined;
  #weightedBytes = 0;
  #weightedMs = 0;

  /** @param bytes the count so far; it may fall, which counts as standing still */
  sample(bytes: number, atMs: number): void {
    const last = this.#last;
    if (last && atMs - last.atMs < sampleMsMin) return;
    this.#last = { bytes, atMs };
    if (!last) return;
    const ms = atMs - last.atMs;
    const kept = Math.exp(-ms / settleMs);
    this.#weightedBytes = this.#weightedBytes * kept + Math.max(0, bytes - last.bytes);
    this.#weightedMs = this.#weightedMs * kept + ms;
  }

  /** After a pause: what went before says nothing about now. */
  restart(): void {
    this.#last = undefined;
    this.#weightedBytes = this.#weightedMs = 0;
  }

  get bytesPerSecond(): number {
    return this.#weightedMs === 0 ? 0 : (this.#weightedBytes / this.#weightedMs) * 1000;
  }

  /** Null where nothing moves. */
  secondsFor(bytes: number): number | null {
    return this.bytesPerSecond < 1 ? null : bytes / this.bytesPerSecond;
  }
}
