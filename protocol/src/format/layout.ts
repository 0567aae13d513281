/**
 * Where everything stands in a container: pure arithmetic from the plaintext length.
 *
 *   object   SEIPDv2 packet: type, length(s), 02 09 03 0C, salt[32], chunk stream
 *   stream   chunk 0 || tag … chunk n-1 || tag || final tag, chunks of 256 KiB, the last shorter
 *   inner    what the chunks hold: literal packet, then always one padding packet
 *   literal  type CB, length(s), 'b', no name, date 0, plaintext
 *   padding  type D5, 5-octet length, zeros (RFC 9580, 5.14; inside the encryption zeros tell no one anything)
 *
 * [Note: What is padded] innerBytes = padme(literal packet + 6). The padding packet always exists, so its 6-octet head
 * always has room and its body, possibly empty, fills up to the PADMÉ size. Everything an operator sees of a length is a
 * function of innerBytes alone.
 */
import { blobBytesMax, chunkBytes, partBytesFor, partCountFor, tagBytes } from '../limits.js';
import { bodyPrefixBytes, ContainerError, type Island, PacketFraming, seipdInfo } from './header.js';
import { padme } from './padme.js';
import { segmentCountFor } from './segments.js';

const sealedChunkBytes = chunkBytes + tagBytes;
/** 'b', empty file name, date 0 (RFC 9580, 5.9): the real name and times live in the encrypted meta blob. */
const literalPrefix = Uint8Array.of(0x62, 0, 0, 0, 0, 0);
const literalType = 0xcb;
const paddingType = 0xd5;
const paddingHeadBytes = 6;

export interface LayoutOptions {
  /** Base-2 logarithm of the partial piece length; 30 in production, 10 to 30 to rehearse large objects in tests. */
  readonly partialExponent?: number;
}
/** Chunks `firstChunk` to `lastChunk`, both included, which stand in the object from `objectStart` up to `objectEnd`. */
export interface ObjectRange {
  readonly firstChunk: number;
  readonly lastChunk: number;
  readonly objectStart: number;
  readonly objectEnd: number;
}
/** Plaintext octets in one run: inner octets `start` to `end` hold the plaintext from `plainStart` on. */
export interface PlainSpan {
  readonly start: number;
  readonly end: number;
  readonly plainStart: number;
}

/** The outside of a container: what follows from the object's length alone, without a key. */
export class ObjectLayout {
  readonly packet: PacketFraming;
  readonly chunkCount: number;

  constructor(
    readonly innerBytes: number,
    { partialExponent }: LayoutOptions = {},
  ) {
    this.chunkCount = Math.ceil(innerBytes / chunkBytes);
    const streamBytes = innerBytes + tagBytes * (this.chunkCount + 1);
    this.packet = new PacketFraming(seipdInfo[0]!, bodyPrefixBytes + streamBytes, partialExponent);
  }

  /** Throws ContainerError `length` if no container has that many octets. */
  static ofObjectBytes(objectBytes: number, options: LayoutOptions = {}): ObjectLayout {
    if (!Number.isSafeInteger(objectBytes) || objectBytes < 0) throw new ContainerError('length');
    const packet = PacketFraming.ofPacketBytes(seipdInfo[0]!, objectBytes, options.partialExponent);
    const chunkedBytes = packet.bodyBytes - bodyPrefixBytes - tagBytes;
    const layout = new ObjectLayout(chunkedBytes - tagBytes * Math.ceil(chunkedBytes / sealedChunkBytes), options);
    if (layout.innerBytes < 1 || layout.objectBytes !== objectBytes) throw new ContainerError('length');
    return layout;
  }

  get objectBytes(): number {
    return this.packet.packetBytes;
  }

  /** Octets before the first chunk: 42, or 38 where the packet has partial lengths. */
  get startBytes(): number {
    return this.packet.offsetOf(bodyPrefixBytes);
  }

  /** Chunk stream offsets of a sealed chunk with its tag; the index `chunkCount` names the final tag. */
  chunkStream(chunk: number): { start: number; end: number } {
    const chunkedBytes = this.innerBytes + tagBytes * this.chunkCount;
    if (chunk === this.chunkCount) return { start: chunkedBytes, end: chunkedBytes + tagBytes };
    return { start: chunk * sealedChunkBytes, end: Math.min((chunk + 1) * sealedChunkBytes, chunkedBytes) };
  }

  /** Inner offsets of the plaintext of a chunk. */
  chunkInner(chunk: number): { start: number; end: number } {
    return { start: chunk * chunkBytes, end: Math.min((chunk + 1) * chunkBytes, this.innerBytes) };
  }

  /** Object offset of a chunk stream octet. */
  objectOffsetOf(streamOffset: number): number {
    return this.packet.offsetOf(bodyPrefixBytes + streamOffset);
  }

  /** Chunk stream octets that stand before an object offset. */
  streamBefore(objectOffset: number): number {
    return Math.max(0, this.packet.bodyBefore(objectOffset) - bodyPrefixBytes);
  }

  /** Object octets of the chunks `firstChunk` to `lastChunk`; `chunkCount` names the final tag. */
  objectRangeOfChunks(firstChunk: number, lastChunk: number): ObjectRange {
    const objectStart = this.objectOffsetOf(this.chunkStream(firstChunk).start);
    const objectEnd = this.objectOffsetOf(this.chunkStream(lastChunk).end - 1) + 1;
    return { firstChunk, lastChunk, objectStart, objectEnd };
  }

  /** Chunks that have octets in the object range, both included; `chunkCount` names the final tag. */
  chunksIn(objectStart: number, objectEnd: number): { firstChunk: number; lastChunk: number } {
    const chunkAt = (streamOffset: number): number =>
      streamOffset >= this.chunkStream(this.chunkCount).start
        ? this.chunkCount
        : Math.floor(streamOffset / sealedChunkBytes);
    const lastOctet = Math.max(0, this.streamBefore(objectEnd) - 1);
    return { firstChunk: chunkAt(this.streamBefore(objectStart)), lastChunk: chunkAt(lastOctet) };
  }
}

/** The whole layout of the container for a plaintext of `plainBytes` octets. */
export class ContainerLayout {
  readonly innerBytes: number;
  readonly object: ObjectLayout;
  readonly #literal: PacketFraming;

  private constructor(
    readonly plainBytes: number,
    options: LayoutOptions,
  ) {
    this.#literal = new PacketFraming(literalType, literalPrefix.length + plainBytes, options.partialExponent);
    this.innerBytes = padme(this.#literal.packetBytes + paddingHeadBytes);
    this.object = new ObjectLayout(this.innerBytes, options);
  }

  /** Throws RangeError for a length that is no whole number of octets or whose object would exceed `blobBytesMax`. */
  static of(plainBytes: number, options: LayoutOptions = {}): ContainerLayout {
    if (!Number.isSafeInteger(plainBytes) || plainBytes < 0) throw new RangeError('plainBytes must be a whole number');
    const layout = new ContainerLayout(plainBytes, options);
    if (layout.objectBytes > blobBytesMax) throw new RangeError(`a blob has at most ${blobBytesMax} octets`);
    return layout;
  }

  /**
   * The plaintext length that the first inner octets claim, or undefined where the literal packet has partial lengths
   * and only its last piece would tell. Throws ContainerError `literal`.
   */
  static claimedPlainBytes(inner: Uint8Array): number | undefined {
    if (inner[0] !== literalType || inner.length < literalPrefix.length + 6) throw new ContainerError('literal');
    if (inner[1]! >= 224 && inner[1]! < 255) return undefined;
    const bodyBytes = new DataView(inner.buffer, inner.byteOffset).getUint32(2);
    if (inner[1] !== 0xff || bodyBytes < literalPrefix.length) throw new ContainerError('literal');
    return bodyBytes - literalPrefix.length;
  }

  get objectBytes(): number {
    return this.object.objectBytes;
  }
  get chunkCount(): number {
    return this.object.chunkCount;
  }
  get partBytes(): number {
    return partBytesFor(this.objectBytes);
  }
  get partCount(): number {
    return partCountFor(this.objectBytes);
  }
  get segmentCount(): number {
    return segmentCountFor(this.objectBytes);
  }

  /** Object octets of upload part `part`, counted from 0. Throws RangeError if there is no such part. */
  partRange(part: number): { start: number; end: number } {
    if (!Number.isInteger(part) || part < 0 || part >= this.partCount) throw new RangeError(`there is no part ${part}`);
    return { start: part * this.partBytes, end: Math.min((part + 1) * this.partBytes, this.objectBytes) };
  }

  /** Inner offset of a plaintext octet. */
  innerOffsetOf(plainOffset: number): number {
    return this.#literal.offsetOf(literalPrefix.length + plainOffset);
  }

  /** Plaintext octets that stand before an inner offset. */
  plainBefore(innerOffset: number): number {
    return Math.max(0, this.#literal.bodyBefore(innerOffset) - literalPrefix.length);
  }

  /**
   * The chunks, and where they stand, that hold the plaintext octets `plainStart` up to, not including, `plainEnd`.
   * Throws ContainerError `range` for an empty range or one outside the plaintext.
   */
  objectRangeOf(plainStart: number, plainEnd: number): ObjectRange {
    const whole = Number.isSafeInteger(plainStart) && Number.isSafeInteger(plainEnd);
    if (!whole || plainStart < 0 || plainStart >= plainEnd || plainEnd > this.plainBytes) {
      throw new ContainerError('range');
    }
    const chunkOf = (plainOffset: number): number => Math.floor(this.innerOffsetOf(plainOffset) / chunkBytes);
    return this.object.objectRangeOfChunks(chunkOf(plainStart), chunkOf(plainEnd - 1));
  }

  /** Plaintext among the inner octets `start` to `end`, in runs. */
  plainSpans(start: number, end: number): PlainSpan[] {
    const from = Math.max(start, this.#literal.offsetOf(0) + literalPrefix.length);
    const spans = [...this.#literal.bodySpans(from, end)];
    return spans.map((span) => ({
      start: span.start,
      end: span.end,
      plainStart: span.bodyStart - literalPrefix.length,
    }));
  }

  /** Everything that is neither plaintext nor zeros among the inner octets `start` to `end`: packet heads, whole. */
  innerFraming(start: number, end: number): (Island & { readonly refusal: 'literal' | 'padding' })[] {
    const prefix: Island = { offset: this.#literal.offsetOf(0), bytes: literalPrefix };
    const touches = ({ offset, bytes }: Island): boolean => offset < end && offset + bytes.length > start;
    const literal = [...this.#literal.headers(start, end), prefix].filter(touches);
    const padding = [...this.#padding()].filter(touches);
    return [
      ...literal.map((island) => ({ ...island, refusal: 'literal' as const })),
      ...padding.map((island) => ({ ...island, refusal: 'padding' as const })),
    ];
  }

  *#padding(): Generator<Island> {
    const offset = this.#literal.packetBytes;
    const head = new PacketFraming(paddingType, this.innerBytes - offset - paddingHeadBytes);
    for (const { bytes } of head.headers(0, 1)) yield { offset, bytes };
  }
}
