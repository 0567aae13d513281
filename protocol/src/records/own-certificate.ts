/**
 * The one form of certificate that Aerie's clients make (RFC 9580, 10.1.1), as openpgp.js 6.3 prints it: a version 6
 * Ed25519 key, a direct-key signature, a user id with its certification, and perhaps an X25519 subkey with its binding.
 * Only the times, keys, user id, salts and signatures differ from one to the next; every other octet is fixed here, so
 * there is one reading. What has any other form is for openpgp.js to judge, and never refused here.
 */
import { concatBytes, equalBytes, fromHex, toHex } from '../bytes.js';
import type { DigestAlgorithm, Ed25519Verifier, PublicPrimitives } from '../primitives/primitives.port.js';
import { Cursor, need, uint } from './octets.js';
import { signedPieces, startsAsStated, type RecordSignature } from './signature-packet.js';

export interface OwnCertificate {
  readonly fingerprint: string;
  holds(signature: RecordSignature, bytes: Uint8Array, beside?: boolean): Promise<boolean>;
}

/** In the new format of headers (RFC 9580, 4.2.1). */
const packets = { signature: 0xc2, publicKey: 0xc6, userId: 0xcd, publicSubkey: 0xce } as const;
const algorithms = { x25519: 25, ed25519: 27 } as const;
/** Version, type, Ed25519, SHA-512, and how long the hashed area is, with the fixed parts of that (RFC 9580, 5.2.3). */
const selfSignatures = {
  directKey: {
    head: fromHex('061f1b0a0000004c'),
    // Preferred symmetric algorithms, hashes and compression, key flags "certify, sign", features.
    fixed: fromHex('030b0907' + '05150a080e0c' + '0416000201' + '029b03' + '021e09'),
    // Preferred AEAD cipher suites.
    last: fromHex('0d2709030703090107010902' + '0702'),
  },
  certification: { head: fromHex('06131b0a0000002c'), fixed: fromHex('021901'), last: new Uint8Array() },
  // Key flags "encrypt communications, encrypt storage".
  binding: { head: fromHex('06181b0a0000002c'), fixed: fromHex('029b0c'), last: new Uint8Array() },
} as const;
const creationTime = Uint8Array.of(5, 0x82);
const issuerFingerprint = Uint8Array.of(34, 0xa1, 6);
const noOctets = uint(0, 4);
const [digestAlgorithm, saltBytes]: [DigestAlgorithm, number] = ['SHA-512', 32];
const fingerprintBytes = 32;
/** openpgp.js refuses user ids of more than 5,120 characters; a label has 200. */
const userIdBytesMax = 1024;

interface Parts {
  /** Body of the packet of the primary key. */
  readonly key: Uint8Array;
  /** Raw Ed25519 key, 32 octets. */
  readonly publicKey: Uint8Array;
  /** Seconds since 1970, four octets: of the keys and of all their signatures. */
  readonly created: Uint8Array;
  /** As the signatures state it. */
  readonly issuer: Uint8Array;
  readonly directKey: SelfSignature;
}
type SelfSignature = Pick<RecordSignature, 'hashed' | 'salt' | 'digestStart' | 'signature'>;

/** @returns undefined where the octets have another form, or name another key as the one that signed them */
export async function readOwnCertificate(
  octets: Uint8Array,
  primitives: PublicPrimitives,
): Promise<OwnCertificate | undefined> {
  const parts = takeApart(octets);
  if (!parts) return undefined;
  const hashedKey = concatBytes([Uint8Array.of(0x9b), uint(parts.key.length, 4), parts.key]);
  // RFC 9580, 5.5.4.3. The same octets are what a direct-key signature signs (5.2.4).
  const fingerprint = await primitives.digest('SHA-256', [hashedKey]);
  if (!equalBytes(fingerprint, parts.issuer)) return undefined;
  return { fingerprint: toHex(fingerprint), holds: judgeOf(parts, hashedKey, primitives) };
}

/**
 * Whether a signature is by the primary key, and that key may sign. What openpgp.js finds out of a certificate of this form
 * comes to two questions: whether the direct-key signature holds, which is asked once and when a signature first depends on
 * it, and whether the signature is no older. Nothing here expires or is revoked, and the subkey only decrypts. The
 * certification and the binding say nothing about signing: openpgp.js judges them whenever somebody seals to the subkey.
 */
function judgeOf(parts: Parts, hashedKey: Uint8Array, primitives: PublicPrimitives): OwnCertificate['holds'] {
  const created = new Cursor(parts.created).number(4);
  let verifier: Promise<Ed25519Verifier> | undefined;
  const verifies = async (
    signature: SelfSignature,
    algorithm: DigestAlgorithm,
    signed: Uint8Array,
    beside?: boolean,
  ): Promise<boolean> => {
    const digest = await primitives.digest(algorithm, signedPieces(signature, signed));
    if (!startsAsStated(signature, digest)) return false;
    verifier ??= verifierOf(parts.publicKey, primitives);
    return (await verifier)(digest, signature.signature, beside);
  };
  let maySign: Promise<boolean> | undefined;
  return async (signature, bytes, beside) => {
    if (!equalBytes(signature.issuer, parts.issuer) || signature.created < created) return false;
    maySign ??= verifies(parts.directKey, digestAlgorithm, hashedKey, beside);
    const both = await Promise.all([maySign, verifies(signature, signature.algorithm, bytes, beside)]);
    return both.every(Boolean);
  };
}

/** Octets that are no key have signed nothing. */
async function verifierOf(publicKey: Uint8Array, primitives: PublicPrimitives): Promise<Ed25519Verifier> {
  try {
    return await primitives.verifier(publicKey);
  } catch (error) {
    if ((error as Error).name !== 'DataError') throw error;
    return () => false;
  }
}

function takeApart(octets: Uint8Array): Parts | undefined {
  try {
    return partsOf(new Cursor(octets));
  } catch {
    return undefined;
  }
}

function partsOf(all: Cursor): Parts {
  const primary = takeKey(all, packets.publicKey, algorithms.ed25519);
  const { created } = primary;
  const { issuer, ...directKey } = takeSelfSignature(all, selfSignatures.directKey, created);
  const isBySame = (one: { issuer: Uint8Array }) => need(equalBytes(one.issuer, issuer), 'signed by two keys');
  need(takePacket(all, packets.userId).left <= userIdBytesMax, 'a long user id');
  isBySame(takeSelfSignature(all, selfSignatures.certification, created));
  if (all.left > 0) {
    const subkey = takeKey(all, packets.publicSubkey, algorithms.x25519);
    need(equalBytes(subkey.created, created), 'made at two times');
    isBySame(takeSelfSignature(all, selfSignatures.binding, created));
  }
  all.end();
  return { ...primary, issuer, directKey };
}

/** Version 6, time, algorithm, and 32 octets of key (RFC 9580, 5.5.2.3). */
function takeKey(from: Cursor, type: number, algorithm: number): Pick<Parts, 'key' | 'publicKey' | 'created'> {
  const body = takePacket(from, type);
  const key = body.octets;
  need(body.octet() === 6, 'a key of another version');
  const created = body.take(4);
  need(body.octet() === algorithm && body.number(4) === 32, 'a key of another kind');
  const publicKey = body.take(32);
  body.end();
  return { key, publicKey, created };
}

function takeSelfSignature(
  from: Cursor,
  { head, fixed, last }: (typeof selfSignatures)[keyof typeof selfSignatures],
  created: Uint8Array,
): SelfSignature & { issuer: Uint8Array } {
  const body = takePacket(from, packets.signature);
  for (const expected of [head, creationTime, created, fixed, issuerFingerprint]) body.expect(expected);
  const issuer = body.take(fingerprintBytes);
  body.expect(last);
  const hashed = body.before();
  body.expect(noOctets);
  const digestStart = body.take(2);
  need(body.octet() === saltBytes, 'a salt of another length');
  const salt = body.take(saltBytes);
  const signature = body.take(64);
  body.end();
  return { issuer, hashed, digestStart, salt, signature };
}

function takePacket(from: Cursor, type: number): Cursor {
  need(from.octet() === type, 'another packet');
  return new Cursor(from.take(from.length()));
}
