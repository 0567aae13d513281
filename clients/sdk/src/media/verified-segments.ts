/** Sealed segments of one blob, each checked against the signed root before an octet of it is released. */
import {
  ContainerError,
  equalBytes,
  fromBase64,
  merkleRoot,
  segmentBytes,
  segmentCountFor,
  segmentDigest,
  segmentRange,
  type ManifestBlob,
} from '@aerie/protocol';
import { OctetReader } from '../crypto/octet-reader.js';

/** 32 MiB: a player's place in the film, the index at its end, and where it was before a seek. */
const segmentsKept = 4;

type Fetch = (start: number, end: number, signal: AbortSignal) => AsyncIterable<Uint8Array>;

interface Entry {
  readonly segment: Promise<Uint8Array>;
  readonly stop: AbortController;
  /** Reads that need it. The transfer is stopped when the last one has gone. */
  waiting: number;
  settled: boolean;
}

export class VerifiedSegments {
  /** Least recently used first. */
  readonly #kept = new Map<number, Entry>();

  private constructor(
    readonly objectBytes: number,
    readonly digests: readonly Uint8Array[],
    readonly fetch: Fetch,
  ) {}

  /** @throws ContainerError `root` where these are not the digests that the manifest signs */
  static async of(blob: ManifestBlob, digests: readonly Uint8Array[], fetch: Fetch): Promise<VerifiedSegments> {
    const isWhole = digests.length === segmentCountFor(blob.bytes);
    if (!isWhole || !equalBytes(await merkleRoot(digests), fromBase64(blob.root))) throw new ContainerError('root');
    return new VerifiedSegments(blob.bytes, digests, fetch);
  }

  /** Sealed octets `start` up to, not including, `end`. @throws ContainerError `segment`; what `signal` was aborted with */
  async *octets(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end;) {
      const index = Math.floor(at / segmentBytes);
      const { start: segmentStart, end: segmentEnd } = segmentRange(index, this.objectBytes);
      const until = Math.min(end, segmentEnd);
      const segment = await this.#segment(index, signal);
      yield segment.subarray(at - segmentStart, until - segmentStart);
      at = until;
    }
  }

  async #segment(index: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const entry = this.#kept.get(index) ?? this.#begin(index);
    this.#kept.delete(index);
    this.#kept.set(index, entry);
    for (const [oldest, { waiting }] of this.#kept) {
      if (this.#kept.size <= segmentsKept) break;
      if (waiting === 0 && oldest !== index) this.#kept.delete(oldest);
    }
    entry.waiting++;
    try {
      return await (signal ? Promise.race([entry.segment, aborted(signal, entry.segment)]) : entry.segment);
    } finally {
      entry.waiting--;
      if (entry.waiting === 0 && !entry.settled) {
        this.#kept.delete(index);
        entry.stop.abort();
      }
    }
  }

  #begin(index: number): Entry {
    const stop = new AbortController();
    const entry: Entry = { segment: this.#fetchChecked(index, stop.signal), stop, waiting: 0, settled: false };
    entry.segment.then(
      () => (entry.settled = true),
      () => {
        entry.settled = true;
        // The next read asks again.
        if (this.#kept.get(index) === entry) this.#kept.delete(index);
      },
    );
    return entry;
  }

  async #fetchChecked(index: number, signal: AbortSignal): Promise<Uint8Array> {
    const { start, end } = segmentRange(index, this.objectBytes);
    const reader = new OctetReader(this.fetch(start, end, signal));
    try {
      const segment = await reader.take(end - start);
      await reader.expectEnd();
      if (!equalBytes(await segmentDigest(segment), this.digests[index]!)) throw new ContainerError('segment');
      return segment;
    } finally {
      await reader.close();
    }
  }
}

/** Rejects when the signal does; listens no longer than `until` is settled. */
function aborted(signal: AbortSignal, until: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    const settled = (): void => signal.removeEventListener('abort', stop);
    until.then(settled, settled);
  });
}
