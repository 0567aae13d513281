import * as openpgp from 'openpgp';
import { equalBytes, fromUtf8 } from '../bytes.js';
import { certificateBytesMax, manifestBytesMax, signatureBytesMax } from '../limits.js';
import { canonicalJson } from './canonical.js';
import { recordSchemas, type RecordOf, type RecordType } from './records.js';

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

/** A public certificate, checked to be of the one kind that Aerie uses. */
export interface Certificate {
  readonly fingerprint: string;
  readonly key: openpgp.PublicKey;
  /** The transferable public key as it travels, binary (RFC 9580, 10.1). */
  readonly bytes: Uint8Array;
}

/**
 * Reads a transferable public key.
 * @throws RecordError `certificate` where it is not one v6 Ed25519 certificate, or where it carries a secret key.
 */
export async function readCertificate(bytes: Uint8Array): Promise<Certificate> {
  if (bytes.length > certificateBytesMax) throw new RecordError('certificate', 'the certificate is too large');
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
  return { fingerprint: key.getFingerprint(), key: key as openpgp.PublicKey, bytes };
}

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
  if (signed.bytes.length > manifestBytesMax) throw new RecordError('shape', 'the record is too large');
  if (signed.signature.length > signatureBytesMax) throw new RecordError('signature', 'the signature is too large');
  await verifyDetached(contextOf(type), signed, certificate);
  const record = parseRecord(type, signed.bytes);
  // Only now: another print of the same record, or a member that stands twice, would read differently elsewhere.
  if (!equalBytes(canonicalJson(record), signed.bytes))
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

async function verifyDetached(context: string, signed: SignedBytes, certificate: Certificate): Promise<void> {
  let signature: openpgp.Signature;
  try {
    signature = await openpgp.readSignature({ binarySignature: signed.signature, config: openpgpPolicy });
  } catch {
    throw new RecordError('signature', 'the signature packet cannot be read');
  }
  const [packet, ...more] = signature.packets as unknown as SignaturePacketFields[];
  if (!packet || more.length > 0) throw new RecordError('signature', 'exactly one signature packet is expected');
  if (packet.version !== 6 || packet.signatureType !== openpgp.enums.signature.binary) {
    throw new RecordError('signature', 'only version 6 signatures over binary octets count');
  }
  const contexts = packet.rawNotations.filter((notation) => notation.name === contextNotation);
  if (contexts.length !== 1 || fromUtf8(contexts[0]!.value) !== context) {
    throw new RecordError('signature', `the signature was not made in the context ${context}`);
  }
  const message = await openpgp.createMessage({ binary: signed.bytes });
  // No date: order comes from the log and from epochs, not from the clock of any device.
  const { signatures } = await openpgp.verify({
    message,
    signature,
    verificationKeys: certificate.key,
    date: null as unknown as Date,
    config: openpgpPolicy,
  });
  try {
    if (signatures.length !== 1) throw new Error('none');
    await signatures[0]!.verified;
  } catch {
    throw new RecordError('signature', 'the signature does not verify under that certificate');
  }
}

/** What openpgp.js keeps in a signature packet but leaves out of its type declarations. */
interface SignaturePacketFields {
  version: number;
  signatureType: number;
  rawNotations: { name: string; value: Uint8Array; humanReadable: boolean; critical: boolean }[];
}
