/**
 * Seals a plaintext into a container, part by part. Any part can be made again, octet for octet, from the plaintext, the
 * session key and the salt; a part whose plaintext has changed since it may have left the device is never given out.
 */
import {
  asSealed,
  chunkBytes,
  concatBytes,
  ContainerLayout,
  equalBytes,
  type LayoutOptions,
  merkleRoot,
  printBodyPrefix,
  type Sealed,
  segmentBytes,
  segmentDigest,
} from '@aerie/protocol';
import { ChunkCipher } from './chunk-cipher.js';

/** Plaintext with random access, such as a file. */
export interface PlainSource {
  readonly bytes: number;
  /**
   * The octets `start` up to, not including, `end`; fewer only if the source has become shorter. `buffer` may be used for
   * them: memory that is used again spares the garbage collector, which a file of gigabytes would keep busy.
   */
  read(start: number, end: number, buffer?: Uint8Array): Promise<Uint8Array>;
}

/**
 * What may have left this device under one session key and salt: the SHA-256 of each sealed segment, by its index.
 *
 * [Note: The ledger holds ciphertext digests, written before sending] Sealing is deterministic, so a segment made again
 * has the same digest if and only if its plaintext is the same, and this digest is needed anyway, for the transport and
 * the Merkle root: a digest of the plaintext would cost a second hash pass. It is written before the part is handed out,
 * not when the server acknowledges it, because a part that was sent and never acknowledged has been seen all the same:
 * other octets under the same key and nonce would reveal the difference of both plaintexts (crypto design, MS-28).
 */
export interface SegmentLedger {
  digestOf(segment: number): Uint8Array | undefined;
  /** `digestOf` answers with it from this call on; by the time it resolves it must survive the end of this process. */
  record(segment: number, digest: Uint8Array): Promise<void>;
}

/** The plaintext is not what it was. Throw session key and salt away and start the blob again. */
export class PlaintextChanged extends Error {
  override readonly name = 'PlaintextChanged';
  constructor() {
    super('The file changed while it was being sent; it must start again with a new key');
  }
}

export interface SealedPart {
  readonly sealed: Sealed;
  /** SHA-256 of each segment in the part: one, or two where a part has two segments. */
  readonly segmentDigests: readonly Uint8Array[];
}

export interface SealerOptions extends LayoutOptions {
  readonly plainBytes: number;
  /** 32 octets, random, for this blob alone. */
  readonly sessionKey: Uint8Array;
  /** 32 octets, random, for this blob alone. */
  readonly salt: Uint8Array;
  /** Left out only for a blob that is sealed once and never resumed. */
  readonly ledger?: SegmentLedger;
}

/** Chunks of one part being encrypted at a time in a browser, which has threads for it; Node encrypts each at once. */
const chunksInFlight = 4;

export class BlobSealer {
  /** The sealed chunk at the end of the last part: the next part starts inside it and need not read it again. */
  #straddling: { readonly chunk: number; readonly sealed: Promise<Uint8Array> } | undefined;
  /** Memory for the plaintext of a part, to be used again. */
  readonly #buffers: Uint8Array[] = [];
  #changed = false;

  private constructor(
    readonly layout: ContainerLayout,
    readonly sessionKey: Uint8Array,
    readonly salt: Uint8Array,
    readonly ledger: SegmentLedger,
    private readonly cipher: ChunkCipher,
  ) {}

  /** Throws RangeError for keys or lengths out of bounds. */
  static async of(options: SealerOptions): Promise<BlobSealer> {
    const { plainBytes, sessionKey, salt, ledger = new MemoryLedger() } = options;
    const layout = ContainerLayout.of(plainBytes, options);
    return new BlobSealer(layout, sessionKey, salt, ledger, await ChunkCipher.derive(sessionKey, salt));
  }

  /** A sealer with a new random session key and salt. */
  static fresh(
    plainBytes: number,
    options: Pick<SealerOptions, 'ledger' | 'partialExponent'> = {},
  ): Promise<BlobSealer> {
    const random = (): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(32));
    return BlobSealer.of({ ...options, plainBytes, sessionKey: random(), salt: random() });
  }

  /**
   * Part `part`, counted from 0, in any order and any number of times; its digests are in the ledger before it is given
   * out. Parts sealed in order read every plaintext octet once, in order; several may be under way. Holds about twice
   * the part in memory; `buffer`, of `partBytes`, takes the sealed part. Throws RangeError if there is no such part, PlaintextChanged, and what `source.read` throws.
   */
  async sealPart(part: number, source: PlainSource, buffer?: Uint8Array): Promise<SealedPart> {
    if (this.#changed) throw new PlaintextChanged();
    const { start, end } = this.layout.partRange(part);
    const sealed = buffer?.subarray(0, end - start) ?? new Uint8Array(end - start);
    this.#placeHead(sealed, start);
    await this.#placeChunks(sealed, start, source);
    const segmentDigests = await this.#admit(sealed, start / segmentBytes);
    return { sealed: asSealed(sealed), segmentDigests };
  }

  #placeHead(part: Uint8Array, partStart: number): void {
    const { packet } = this.layout.object;
    for (const { offset, bytes } of packet.headers(partStart, partStart + part.length)) {
      copyInto(part, partStart, bytes, offset);
    }
    copyInto(part, partStart, printBodyPrefix(this.salt), packet.offsetOf(0));
  }

  async #placeChunks(part: Uint8Array, partStart: number, source: PlainSource): Promise<void> {
    const { object } = this.layout;
    const { firstChunk, lastChunk } = object.chunksIn(partStart, partStart + part.length);
    const carried = this.#straddling?.chunk === firstChunk ? this.#straddling : undefined;
    const readFrom = carried ? firstChunk + 1 : firstChunk;
    const plainStart = this.layout.plainBefore(object.chunkInner(readFrom).start);
    const buffer = this.#buffers.pop() ?? new Uint8Array(this.#bufferBytes);
    const plain = this.#read(source, plainStart, this.layout.plainBefore(object.chunkInner(lastChunk).end), buffer);
    const seal = async (chunk: number, into?: Uint8Array): Promise<Uint8Array> => {
      if (chunk === object.chunkCount) return this.cipher.finalTag(chunk, object.innerBytes);
      return this.cipher.encrypt(chunk, this.#innerChunk(chunk, await plain, plainStart), into);
    };
    // Set before anything is awaited, so that a following sealPart that is already under way finds it.
    const last = carried?.chunk === lastChunk ? carried : { chunk: lastChunk, sealed: seal(lastChunk) };
    this.#straddling = last;
    last.sealed.catch(() => {
      if (this.#straddling === last) this.#straddling = undefined;
    });

    await inLanes(chunksInFlight, firstChunk, lastChunk, async (chunk) => {
      const known = chunk === carried?.chunk ? carried : chunk === last.chunk ? last : undefined;
      const place = known ? undefined : this.#wholePlace(part, partStart, chunk);
      const sealed = await (known?.sealed ?? seal(chunk, place));
      if (!place) this.#placeChunk(part, partStart, chunk, sealed);
    });
    this.#buffers.push(buffer);
  }

  /** A part may begin and end inside a chunk, and reads those chunks whole. */
  get #bufferBytes(): number {
    return Math.min(this.layout.plainBytes, this.layout.partBytes + 2 * chunkBytes);
  }

  async #read(source: PlainSource, start: number, end: number, buffer: Uint8Array): Promise<Uint8Array> {
    if (end <= start) return new Uint8Array();
    const plain = await source.read(start, end, buffer);
    if (plain.length !== end - start) this.#refuse();
    return plain;
  }

  /** The inner octets of a chunk; a view of the plaintext read where the chunk holds nothing else. */
  #innerChunk(chunk: number, plain: Uint8Array, plainStart: number): Uint8Array {
    const { start, end } = this.layout.object.chunkInner(chunk);
    const spans = this.layout.plainSpans(start, end).map((span) => ({
      ...span,
      bytes: plain.subarray(span.plainStart - plainStart, span.plainStart - plainStart + span.end - span.start),
    }));
    if (spans[0]?.start === start && spans[0].end === end) return spans[0].bytes;
    const inner = new Uint8Array(end - start);
    for (const { offset, bytes } of this.layout.innerFraming(start, end)) copyInto(inner, start, bytes, offset);
    for (const span of spans) inner.set(span.bytes, span.start - start);
    return inner;
  }

  /** Where in the part a chunk stands in one piece, so that it can be sealed to there; undefined where it does not. */
  #wholePlace(part: Uint8Array, partStart: number, chunk: number): Uint8Array | undefined {
    const { object } = this.layout;
    if (chunk === object.chunkCount) return undefined;
    const { objectStart, objectEnd } = object.objectRangeOfChunks(chunk, chunk);
    const { start, end } = object.chunkStream(chunk);
    const isWhole = objectStart >= partStart && objectEnd <= partStart + part.length;
    return isWhole && objectEnd - objectStart === end - start
      ? part.subarray(objectStart - partStart, objectEnd - partStart)
      : undefined;
  }

  #placeChunk(part: Uint8Array, partStart: number, chunk: number, sealed: Uint8Array): void {
    const { object } = this.layout;
    const { objectStart, objectEnd } = object.objectRangeOfChunks(chunk, chunk);
    const streamStart = object.chunkStream(chunk).start;
    for (const { start, end } of object.packet.bodySpans(objectStart, objectEnd)) {
      const from = object.streamBefore(start) - streamStart;
      copyInto(part, partStart, sealed.subarray(from, from + end - start), start);
    }
  }

  /** Lets a part out only if each segment is new, and then recorded, or the same as the first time. */
  async #admit(part: Uint8Array, firstSegment: number): Promise<Uint8Array[]> {
    const segments = Array.from({ length: Math.ceil(part.length / segmentBytes) }, (_, i) =>
      part.subarray(i * segmentBytes, (i + 1) * segmentBytes),
    );
    const digests = await Promise.all(segments.map(segmentDigest));
    for (const [i, digest] of digests.entries()) {
      const before = this.ledger.digestOf(firstSegment + i);
      if (before && !equalBytes(before, digest)) this.#refuse();
      if (!before) await this.ledger.record(firstSegment + i, digest);
    }
    return digests;
  }

  #refuse(): never {
    this.#changed = true;
    throw new PlaintextChanged();
  }
}

/** A ledger for blobs that are not resumed after the process has ended. */
export class MemoryLedger implements SegmentLedger {
  readonly #digests = new Map<number, Uint8Array>();
  digestOf(segment: number): Uint8Array | undefined {
    return this.#digests.get(segment);
  }
  async record(segment: number, digest: Uint8Array): Promise<void> {
    this.#digests.set(segment, digest);
  }
}

/** A small blob, sealed at once under a new session key. `ctRoot` is the Merkle root of its segments. */
export async function sealWhole(
  plain: Uint8Array,
): Promise<{ sealed: Sealed; sessionKey: Uint8Array; segmentDigests: Uint8Array[]; ctRoot: Uint8Array }> {
  const sealer = await BlobSealer.fresh(plain.length);
  const source: PlainSource = { bytes: plain.length, read: async (start, end) => plain.subarray(start, end) };
  const parts: SealedPart[] = [];
  for (let part = 0; part < sealer.layout.partCount; part++) parts.push(await sealer.sealPart(part, source));
  const segmentDigests = parts.flatMap((part) => part.segmentDigests);
  return {
    sealed: parts.length === 1 ? parts[0]!.sealed : asSealed(concatBytes(parts.map((part) => part.sealed))),
    sessionKey: sealer.sessionKey,
    segmentDigests,
    ctRoot: await merkleRoot(segmentDigests),
  };
}

/** Copies the octets of `bytes`, which stand from `offset` on, into a window that stands from `windowStart` on. */
function copyInto(window: Uint8Array, windowStart: number, bytes: Uint8Array, offset: number): void {
  const from = Math.max(0, windowStart - offset);
  const to = Math.min(bytes.length, windowStart + window.length - offset);
  if (from < to) window.set(bytes.subarray(from, to), offset + from - windowStart);
}

/** Runs `work` for `first` to `last`, both included, at most `lanes` at a time. */
async function inLanes(
  lanes: number,
  first: number,
  last: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = first;
  const lane = async (): Promise<void> => {
    while (next <= last) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
