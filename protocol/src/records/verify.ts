import * as openpgp from 'openpgp';
import { publicPrimitives } from '#public-primitives';
import { equalBytes, fromUtf8, toHex, utf8 } from '../bytes.js';
import { certificateBytesMax, manifestBytesMax, recordBytesMax, signatureBytesMax } from '../limits.js';
import type { Ed25519Verifier, PublicPrimitives, Soon } from '../primitives/primitives.port.js';
import { canonicalJson } from './canonical.js';
import { readOwnCertificate } from './own-certificate.js';
import { recordSchemas, type RecordOf, type RecordType } from './records.js';
import { readRecordSignature, signedPieces, startsAsStated, type RecordSignature } from './signature-packet.js';

/**
 * The protocol's only door to OpenPGP: public keys, verification, nothing secret.
 * Verify the octets first, parse them second, believe them third.
 */

/**
 * The notation that tells one kind of signed octets from another (RFC 9580, 5.2.3.24). Not marked critical, because
 * general OpenPGP programs refuse critical notations they do not know, and outsiders must be able to verify; our own
 * verification requires it all the same (docs/decisions/0004).
 */
export const contextNotation = 'context@aerie.internal';
export const contextOf = (type: RecordType): string => `${type}.v1`;

export class RecordError extends Error {
  override readonly name = 'RecordError';
  constructor(
    readonly reason: 'signature' | 'shape' | 'certificate',
    message: string,
  ) {
    super(message);
  }
}

/** openpgp.js as we allow it: v6 keys, Ed25519 and X25519, our one notation, nothing that is older or larger. */
export const openpgpPolicy: openpgp.PartialConfig = {
  v6Keys: true,
  aeadProtect: true,
  preferredAEADAlgorithm: openpgp.enums.aead.gcm,
  aeadChunkSizeByte: 12,
  s2kType: openpgp.enums.s2k.argon2,
  // 64 MiB and three passes: RFC 9106's second recommended choice.
  s2kArgon2Params: { passes: 3, parallelism: 4, memoryExponent: 16 },
  maxArgon2MemoryExponent: 18,
  maxDecompressedMessageSize: 1024 * 1024,
  allowUnauthenticatedMessages: false,
  allowUnauthenticatedStream: false,
  enforceGrammar: true,
  ignoreMalformedPackets: false,
  knownNotations: [contextNotation],
  showVersion: false,
  showComment: false,
};

/** The library's inner functions add nothing to a config that is not whole. */
export const wholePolicy = { ...openpgp.config, ...openpgpPolicy };

/** A public certificate, checked to be of the one kind that Aerie uses. */
export interface Certificate {
  readonly fingerprint: string;
  /**
   * Whether that signature is by a key of this certificate that could sign then, over exactly these octets.
   * @param beside whether another thread may find out: for many at once
   */
  holds(signature: RecordSignature, bytes: Uint8Array, beside?: boolean): Promise<boolean>;
  /** The transferable public key as it travels, binary (RFC 9580, 10.1). */
  readonly bytes: Uint8Array;
  /** The same to openpgp.js: to seal to it, or to print it. Read once, when somebody first asks. */
  whole(): Promise<openpgp.PublicKey>;
}

/**
 * Reads a transferable public key.
 * @throws RecordError `certificate` where it is not one v6 Ed25519 certificate, or where it carries a secret key.
 */
export async function readCertificate(
  bytes: Uint8Array,
  primitives: PublicPrimitives = publicPrimitives,
): Promise<Certificate> {
  if (bytes.length > certificateBytesMax) throw new RecordError('certificate', 'the certificate is too large');
  const own = await readOwnCertificate(bytes, primitives);
  if (!own) return readAnyCertificate(bytes, primitives);
  let whole: Promise<openpgp.PublicKey> | undefined;
  return { ...own, bytes, whole: () => (whole ??= readWhole(bytes)) };
}

/**
 * With openpgp.js, whatever the form: for those that Aerie's clients did not make, or do not make any more. Of those that
 * they make, the verdicts are the same (own-certificate.spec.ts).
 * @throws RecordError `certificate`
 */
export async function readAnyCertificate(
  bytes: Uint8Array,
  primitives: PublicPrimitives = publicPrimitives,
): Promise<Certificate> {
  const key = await readWhole(bytes);
  const verifiers = new Map<OneKey, Soon<Ed25519Verifier>>();
  const verifierOf = (one: OneKey): Soon<Ed25519Verifier> => {
    const known = verifiers.get(one) ?? primitives.verifier(publicOctetsOf(one));
    verifiers.set(one, known);
    return known;
  };
  const holds = async (signature: RecordSignature, octets: Uint8Array, beside?: boolean): Promise<boolean> => {
    const signer = await signerOf(key, signature);
    if (!signer) return false;
    const digest = await primitives.digest(signature.algorithm, signedPieces(signature, octets));
    // Ed25519 signs the digest (RFC 9580, 5.2.3).
    return startsAsStated(signature, digest) && (await verifierOf(signer))(digest, signature.signature, beside);
  };
  return { fingerprint: key.getFingerprint(), bytes, whole: () => Promise.resolve(key), holds };
}

async function readWhole(bytes: Uint8Array): Promise<openpgp.PublicKey> {
  let key: openpgp.Key;
  try {
    key = await openpgp.readKey({ binaryKey: bytes, config: openpgpPolicy });
  } catch {
    throw new RecordError('certificate', 'these octets are not an OpenPGP certificate');
  }
  if (key.isPrivate()) throw new RecordError('certificate', 'this is a secret key; only certificates may be sent');
  for (const { keyPacket } of key.getKeys()) {
    const algorithm = keyPacket.algorithm;
    const known = algorithm === openpgp.enums.publicKey.ed25519 || algorithm === openpgp.enums.publicKey.x25519;
    if (keyPacket.version !== 6 || !known) {
      throw new RecordError('certificate', 'only version 6 certificates with Ed25519 and X25519 are used here');
    }
  }
  return key as openpgp.PublicKey;
}

type OneKey = openpgp.Key | openpgp.Subkey;

/**
 * The key that the signature names, if the certificate allows that key to sign at that time: not before it was made or
 * bound, not after it expired, never where it was revoked. Undefined otherwise.
 */
async function signerOf(key: openpgp.Key, { issuer, created }: RecordSignature): Promise<OneKey | undefined> {
  const fingerprint = toHex(issuer);
  const one = key.getKeys().find((each) => each.getFingerprint() === fingerprint);
  const at = new Date(created * 1000);
  return one && one.getCreationTime() <= at && (await maySign(key, one, at)) ? one : undefined;
}

/** What the certificate says of its key: openpgp.js judges that, with every self-signature, expiry and revocation. */
async function maySign(key: openpgp.Key, one: OneKey, at: Date): Promise<boolean> {
  if (one.keyPacket.algorithm !== openpgp.enums.publicKey.ed25519) return false;
  return key.getSigningKey(one.getKeyID(), at, undefined, wholePolicy).then(
    (found) => found.getFingerprint() === one.getFingerprint(),
    () => false,
  );
}

/** openpgp.js keeps the octets of an Ed25519 or X25519 key, but leaves them out of its type declarations. */
export const publicOctetsOf = (one: OneKey): Uint8Array =>
  (one.keyPacket as unknown as { publicParams: { A: Uint8Array } }).publicParams.A;

/** Octets and the detached signature over them, as they travel and as they are stored. */
export interface SignedBytes {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Verifies that `certificate` signed exactly these octets as a record of that type, then parses them, then compares them
 * with the canonical print of what was read: a record has one print.
 * @throws RecordError `signature` or `shape`.
 */
export async function verifyRecord<T extends RecordType>(
  type: T,
  signed: SignedBytes,
  certificate: Certificate,
): Promise<RecordOf<T>> {
  const bytesMax = type === 'media-manifest' ? manifestBytesMax : recordBytesMax;
  if (signed.bytes.length > bytesMax) throw new RecordError('shape', 'the record is too large');
  if (signed.signature.length > signatureBytesMax) throw new RecordError('signature', 'the signature is too large');
  await verifyDetached(contextOf(type), signed, certificate);
  return readRecord(type, signed.bytes);
}

/**
 * Parses octets, and compares them with the canonical print of what was read. Nothing that it returns may be believed
 * before their signature was verified.
 * @throws RecordError `shape`
 */
export function readRecord<T extends RecordType>(type: T, bytes: Uint8Array): RecordOf<T> {
  const record = parseRecord(type, bytes);
  // Only now: another print of the same record, or a member that stands twice, would read differently elsewhere.
  if (!equalBytes(canonicalJson(record), bytes))
    throw new RecordError('shape', `the octets are not the canonical print of a ${type} record`);
  return record;
}

/** Parses octets whose signature was verified before, or which the caller does not trust any further. */
export function parseRecord<T extends RecordType>(type: T, bytes: Uint8Array): RecordOf<T> {
  try {
    return recordSchemas[type].parse(JSON.parse(fromUtf8(bytes))) as RecordOf<T>;
  } catch (error) {
    throw new RecordError('shape', `the octets are not a ${type} record: ${shortReason(error)}`);
  }
}

const shortReason = (error: unknown): string => {
  const issue = (error as { issues?: { path: PropertyKey[]; message: string }[] }).issues?.[0];
  return issue ? `${issue.path.join('.') || 'record'}: ${issue.message}` : 'not JSON';
};

/** Verifies a detached signature in that context, over octets of which nothing else is known. @throws RecordError `signature` */
export async function verifyDetached(
  context: string,
  signed: SignedBytes,
  certificate: Certificate,
  beside?: boolean,
): Promise<void> {
  const { signature, contexts } = readSignature(signed.signature);
  if (contexts.length !== 1 || !equalBytes(contexts[0]!, utf8(context))) {
    throw new RecordError('signature', `the signature was not made in the context ${context}`);
  }
  if (!(await certificate.holds(signature, signed.bytes, beside))) {
    throw new RecordError('signature', 'the signature does not verify under that certificate');
  }
}

function readSignature(packet: Uint8Array): { signature: RecordSignature; contexts: Uint8Array[] } {
  try {
    const signature = readRecordSignature(packet);
    return { signature, contexts: signature.notations(contextNotation) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RecordError('signature', `the signature packet is not of the one form that counts: ${reason}`);
  }
}
