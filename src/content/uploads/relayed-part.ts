import { createHash } from 'node:crypto';
import { segmentBytes } from '@aerie/protocol';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { ApiError } from '../../platform/http/api-error.js';
import type { Relayed } from '../../platform/storage/object-store.port.js';
import { SegmentHasher } from '../media/segment-hasher.js';
import type { Arriving } from './arriving.js';

/**
 * A part on its way from its sender to the store, hashed as it passes. The last piece is given out only once length and digest
 * are found to be right: the store never sees the end of anything else.
 */
export class RelayedPart implements Relayed {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** 32 octets each, once all pieces were given out. */
  segmentDigests: Buffer | undefined;
  private readonly segments = new SegmentHasher();
  /** A part of one segment is its segment, so that one hash is enough. */
  private readonly whole;

  /** @param signal ends it: whoever reads the pieces then gets the signal's reason */
  constructor(
    private readonly arriving: Arriving,
    readonly bytes: number,
    private readonly digest: Buffer,
    private readonly signal: AbortSignal,
  ) {
    this.whole = bytes > segmentBytes ? createHash('sha256') : null;
    this.pieces = this.checked();
  }

  private async *checked(): AsyncGenerator<Uint8Array> {
    const ended = new Promise<void>((done) => this.signal.addEventListener('abort', () => done(), { once: true }));
    for await (const piece of this.arriving.rest(ended)) {
      this.segments.update(piece);
      this.whole?.update(piece);
      if (this.segments.bytes === this.bytes) {
        await this.arriving.mustHaveEnded(ended);
        this.signal.throwIfAborted();
        this.check();
      }
      yield piece;
    }
    this.signal.throwIfAborted();
    const bytesReceived = this.segments.bytes;
    if (bytesReceived < this.bytes)
      throw new ApiError('upload.part_size', { bytesExpected: this.bytes, bytesReceived });
  }

  /** @throws ApiError upload.digest_mismatch */
  private check(): void {
    const digests = this.segments.finish();
    if (!(this.whole?.digest() ?? digests).equals(this.digest)) throw new ApiError('upload.digest_mismatch');
    this.segmentDigests = digests;
    failpoint('part.checked');
  }
}
