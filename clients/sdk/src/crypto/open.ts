/**
 * Opens containers, whole or any range of their plaintext. Nothing is released that has not been authenticated, and
 * nothing outside the profile is decrypted; every refusal is a ContainerError whose `reason` says why.
 */
import {
  type BodySpan,
  concatBytes,
  ContainerError,
  ContainerLayout,
  equalBytes,
  type Island,
  type LayoutOptions,
  merkleRoot,
  ObjectLayout,
  parseContainerStart,
  segmentBytes,
  segmentCountFor,
  segmentDigest,
  segmentRange,
  type Soon,
} from '@aerie/protocol';
import { ChunkCipher } from './chunk-cipher.js';
import { OctetReader } from './octet-reader.js';

export interface OpenerOptions extends LayoutOptions {
  /** 32 octets. */
  readonly sessionKey: Uint8Array;
  /** The object's length as the signed manifest states it. */
  readonly objectBytes: number;
  /** The plaintext's length from the encrypted meta; needed for ranges and for plaintexts of 4 GiB and more. */
  readonly plainBytes?: number;
  /** SHA-256 of every segment, in order: then no plaintext is released from a segment before it has been checked. */
  readonly segmentDigests?: readonly Uint8Array[];
  /** The Merkle root in the signed manifest. */
  readonly ctRoot?: Uint8Array;
  /** The object octets `start` up to, not including, `end`: one request. `signal` is that of the range, if it has one. */
  readonly read?: (start: number, end: number, signal?: AbortSignal) => AsyncIterable<Uint8Array>;
}

/**
 * Segments take turns in so much memory: the one that comes, the one that is opened, and the one before, of whose octets a
 * browser may still be opening the last chunks. New memory for each would cost more than opening it.
 */
const segmentRooms = 3;
/** Chunks being decrypted at a time in a browser, which has threads for it; Node decrypts each at once. */
const chunksInFlight = 4;

export class BlobOpener {
  readonly #object: ObjectLayout;
  readonly #layout: ContainerLayout | undefined;
  /** Made from the salt, hence after the first read of the object's start; kept for later ranges. */
  #cipher: ChunkCipher | undefined;

  /** Throws ContainerError `length` if `objectBytes` and `plainBytes` do not belong together. */
  constructor(readonly options: OpenerOptions) {
    this.#object = ObjectLayout.ofObjectBytes(options.objectBytes, options);
    if (options.plainBytes === undefined) return;
    this.#layout = ContainerLayout.of(options.plainBytes, options);
    if (this.#layout.objectBytes !== options.objectBytes) throw new ContainerError('length');
  }

  /**
   * The whole plaintext, in order, in pieces of up to one chunk, from a stream of the whole object. The end is only
   * reached if the object was complete, in its exact length, with its final tag and, where given, its root; at most the
   * plaintext before the fault, without the last chunks, has been released when it throws.
   */
  async *openAll(
    stream: AsyncIterable<Uint8Array> = this.#read(0, this.#object.objectBytes),
  ): AsyncGenerator<Uint8Array> {
    const { ctRoot, segmentDigests } = this.options;
    if (ctRoot && segmentDigests && !equalBytes(await merkleRoot(segmentDigests), ctRoot)) {
      throw new ContainerError('root');
    }
    const reader = new OctetReader(ctRoot || segmentDigests ? this.#checkedSegments(stream) : stream);
    try {
      const cipher = await this.#start(reader);
      const { chunkCount, startBytes, objectBytes } = this.#object;
      const chunks = { first: 0, last: chunkCount };
      let layout = this.#layout;
      for await (const { chunk, inner } of this.#chunks(reader, cipher, chunks, startBytes, objectBytes)) {
        layout ??= this.#layoutFrom(inner);
        yield* plaintextOf(layout, chunk, inner, 0, layout.plainBytes);
      }
    } finally {
      await reader.close();
    }
  }

  /**
   * The plaintext octets `plainStart` up to, not including, `plainEnd`, in pieces of up to one chunk. Reads the object
   * once, and its start once more if this is the first range and does not begin there. What it releases is by someone who
   * had the session key; that it is what the uploader signed, `read` must see to (media/verified-segments.ts). Throws
   * ContainerError, `range` among others; TypeError where `plainBytes` or `read` were not given.
   */
  async *openRange(
    plainStart: number,
    plainEnd: number,
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncGenerator<Uint8Array> {
    const layout = this.#layout;
    if (!layout) throw new TypeError('ranges need plainBytes');
    if (plainStart === plainEnd && plainStart >= 0 && plainEnd <= layout.plainBytes) return;
    const { firstChunk, lastChunk, objectStart, objectEnd } = layout.objectRangeOf(plainStart, plainEnd);
    const fromStart = firstChunk === 0 && !this.#cipher;
    const read = { start: fromStart ? 0 : objectStart, end: objectEnd };
    const reader = new OctetReader(this.#read(read.start, read.end, signal));
    try {
      const cipher = fromStart ? await this.#start(reader) : await this.#cipherForRange(signal);
      const chunks = { first: firstChunk, last: lastChunk };
      for await (const { chunk, inner } of this.#chunks(reader, cipher, chunks, objectStart, objectEnd)) {
        yield* plaintextOf(layout, chunk, inner, plainStart, plainEnd);
      }
    } finally {
      await reader.close();
    }
  }

  #read(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    if (!this.options.read) throw new TypeError('there is nothing to read from: no read and no stream were given');
    return this.options.read(start, end, signal);
  }

  /** Takes the object's octets before the first chunk, and the keys from the salt in them. */
  async #start(reader: OctetReader): Promise<ChunkCipher> {
    const salt = parseContainerStart(await reader.take(this.#object.startBytes), this.#object.packet);
    this.#cipher ??= await ChunkCipher.derive(this.options.sessionKey, salt);
    return this.#cipher;
  }

  async #cipherForRange(signal?: AbortSignal): Promise<ChunkCipher> {
    if (this.#cipher) return this.#cipher;
    const reader = new OctetReader(this.#read(0, this.#object.startBytes, signal));
    const cipher = await this.#start(reader);
    await reader.expectEnd();
    return cipher;
  }

  /** For a plaintext whose length only its literal packet tells. */
  #layoutFrom(inner: Uint8Array): ContainerLayout {
    const plainBytes = ContainerLayout.claimedPlainBytes(inner);
    if (plainBytes === undefined) throw new TypeError('a plaintext of 4 GiB and more needs plainBytes');
    const layout = ContainerLayout.of(plainBytes, this.options);
    if (layout.objectBytes !== this.#object.objectBytes) throw new ContainerError('literal');
    return layout;
  }

  /**
   * Decrypted chunks in order, from a reader that stands at the object offset `offset` and must end at `readEnd`; the
   * chunks still under way then are released after that was checked, and the final tag where `last` is `chunkCount`.
   */
  async *#chunks(
    reader: OctetReader,
    cipher: ChunkCipher,
    { first, last }: { first: number; last: number },
    offset: number,
    readEnd: number,
  ): AsyncGenerator<{ chunk: number; inner: Uint8Array }> {
    const { chunkCount, innerBytes } = this.#object;
    const underWay: ChunkUnderWay[] = [];
    for (let chunk = first; chunk <= last; chunk++) {
      const { objectEnd } = this.#object.objectRangeOfChunks(chunk, chunk);
      const sealed = this.#unframed(await reader.take(objectEnd - offset), offset);
      offset = objectEnd;
      if (chunk === chunkCount) {
        await cipher.verifyFinalTag(chunkCount, innerBytes, sealed);
        break;
      }
      const inner = cipher.decrypt(chunk, sealed);
      const entry: ChunkUnderWay = { chunk, inner, settled: !(inner instanceof Promise) };
      const settle = (): void => void (entry.settled = true);
      if (inner instanceof Promise) inner.then(settle, settle);
      underWay.push(entry);
      // What is ready goes out at once: on a slow link the next chunk may be long in coming. The last chunk never does,
      // however fast it was decrypted: it waits for the end of the object. Where only the first chunk tells the length, each
      // waits for the one after it as well: what is not authentic is found before what does not fit.
      while (isDue(underWay, chunkCount - 1, this.#layout ? 0 : 1)) yield await opened(underWay.shift()!);
    }
    await reader.take(readEnd - offset);
    await reader.expectEnd();
    for (const entry of underWay) yield await opened(entry);
  }

  /** Chunk stream octets of the object octets that stand from `offset` on; checks the length octets among them. */
  #unframed(octets: Uint8Array, offset: number): Uint8Array {
    const { packet } = this.#object;
    const headers = [...packet.headers(offset, offset + octets.length)];
    if (headers.length === 0) return octets;
    for (const header of headers) if (!agrees(octets, offset, header)) throw new ContainerError('length');
    const spans: BodySpan[] = [...packet.bodySpans(offset, offset + octets.length)];
    return concatBytes(spans.map(({ start, end }) => octets.subarray(start - offset, end - offset)));
  }

  /** Passes whole segments on, each after its digest was checked where digests were given; at the end checks the root. */
  async *#checkedSegments(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { ctRoot, segmentDigests } = this.options;
    const last = segmentCountFor(this.#object.objectBytes) - 1;
    const reader = new OctetReader(stream);
    const seen: Uint8Array[] = [];
    const rooms = last > 0 ? Array.from({ length: segmentRooms }, () => new Uint8Array(segmentBytes)) : [];
    const next = async (index: number): Promise<Uint8Array> => {
      const { start, end } = segmentRange(index, this.#object.objectBytes);
      const segment = await reader.take(end - start, rooms[index % segmentRooms]);
      const digest = await segmentDigest(segment);
      const expected = segmentDigests?.[index];
      if (segmentDigests && !(expected && equalBytes(expected, digest))) throw new ContainerError('segment');
      seen.push(digest);
      return segment;
    };
    try {
      // One segment ahead: it is fetched and hashed while the one before is decrypted.
      let ahead = next(0);
      for (let index = 0; index <= last; index++) {
        const segment = await ahead;
        if (index < last) ahead = next(index + 1);
        ahead.catch(() => {});
        yield segment;
      }
      await reader.expectEnd();
      if (ctRoot && !segmentDigests && !equalBytes(await merkleRoot(seen), ctRoot)) throw new ContainerError('root');
    } finally {
      await reader.close();
    }
  }
}

interface ChunkUnderWay {
  readonly chunk: number;
  readonly inner: Soon<Uint8Array>;
  settled: boolean;
}

function isDue([next, ...later]: readonly ChunkUnderWay[], lastChunk: number, behind: number): boolean {
  if (next === undefined || next.chunk >= lastChunk) return false;
  return (next.settled && later.length >= behind) || later.length + 1 >= chunksInFlight;
}

async function opened(entry: ChunkUnderWay): Promise<{ chunk: number; inner: Uint8Array }> {
  return { chunk: entry.chunk, inner: await entry.inner };
}

/** The plaintext octets from `plainStart` to `plainEnd` in a decrypted chunk; checks the packet heads in the chunk. */
function* plaintextOf(
  layout: ContainerLayout,
  chunk: number,
  inner: Uint8Array,
  plainStart: number,
  plainEnd: number,
): Generator<Uint8Array> {
  const { start, end } = layout.object.chunkInner(chunk);
  for (const island of layout.innerFraming(start, end)) {
    if (!agrees(inner, start, island)) throw new ContainerError(island.refusal);
  }
  for (const span of layout.plainSpans(start, end)) {
    const from = span.start + Math.max(0, plainStart - span.plainStart);
    const to = Math.min(span.end, span.start + plainEnd - span.plainStart);
    if (from < to) yield inner.subarray(from - start, to - start);
  }
}

/** Whether a window of octets that stands from `windowStart` on shows the octets of the island as far as it reaches. */
function agrees(window: Uint8Array, windowStart: number, { offset, bytes }: Island): boolean {
  return bytes.every((octet, i) => {
    const at = offset + i - windowStart;
    return at < 0 || at >= window.length || window[at] === octet;
  });
}
