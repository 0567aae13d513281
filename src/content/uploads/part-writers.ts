import { ApiError } from '../../platform/http/api-error.js';

/** One attempt to write a part: `signal` ends it where a newer one comes. */
interface Attempt {
  readonly end: AbortController;
  readonly over: Promise<void>;
}

/** A newer attempt at the same part has come. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

const retryAfterSeconds = 1;

/**
 * Sees to it that one attempt at a time writes a part. The newest one does: whoever sends a part again has given up the
 * connection before, which may look alive for a long time. It begins once the older one has ended, so that no octet of that
 * comes after its own. For this process: between several, the tags that a join names keep contents apart.
 */
export class PartWriters {
  private readonly newest = new Map<string, Attempt>();

  /**
   * @param write stops soon after its signal, and only then rejects
   * @throws Superseded where a newer attempt took over; it has settled then, and so has every one after it
   */
  async write<T>(part: string, write: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const older = this.newest.get(part);
    let done!: () => void;
    const attempt: Attempt = { end: new AbortController(), over: new Promise((resolve) => (done = resolve)) };
    this.newest.set(part, attempt);
    older?.end.abort(new Superseded());
    const { signal } = attempt.end;
    try {
      if (older) await older.over;
      signal.throwIfAborted();
      return await write(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw signal.reason;
    } finally {
      done();
      if (this.newest.get(part) === attempt) this.newest.delete(part);
    }
  }

  /** Resolves once nothing writes the part. */
  async settled(part: string): Promise<void> {
    for (let attempt = this.newest.get(part); attempt; attempt = this.newest.get(part)) await attempt.over;
  }

  /** For an attempt that was superseded, where the newer one has stored nothing either. */
  static refusal(): ApiError {
    return new ApiError('request.too_many', { retryAfterSeconds });
  }
}
