import type { Readable } from 'node:stream';
import { ApiError } from '../../platform/http/api-error.js';

/** A body as it comes in, read only as far as there is somewhere to put it. */
export class Arriving {
  private readonly pieces: AsyncIterator<Buffer>;
  private coming: Promise<IteratorResult<Buffer>> | undefined;
  /** What was read from the stream and did not fit into the buffer. */
  private left: Buffer = Buffer.alloc(0);
  hasEnded = false;
  /** Octets that have come so far. */
  bytes = 0;

  constructor(
    body: Readable,
    private readonly bytesMax: number,
  ) {
    // Too long a body is not torn off here: its sender would lose the answer as well.
    const pieces = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * Fills the buffer, or as much of it as there is, or as comes until `enough` resolves; that loses no octet.
   * @returns how many octets
   */
  async readInto(buffer: Buffer, enough?: Promise<void>): Promise<number> {
    let filled = 0;
    while (filled < buffer.length && (await this.hasMore(enough))) {
      const taken = this.left.copy(buffer, filled);
      this.left = this.left.subarray(taken);
      filled += taken;
    }
    // Whether that was all, so that a body that fits is known to have ended.
    if (filled === buffer.length) await this.hasMore(enough);
    return filled;
  }

  /** The rest, piece by piece. @throws ApiError request.too_large */
  async *rest(): AsyncGenerator<Buffer> {
    while (await this.hasMore()) {
      if (this.bytes > this.bytesMax) throw this.tooLarge();
      const piece = this.left;
      this.left = Buffer.alloc(0);
      yield piece;
    }
  }

  /** @throws ApiError request.too_large */
  async mustHaveEnded(): Promise<void> {
    if (await this.hasMore()) throw this.tooLarge();
  }

  /** Reads the rest away: nothing else can while this reads, and a connection is good for more only once its body is read. */
  async discard(): Promise<void> {
    while (await this.hasMore()) this.left = Buffer.alloc(0);
  }

  private comes(): Promise<IteratorResult<Buffer>> {
    const coming = this.pieces.next().catch(() => {
      throw new ApiError('request.malformed', { detail: 'the body ended early' });
    });
    // Where it is not waited for any more, as the body was refused meanwhile, its failure is of no interest.
    coming.catch(() => undefined);
    return coming;
  }

  private tooLarge(): ApiError {
    return new ApiError('request.too_large', { bytesMax: this.bytesMax });
  }

  private async hasMore(enough?: Promise<void>): Promise<boolean> {
    while (this.left.length === 0 && !this.hasEnded) {
      this.coming ??= this.comes();
      const next = await (enough ? Promise.race([this.coming, enough]) : this.coming);
      if (!next) return false;
      this.coming = undefined;
      if (next.done) this.hasEnded = true;
      else this.left = next.value;
      this.bytes += this.left.length;
    }
    return this.left.length > 0;
  }
}
