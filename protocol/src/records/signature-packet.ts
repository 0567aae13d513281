/**
 * The one form that the signature of a record has (RFC 9580, 5.2.3): a single packet, version 6, over binary octets, by
 * Ed25519 with SHA-2, with nothing outside of what is signed. Read and written here; that it holds, `verify.ts` finds out.
 */
import { concatBytes, equalBytes, fromUtf8, utf8 } from '../bytes.js';
import type { DigestAlgorithm } from '../primitives/primitives.port.js';
import { Cursor, need, refuse, uint } from './octets.js';

export interface RecordSignature {
  readonly algorithm: DigestAlgorithm;
  /** Seconds since 1970. */
  readonly created: number;
  /** Fingerprint of the key that signed, 32 octets. */
  readonly issuer: Uint8Array;
  /** The values of every notation of that name. */
  notations(name: string): Uint8Array[];
  /** What is signed of the packet itself: from its version to the end of the hashed subpackets. */
  readonly hashed: Uint8Array;
  readonly salt: Uint8Array;
  /** The first two octets of the digest. */
  readonly digestStart: Uint8Array;
  /** 64 octets. */
  readonly signature: Uint8Array;
}

const packetType = 0xc2;
const [version, binary, ed25519] = [6, 0x00, 27];
const [fingerprintBytes, signatureBytes] = [32, 64];
const subpackets = { created: 2, notation: 20, issuer: 33 } as const;
/** Revocation keys, an issuer by key id, signatures in signatures: of no use here, and each a way to mean something else. */
const refusedSubpackets = new Set([12, 16, 32]);
/** By the numbers of RFC 9580, 9.5, each with the salt that it goes with. */
const algorithms: Record<number, readonly [DigestAlgorithm, saltBytes: number]> = {
  8: ['SHA-256', 16],
  9: ['SHA-384', 24],
  10: ['SHA-512', 32],
};
const ownAlgorithm = 10;
const critical = 0x80;
const humanReadable = Uint8Array.of(0x80, 0, 0, 0);

/** @throws Error where it is anything but one packet of that form, to its last octet */
export function readRecordSignature(packet: Uint8Array): RecordSignature {
  const outer = new Cursor(packet);
  need(outer.octet() === packetType, 'not a signature packet');
  const body = new Cursor(outer.take(outer.length()));
  outer.end();
  need(body.octet() === version && body.octet() === binary, 'only version 6 over binary octets counts');
  need(body.octet() === ed25519, 'not by Ed25519');
  const [algorithm, saltBytes] = algorithms[body.octet()] ?? refuse('a digest that is not used here');
  const fields = readSubpackets(body.take(body.number(4)));
  const hashed = body.before();
  need(body.number(4) === 0, 'something stands outside of what is signed');
  const digestStart = body.take(2);
  need(body.octet() === saltBytes, 'a salt of another length');
  const salt = body.take(saltBytes);
  const signature = body.take(signatureBytes);
  body.end();
  return { ...fields, algorithm, hashed, digestStart, salt, signature };
}

function readSubpackets(area: Uint8Array): Pick<RecordSignature, 'created' | 'issuer' | 'notations'> {
  const created: number[] = [];
  const issuers: Uint8Array[] = [];
  const notations: { name: string; value: Uint8Array; isCritical: boolean }[] = [];
  for (const cursor = new Cursor(area); cursor.left > 0;) {
    const subpacket = new Cursor(cursor.take(cursor.length()));
    const octet = subpacket.octet();
    const type = octet & ~critical;
    const isCritical = type !== octet;
    if (type === subpackets.created) created.push(subpacket.number(4));
    else if (type === subpackets.issuer) {
      need(subpacket.octet() === version, 'the issuer is a key of another version');
      issuers.push(subpacket.take(fingerprintBytes));
    } else if (type === subpackets.notation) notations.push({ ...readNotation(subpacket), isCritical });
    else {
      need(!isCritical && !refusedSubpackets.has(type), `subpacket ${type} is not used here`);
      continue;
    }
    subpacket.end();
  }
  need(created.length === 1 && issuers.length === 1, 'made once, by one key');
  return {
    created: created[0]!,
    issuer: issuers[0]!,
    notations(name) {
      const others = notations.filter((one) => one.isCritical && one.name !== name);
      need(others.length === 0, 'a critical notation that is not known here');
      return notations.filter((one) => one.name === name).map(({ value }) => value);
    },
  };
}

function readNotation(subpacket: Cursor): { name: string; value: Uint8Array } {
  subpacket.take(humanReadable.length);
  const [nameBytes, valueBytes] = [subpacket.number(2), subpacket.number(2)];
  return { name: fromUtf8(subpacket.take(nameBytes)), value: subpacket.take(valueBytes) };
}

/** What is signed: salt, octets, the packet's own fields, and how long those are (RFC 9580, 5.2.4). */
export function signedPieces(
  { salt, hashed }: Pick<RecordSignature, 'salt' | 'hashed'>,
  bytes: Uint8Array,
): Uint8Array[] {
  return [salt, bytes, hashed, Uint8Array.of(version, 0xff), uint(hashed.length, 4)];
}

/** The fields of a new signature with SHA-512 that are signed with the octets. */
export function printHashedFields(fields: {
  created: number;
  issuer: Uint8Array;
  notation: { name: string; value: string };
}): Uint8Array {
  const [name, value] = [utf8(fields.notation.name), utf8(fields.notation.value)];
  const area = concatBytes([
    ...subpacket(subpackets.created | critical, [uint(fields.created, 4)]),
    ...subpacket(subpackets.notation, [humanReadable, uint(name.length, 2), uint(value.length, 2), name, value]),
    ...subpacket(subpackets.issuer | critical, [Uint8Array.of(version), fields.issuer]),
  ]);
  return concatBytes([Uint8Array.of(version, binary, ed25519, ownAlgorithm), uint(area.length, 4), area]);
}

/** How much salt a new signature takes, and by what it is digested. */
export const ownSignature = { algorithm: algorithms[ownAlgorithm]![0], saltBytes: algorithms[ownAlgorithm]![1] };

/** The whole packet. */
export function printSignaturePacket(parts: {
  hashed: Uint8Array;
  salt: Uint8Array;
  digest: Uint8Array;
  signature: Uint8Array;
}): Uint8Array {
  const { hashed, salt, digest, signature } = parts;
  const body = [hashed, uint(0, 4), digest.subarray(0, 2), Uint8Array.of(salt.length), salt, signature];
  const bytes = body.reduce((sum, piece) => sum + piece.length, 0);
  return concatBytes([Uint8Array.of(packetType), ...printLength(bytes), ...body]);
}

/** Whether a digest begins as the packet says: no proof, but what the format demands. */
export const startsAsStated = ({ digestStart }: Pick<RecordSignature, 'digestStart'>, digest: Uint8Array): boolean =>
  equalBytes(digestStart, digest.subarray(0, digestStart.length));

const subpacket = (octet: number, content: Uint8Array[]): Uint8Array[] => [
  Uint8Array.of(1 + content.reduce((sum, piece) => sum + piece.length, 0), octet),
  ...content,
];

/** In one octet below 192, in two otherwise; nothing here is longer (RFC 9580, 4.2.1). */
const printLength = (bytes: number): Uint8Array[] =>
  bytes < 192 ? [Uint8Array.of(bytes)] : [Uint8Array.of(192 + ((bytes - 192) >> 8), (bytes - 192) & 0xff)];
