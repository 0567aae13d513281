import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Sealed, asSealed, segmentBytes } from '@aerie/protocol';
import { ApiError } from '../../platform/http/api-error.js';

/**
 * Parts are checked whole before the store sees them, so each waits in memory. Four segments at a time, 32 MiB, is all
 * there ever is, however many clients send: further requests wait, and their senders feel it through TCP.
 */
const segmentsMax = 4;

/** Takes request bodies into memory, a bounded amount at a time, in buffers that are used again. */
@Injectable()
export class Intake {
  private readonly spare: Buffer[] = [];
  private free = segmentsMax;
  private readonly waiting: { segments: number; go: () => void }[] = [];

  /**
   * Reads a body of at most `bytesMax` octets and hands it to `use`; the octets are only good until `use` is done.
   * @throws ApiError request.too_large, or request.malformed where the sender went away
   */
  async take<T>(body: Readable, bytesMax: number, use: (octets: Sealed) => Promise<T>): Promise<T> {
    const segments = Math.max(1, Math.ceil(bytesMax / segmentBytes));
    await this.acquire(segments);
    const buffer = this.spare.pop() ?? Buffer.allocUnsafeSlow(segmentBytes);
    const room = segments === 1 ? buffer : Buffer.allocUnsafeSlow(bytesMax);
    try {
      const filled = await fill(room, body, bytesMax);
      return await use(asSealed(room.subarray(0, filled)));
    } finally {
      this.spare.push(buffer);
      this.release(segments);
    }
  }

  private acquire(segments: number): Promise<void> {
    if (this.waiting.length === 0 && this.free >= segments) {
      this.free -= segments;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.waiting.push({ segments, go: resolve }));
  }

  private release(segments: number): void {
    this.free += segments;
    for (let next = this.waiting[0]; next && this.free >= next.segments; next = this.waiting[0]) {
      this.waiting.shift();
      this.free -= next.segments;
      next.go();
    }
  }
}

async function fill(room: Buffer, body: Readable, bytesMax: number): Promise<number> {
  let filled = 0;
  try {
    // Too long a body is not torn off here: its sender would lose the answer as well.
    for await (const piece of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (filled + piece.length > bytesMax) throw new ApiError('request.too_large', { bytesMax });
      piece.copy(room, filled);
      filled += piece.length;
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('request.malformed', { detail: 'the body ended early' });
  }
  return filled;
}
