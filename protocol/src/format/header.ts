/** OpenPGP packet framing and the fixed start of a container: printed and parsed here, nothing decrypted. */
import { chunkOctet } from '../limits.js';

/** Every reason a container is refused for. The reason is the contract, the text is not. */
export const containerRefusals = {
  not_seipd: 'The object does not start with a SEIPD packet',
  version: 'The SEIPD packet is not version 2',
  cipher: 'The cipher is not AES-256',
  aead: 'The AEAD mode is not GCM',
  chunk_size: 'The chunk size octet is not 12',
  length: 'The packet lengths are not those of an object of this size',
  truncated: 'The object ends too early',
  trailing: 'There are octets after the end of the object',
  authentication: 'A chunk was altered, moved, or sealed with another key',
  literal: 'The plaintext does not start with the literal packet that belongs there',
  padding: 'The padding packet is not the one that belongs there',
  range: 'The range lies outside the plaintext',
  segment: 'A segment does not have its signed digest',
  root: 'The object does not have its signed Merkle root',
} as const;

export type ContainerRefusal = keyof typeof containerRefusals;

/** An object that is not a container of this profile, or not the one it should be. */
export class ContainerError extends Error {
  override readonly name = 'ContainerError';
  constructor(readonly reason: ContainerRefusal) {
    super(containerRefusals[reason]);
  }
}

export const saltBytes = 32;
/** Version, cipher, AEAD mode, chunk size octet, salt: what comes before the first chunk in a SEIPDv2 body. */
export const bodyPrefixBytes = 4 + saltBytes;
/** The packet type octet and the four octets after the length: HKDF info and associated data (RFC 9580, 5.13.2). */
export const seipdInfo: readonly number[] = [0xd2, 2, 9, 3, chunkOctet];
/** RFC 9580, 4.2.1.4: partial lengths go up to 2^30; production objects use no other. */
export const partialExponentDefault = 30;

/** Octets at a fixed place: `bytes` stand from `offset` on. */
export interface Island {
  readonly offset: number;
  readonly bytes: Uint8Array;
}
/** Body octets in one run: packet octets `start` to `end` hold the body from `bodyStart` on. */
export interface BodySpan {
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
}

/**
 * Where the octets of a packet body stand in the packet (RFC 9580, 4.2.1). A body shorter than four pieces of
 * 2^partialExponent octets (4 GiB at the exponent 30) has one 5-octet length. A longer one is cut in such pieces, each
 * after a 1-octet partial length; the last piece, 1 to 2^partialExponent octets, has a 5-octet length.
 */
export class PacketFraming {
  readonly packetBytes: number;
  /** Pieces with a partial length; 0 where the whole body has one definite length. */
  readonly partialCount: number;
  readonly #pieceBytes: number;

  constructor(
    readonly typeOctet: number,
    readonly bodyBytes: number,
    readonly partialExponent: number = partialExponentDefault,
  ) {
    if (!Number.isInteger(partialExponent) || partialExponent < 10 || partialExponent > 30) {
      throw new RangeError('partialExponent must be 10 to 30');
    }
    this.#pieceBytes = 2 ** partialExponent;
    this.partialCount = bodyBytes < 4 * this.#pieceBytes ? 0 : Math.ceil(bodyBytes / this.#pieceBytes) - 1;
    this.packetBytes = 1 + this.partialCount + 5 + bodyBytes;
  }

  /** The framing whose packet has exactly `packetBytes` octets. Throws ContainerError `length` if there is none. */
  static ofPacketBytes(typeOctet: number, packetBytes: number, partialExponent?: number): PacketFraming {
    const definite = new PacketFraming(typeOctet, packetBytes - 6, partialExponent);
    if (definite.partialCount === 0) return definite;
    const partialCount = Math.ceil((packetBytes - 6) / (definite.#pieceBytes + 1)) - 1;
    const framing = new PacketFraming(typeOctet, packetBytes - 6 - partialCount, partialExponent);
    if (framing.packetBytes !== packetBytes) throw new ContainerError('length');
    return framing;
  }

  /** Packet offset of a body octet. */
  offsetOf(bodyOffset: number): number {
    const piece = Math.min(this.partialCount, Math.floor(bodyOffset / this.#pieceBytes));
    return this.#pieceStart(piece) + bodyOffset - piece * this.#pieceBytes;
  }

  /** How many body octets stand before a packet offset. */
  bodyBefore(packetOffset: number): number {
    const piece = this.#pieceAt(packetOffset);
    const before = Math.max(0, packetOffset - this.#pieceStart(piece));
    return Math.min(this.bodyBytes, piece * this.#pieceBytes + before);
  }

  /** Type and length octets that touch the packet octets `start` to `end`, whole. */
  *headers(start: number, end: number): Generator<Island> {
    for (let piece = this.#pieceAt(start); piece <= this.partialCount; piece++) {
      const bytes = this.#headerBytes(piece);
      const offset = this.#pieceStart(piece) - bytes.length;
      if (offset >= end) return;
      if (offset + bytes.length > start) yield { offset, bytes };
    }
  }

  /** Body octets among the packet octets `start` to `end`, in runs. */
  *bodySpans(start: number, end: number): Generator<BodySpan> {
    for (let piece = this.#pieceAt(start); piece <= this.partialCount; piece++) {
      const pieceStart = this.#pieceStart(piece);
      const bodyStart = piece * this.#pieceBytes;
      const pieceBytes = piece < this.partialCount ? this.#pieceBytes : this.bodyBytes - bodyStart;
      const from = Math.max(start, pieceStart);
      const to = Math.min(end, pieceStart + pieceBytes);
      if (pieceStart >= end) return;
      if (from < to) yield { start: from, end: to, bodyStart: bodyStart + from - pieceStart };
    }
  }

  /** The piece whose length octets or body hold a packet offset. */
  #pieceAt(packetOffset: number): number {
    return Math.min(this.partialCount, Math.max(0, Math.floor((packetOffset - 1) / (1 + this.#pieceBytes))));
  }

  #pieceStart(piece: number): number {
    return 1 + piece * (1 + this.#pieceBytes) + (piece < this.partialCount ? 1 : 5);
  }

  #headerBytes(piece: number): Uint8Array {
    const type = piece === 0 ? [this.typeOctet] : [];
    if (piece < this.partialCount) return Uint8Array.of(...type, 0xe0 | this.partialExponent);
    return Uint8Array.of(...type, 0xff, ...uint32(this.bodyBytes - piece * this.#pieceBytes));
  }
}

/** Big-endian octets of an unsigned 32-bit number. */
const uint32 = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);

/** The body octets before the first chunk: 02 09 03 0C and the salt. */
export function printBodyPrefix(salt: Uint8Array): Uint8Array {
  if (salt.length !== saltBytes) throw new RangeError('a salt has 32 octets');
  return Uint8Array.of(...seipdInfo.slice(1), ...salt);
}

/**
 * Takes the first octets of an object, at least up to its first chunk (42 octets, 38 with partial lengths), and answers
 * its salt. Throws ContainerError: `truncated`, `not_seipd`, then `version`, `cipher`, `aead`, `chunk_size` whatever
 * form the length has, then `length` where the length octets are not those of `packet`. All before anything is decrypted.
 */
export function parseContainerStart(bytes: Uint8Array, packet: PacketFraming): Uint8Array {
  if (bytes.length < 1) throw new ContainerError('truncated');
  if (bytes[0] !== seipdInfo[0]) throw new ContainerError('not_seipd');
  const bodyOffset = 1 + lengthOctets(bytes);
  if (bytes.length < bodyOffset + 4) throw new ContainerError('truncated');
  const refusalsInOrder = ['version', 'cipher', 'aead', 'chunk_size'] as const;
  refusalsInOrder.forEach((reason, i) => {
    if (bytes[bodyOffset + i] !== seipdInfo[1 + i]) throw new ContainerError(reason);
  });
  for (const island of packet.headers(0, 1)) {
    if (!island.bytes.every((octet, i) => bytes[i] === octet)) throw new ContainerError('length');
  }
  if (bytes.length < bodyOffset + bodyPrefixBytes) throw new ContainerError('truncated');
  return bytes.slice(bodyOffset + 4, bodyOffset + bodyPrefixBytes);
}

/** How many octets the length after the type octet takes (RFC 9580, 4.2.1). */
function lengthOctets(bytes: Uint8Array): number {
  const first = bytes[1];
  if (first === undefined) throw new ContainerError('truncated');
  if (first === 0xff) return 5;
  return first >= 192 && first < 224 ? 2 : 1;
}
