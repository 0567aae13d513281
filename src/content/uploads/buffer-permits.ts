import { ApiError } from '../../platform/http/api-error.js';

/** Bodies of one device that wait. A client sends a few at a time; more would only wait longer than they are worth. */
const waitingMax = 6;
const retryAfterSeconds = 5;

interface Waiting {
  readonly deviceId: string;
  readonly segments: number;
  readonly go: () => void;
}

/**
 * How many segments of memory are free, and who is next. One segment is kept for devices that hold none, so that no device
 * shuts out the others however often it asks; and of those that wait, the device that holds the least comes first.
 */
export class BufferPermits {
  private free: number;
  private readonly held = new Map<string, number>();
  private waiting: Waiting[] = [];

  constructor(private readonly segmentsMax: number) {
    this.free = segmentsMax;
  }

  get areWaitedFor(): boolean {
    return this.waiting.length > 0;
  }

  /**
   * @param isWhole all of the body is here already, so that sending it again would be worse than waiting
   * @throws ApiError request.too_many where many of that device wait already
   */
  async acquire(deviceId: string, segments: number, { isWhole = false } = {}): Promise<void> {
    const ahead = this.waiting.filter((one) => one.deviceId === deviceId).length;
    if (ahead >= waitingMax && !isWhole) throw new ApiError('request.too_many', { retryAfterSeconds });
    return new Promise((go) => {
      this.waiting.push({ deviceId, segments, go });
      this.grant();
    });
  }

  release(deviceId: string, segments: number): void {
    const left = this.heldBy(deviceId) - segments;
    if (left > 0) this.held.set(deviceId, left);
    else this.held.delete(deviceId);
    this.free += segments;
    this.grant();
  }

  /** Grants the bodies that may go on, in turn. The next one may need more than is free: it is waited for, or it would never get it. */
  private grant(): void {
    for (let next = this.next(); next && next.segments <= this.free; next = this.next()) {
      const granted = next;
      this.waiting = this.waiting.filter((one) => one !== granted);
      this.free -= granted.segments;
      this.held.set(granted.deviceId, this.heldBy(granted.deviceId) + granted.segments);
      granted.go();
    }
  }

  private next(): Waiting | undefined {
    const may = this.waiting.filter(({ deviceId, segments }) => {
      const held = this.heldBy(deviceId);
      return held === 0 || held + segments < this.segmentsMax;
    });
    return may.reduce<Waiting | undefined>(
      (first, one) => (first && this.heldBy(first.deviceId) <= this.heldBy(one.deviceId) ? first : one),
      undefined,
    );
  }

  private heldBy(deviceId: string): number {
    return this.held.get(deviceId) ?? 0;
  }
}
