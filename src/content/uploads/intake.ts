import type { Readable } from 'node:stream';
import { type Sealed, asSealed, segmentBytes } from '@aerie/protocol';
import { measure } from '../../platform/measures/measures.js';
import type { Principal } from '../../platform/http/principal.js';
import { Arriving } from './arriving.js';
import { BufferPermits } from './buffer-permits.js';
import { Spool, type SpooledBody, segmentsFor } from './spool.js';

/**
 * Whatever a device sends is checked whole before the store sees it, so each body waits in memory (decision 17). Four
 * segments at a time, 32 MiB, is all there ever is, however many clients send: further requests wait, and their senders
 * feel it through TCP.
 */
const segmentsMax = 4;
/** A body gets no buffer before it has brought this much: a sender that stands still holds next to nothing. */
const headBytesMax = 64 * 1024;
/** A body that brings less than 8 MiB a second may not keep a buffer from others: at this pace a segment takes a second. */
const paceBytesPerSecond = 8 * 1024 * 1024;
const lookMsDefault = 1_000;

/** A body whose octets are in its buffer, or as many of them as came before it had to make way for others. */
type Begun<T> = { readonly done: T } | { readonly spooled: SpooledBody };

/** Takes request bodies into memory, a bounded amount at a time, in buffers that are used again. */
export class Intake {
  private readonly spare: Buffer[] = [];
  private readonly permits = new BufferPermits(segmentsMax);
  private readonly spool: Spool;

  /**
   * @param folder where slow bodies are gathered; it is made when one comes
   * @param lookMs how often, and for the first time how soon, the pace of a body in a buffer is looked at
   */
  constructor(
    folder: string,
    private readonly lookMs = lookMsDefault,
  ) {
    this.spool = new Spool(folder);
  }

  /**
   * Reads a body of at most `bytesMax` octets and hands it to `use`. The octets are only good until `use` is done, and
   * no other body can have their buffer before: `use` ends as soon as the store has taken them.
   * @throws ApiError request.too_large, request.too_many, or request.malformed where the sender went away
   */
  async take<T>(
    { deviceId }: Principal,
    body: Readable,
    bytesMax: number,
    use: (octets: Sealed) => Promise<T>,
  ): Promise<T> {
    const arriving = new Arriving(body, bytesMax);
    try {
      return await this.takeQuickly(deviceId, arriving, bytesMax, use);
    } catch (error) {
      arriving.discard().catch(() => undefined);
      throw error;
    }
  }

  private async takeQuickly<T>(
    deviceId: string,
    arriving: Arriving,
    bytesMax: number,
    use: (octets: Sealed) => Promise<T>,
  ): Promise<T> {
    const head = Buffer.allocUnsafe(Math.min(bytesMax, headBytesMax));
    const headBytes = await arriving.readInto(head);
    if (head.length === bytesMax) await arriving.mustHaveEnded();
    if (arriving.hasEnded) return use(asSealed(head.subarray(0, headBytes)));
    await this.acquire(deviceId, segmentsFor(bytesMax));
    const begun = await this.inBuffer(deviceId, bytesMax, async (buffer): Promise<Begun<T>> => {
      head.copy(buffer, 0, 0, headBytes);
      const filled = headBytes + (await this.fill(arriving, buffer.subarray(headBytes)));
      if (filled < bytesMax && !arriving.hasEnded)
        return { spooled: await this.moveToDisk(deviceId, bytesMax, buffer.subarray(0, filled)) };
      await arriving.mustHaveEnded();
      return { done: await use(asSealed(buffer.subarray(0, filled))) };
    });
    return 'done' in begun ? begun.done : this.takeSlowly(deviceId, arriving, bytesMax, begun.spooled, use);
  }

  /** Gathers the rest on disk, and takes a buffer again only for the whole body, which fills it at once. */
  private async takeSlowly<T>(
    deviceId: string,
    arriving: Arriving,
    bytesMax: number,
    spooled: SpooledBody,
    use: (octets: Sealed) => Promise<T>,
  ): Promise<T> {
    try {
      for await (const piece of arriving.rest()) await spooled.append(piece);
      await this.acquire(deviceId, segmentsFor(bytesMax), { isWhole: true });
      return await this.inBuffer(deviceId, bytesMax, async (buffer) =>
        use(asSealed(buffer.subarray(0, await spooled.readInto(buffer)))),
      );
    } finally {
      await spooled.close();
    }
  }

  private async acquire(...asked: Parameters<BufferPermits['acquire']>): Promise<void> {
    const startedAt = performance.now();
    await this.permits.acquire(...asked);
    measure('intake', { seconds: (performance.now() - startedAt) / 1000 });
  }

  private async moveToDisk(deviceId: string, bytesMax: number, octets: Uint8Array): Promise<SpooledBody> {
    const spooled = await this.spool.open(deviceId, segmentsFor(bytesMax));
    try {
      await spooled.append(octets);
      return spooled;
    } catch (error) {
      await spooled.close();
      throw error;
    }
  }

  /** Runs `work` with a buffer of that size, for which permits have been acquired; gives back both. */
  private async inBuffer<T>(deviceId: string, bytes: number, work: (buffer: Buffer) => Promise<T>): Promise<T> {
    const segments = segmentsFor(bytes);
    const own = this.spare.pop() ?? Buffer.allocUnsafeSlow(segmentBytes);
    try {
      return await work(segments === 1 ? own.subarray(0, bytes) : Buffer.allocUnsafeSlow(bytes));
    } finally {
      this.spare.push(own);
      this.permits.release(deviceId, segments);
    }
  }

  /** Fills a buffer for as long as the body keeps up the pace, or no other body waits for a buffer. @returns how many octets */
  private async fill(arriving: Arriving, buffer: Buffer): Promise<number> {
    const [startedAt, bytesBefore] = [performance.now(), arriving.bytes];
    const isSlow = (): boolean => {
      const seconds = (performance.now() - startedAt) / 1000;
      return arriving.bytes - bytesBefore < paceBytesPerSecond * seconds;
    };
    let timer: NodeJS.Timeout | undefined;
    const mustMakeWay = new Promise<void>((done) => {
      timer = setInterval(() => {
        if (this.permits.areWaitedFor && isSlow()) done();
      }, this.lookMs);
      timer.unref();
    });
    try {
      return await arriving.readInto(buffer, mustMakeWay);
    } finally {
      clearInterval(timer);
    }
  }
}
