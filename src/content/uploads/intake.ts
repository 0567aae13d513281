import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Sealed, asSealed, segmentBytes } from '@aerie/protocol';
import { ApiError } from '../../platform/http/api-error.js';
import type { Principal } from '../../platform/http/principal.js';
import { BufferPermits } from './buffer-permits.js';

/**
 * Parts are checked whole before the store sees them, so each waits in memory. Four segments at a time, 32 MiB, is all
 * there ever is, however many clients send: further requests wait, and their senders feel it through TCP.
 */
const segmentsMax = 4;
/** A body gets no buffer before it has brought this much: a sender that stands still holds next to nothing. */
const headBytesMax = 64 * 1024;

/** Takes request bodies into memory, a bounded amount at a time, in buffers that are used again. */
@Injectable()
export class Intake {
  private readonly spare: Buffer[] = [];
  private readonly permits = new BufferPermits(segmentsMax);

  /**
   * Reads a body of at most `bytesMax` octets and hands it to `use`. The octets are only good until `use` is done, and
   * nobody else can have their buffer before: `use` ends as soon as the store has taken them.
   * @throws ApiError request.too_large, or request.malformed where the sender went away
   */
  async take<T>(
    { deviceId }: Principal,
    body: Readable,
    bytesMax: number,
    use: (octets: Sealed) => Promise<T>,
  ): Promise<T> {
    const arriving = new Arriving(body, bytesMax);
    const head = Buffer.allocUnsafe(Math.min(bytesMax, headBytesMax));
    const headBytes = await arriving.readInto(head);
    if (head.length === bytesMax) await arriving.mustHaveEnded();
    if (arriving.hasEnded) return use(asSealed(head.subarray(0, headBytes)));
    const segments = Math.ceil(bytesMax / segmentBytes);
    await this.permits.acquire(deviceId, segments);
    const own = this.spare.pop() ?? Buffer.allocUnsafeSlow(segmentBytes);
    try {
      const buffer = segments === 1 ? own.subarray(0, bytesMax) : Buffer.allocUnsafeSlow(bytesMax);
      head.copy(buffer, 0, 0, headBytes);
      const filled = headBytes + (await arriving.readInto(buffer.subarray(headBytes)));
      await arriving.mustHaveEnded();
      return await use(asSealed(buffer.subarray(0, filled)));
    } finally {
      this.spare.push(own);
      this.permits.release(deviceId, segments);
    }
  }
}

/** A body as it comes in, read as far as somebody has a buffer for it. */
class Arriving {
  private readonly pieces: AsyncIterator<Buffer>;
  /** What was read from the stream and did not fit into the buffer. */
  private left: Buffer = Buffer.alloc(0);
  hasEnded = false;

  constructor(
    body: Readable,
    private readonly bytesMax: number,
  ) {
    // Too long a body is not torn off here: its sender would lose the answer as well.
    const pieces = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /** Fills the buffer, or as much of it as there is. @returns how many octets */
  async readInto(buffer: Buffer): Promise<number> {
    let filled = 0;
    while (filled < buffer.length && (await this.hasMore())) {
      const taken = this.left.copy(buffer, filled);
      this.left = this.left.subarray(taken);
      filled += taken;
    }
    // Whether that was all, so that a body that fits is known to have ended.
    if (filled === buffer.length) await this.hasMore();
    return filled;
  }

  /** @throws ApiError request.too_large */
  async mustHaveEnded(): Promise<void> {
    if (await this.hasMore()) throw new ApiError('request.too_large', { bytesMax: this.bytesMax });
  }

  private async hasMore(): Promise<boolean> {
    while (this.left.length === 0 && !this.hasEnded) {
      const next = await this.pieces.next().catch(() => {
        throw new ApiError('request.malformed', { detail: 'the body ended early' });
      });
      if (next.done) this.hasEnded = true;
      else this.left = next.value;
    }
    return this.left.length > 0;
  }
}
