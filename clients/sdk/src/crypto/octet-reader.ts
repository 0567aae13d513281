/** Takes exact numbers of octets from a stream that arrives in pieces of any size. */
import { ContainerError } from '@aerie/protocol';

export class OctetReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array();

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#pieces = stream[Symbol.asyncIterator]();
  }

  /**
   * The next `bytes` octets; a view of the stream's own piece where they arrived together.
   * @param room memory to gather them in where they did not; without it, or where it is too small, new memory
   * @throws ContainerError `truncated`
   */
  async take(bytes: number, room?: Uint8Array): Promise<Uint8Array> {
    if (this.#left.length === 0 && bytes > 0) this.#left = await this.#next();
    if (this.#left.length >= bytes) return this.#cut(bytes);
    const whole = room && room.length >= bytes ? room.subarray(0, bytes) : new Uint8Array(bytes);
    let filled = 0;
    while (filled < bytes) {
      if (this.#left.length === 0) this.#left = await this.#next();
      const piece = this.#cut(Math.min(bytes - filled, this.#left.length));
      whole.set(piece, filled);
      filled += piece.length;
    }
    return whole;
  }

  /** Throws ContainerError `trailing` unless the stream is at its end. */
  async expectEnd(): Promise<void> {
    if (this.#left.length > 0) throw new ContainerError('trailing');
    for (let step = await this.#pieces.next(); !step.done; step = await this.#pieces.next()) {
      if (step.value.length > 0) throw new ContainerError('trailing');
    }
  }

  /** Tells the stream that no more is wanted. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #cut(bytes: number): Uint8Array {
    const piece = this.#left.subarray(0, bytes);
    this.#left = this.#left.subarray(bytes);
    return piece;
  }

  async #next(): Promise<Uint8Array> {
    const step = await this.#pieces.next();
    if (step.done) throw new ContainerError('truncated');
    return step.value;
  }
}
