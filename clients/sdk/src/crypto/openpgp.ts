import * as openpgp from 'openpgp';
import {
  canonicalJson,
  concatBytes,
  contextNotation,
  contextOf,
  fromHex,
  openpgpPolicy,
  publicOctetsOf,
  recordSchemas,
  readCertificate,
  verifyRecord,
  wholePolicy,
  type Certificate,
  type RecordOf,
  type RecordType,
  type SignedBytes,
  type Soon,
} from '@aerie/protocol';
import { primitives } from '#primitives';
import { CryptoError } from './crypto-error.js';
import type { KeyPair, Receive, Send, Sign } from './primitives.port.js';
import { readPassphrasePacket, writePassphrasePacket } from './passphrase-packet.js';
import { signOctets } from './record-signature.js';
import { readSessionKeyPacket, writeSessionKeyPacket, type Recipient } from './session-key-packet.js';

/**
 * The client's one door to OpenPGP. Everything that touches a secret key goes through here; nothing else imports the
 * library. It promises: version 6 keys, AES-256-GCM, Argon2, and a refusal where the other side offers less.
 */

/** A secret key in the clear, in memory. Never sent, never logged; stored only inside something sealed. */
export interface SecretKey {
  readonly key: openpgp.PrivateKey;
  readonly certificate: Certificate;
}

/**
 * [Note: No clock decides] A key or signature is good because of who made it and where it stands, not because some
 * device's clock says so: cameras come back from a winter in a drawer, and laptops are off by minutes. So nothing is
 * compared with the time here, and a signature is never dated before its own key, which other programs would refuse.
 */
const atAnyTime = null as unknown as Date;

/** Now, or the time at which the key says it was made, if that is later. */
const signingTime = ({ key }: SecretKey): Date =>
  new Date(Math.max(Date.now(), ...key.getKeys().map((one) => one.getCreationTime().getTime())));

/** `signing` keys only sign; `encrypting` keys have an X25519 subkey as well. */
export async function generateSecretKey(label: string, use: 'signing' | 'encrypting'): Promise<SecretKey> {
  const { privateKey } = await openpgp.generateKey({
    type: 'curve25519',
    userIDs: [{ name: label }],
    subkeys: use === 'encrypting' ? [{}] : [],
    format: 'object',
    config: openpgpPolicy,
  });
  return secretKeyOf(privateKey);
}

async function secretKeyOf(key: openpgp.PrivateKey): Promise<SecretKey> {
  return { key, certificate: await readCertificate(key.toPublic().write()) };
}

/** The transferable secret key (RFC 9580, 10.2), unlocked: seal it before it leaves memory. */
export const writeSecretKey = (secret: SecretKey): Uint8Array => secret.key.write();

/** @throws CryptoError `malformed` unless the octets are one unlocked secret key whose halves belong together. */
export async function readSecretKey(bytes: Uint8Array): Promise<SecretKey> {
  let key: openpgp.PrivateKey;
  try {
    key = await openpgp.readPrivateKey({ binaryKey: bytes, config: openpgpPolicy });
    // openpgp.js does not check subkeys by itself; a key with a foreign public half would sign for someone else.
    for (const { keyPacket } of key.getKeys()) await (keyPacket as openpgp.SecretKeyPacket).validate();
  } catch {
    throw new CryptoError('malformed', 'the secret key is damaged');
  }
  return secretKeyOf(key);
}

/** A secret key locked for the road with Argon2 and AEAD, armored, for any OpenPGP program of RFC 9580. */
export async function lockSecretKey(secret: SecretKey, passphrase: string | null): Promise<string> {
  if (passphrase === null) return secret.key.armor();
  const locked = await openpgp.encryptKey({ privateKey: secret.key, passphrase, config: openpgpPolicy });
  return locked.armor();
}

export const armorCertificate = async (certificate: Certificate): Promise<string> =>
  (await certificate.whole()).armor();

/** Checks the record against its schema, prints it canonically, and signs those octets in the type's own context. */
export async function signRecord<T extends RecordType>(
  type: T,
  record: RecordOf<T>,
  signer: SecretKey,
): Promise<SignedBytes> {
  const bytes = canonicalJson(recordSchemas[type].parse(record));
  const at = signingTime(signer);
  const signing = keyOf(await signer.key.getSigningKey(undefined, at, undefined, wholePolicy));
  const sign = await kept(signers, signing.packet, () => primitives.signer(signing.pair('seed')));
  const signature = await signOctets(bytes, sign, {
    created: Math.floor(at.getTime() / 1000),
    issuer: signing.fingerprint,
    notation: { name: contextNotation, value: contextOf(type) },
  });
  return { bytes, signature };
}

export { verifyRecord };

/** PKESK v6 packet (RFC 9580, 5.1.2) that carries a session key to one certificate. */
export async function wrapSessionKey(sessionKey: Uint8Array, recipient: Certificate): Promise<Uint8Array> {
  const to = await kept(recipients, recipient, async () => {
    const certificate = await recipient.whole();
    const found = await certificate.getEncryptionKey(undefined, atAnyTime, undefined, wholePolicy);
    const { fingerprint, publicKey } = keyOf(found);
    return { fingerprint, publicKey, send: await primitives.sender(publicKey) };
  });
  return writeSessionKeyPacket(sessionKey, to, to.send, primitives);
}

/** @throws CryptoError `not_for_us` where the packet is for another key, or is of any other form. */
export async function unwrapSessionKey(packet: Uint8Array, recipient: SecretKey): Promise<Uint8Array> {
  try {
    const by = await kept(receivers, recipient.key, async () => {
      const [found] = await recipient.key.getDecryptionKeys(undefined, atAnyTime, undefined, wholePolicy);
      const { fingerprint, publicKey, pair } = keyOf(found!);
      return { fingerprint, publicKey, receive: await primitives.receiver(pair('k')) };
    });
    return await readSessionKeyPacket(packet, by, by.receive, primitives);
  } catch {
    throw new CryptoError('not_for_us', 'this key does not open the session key of that blob');
  }
}

/** What openpgp.js keeps of an Ed25519 or X25519 key, but leaves out of its type declarations. */
interface KeyFields {
  privateParams: { seed: Uint8Array } & { k: Uint8Array };
}

/** The octets of a key that openpgp.js has chosen, by what its certificate allows. */
function keyOf(key: openpgp.Key | openpgp.Subkey) {
  const packet = key.keyPacket as unknown as KeyFields;
  const publicKey = publicOctetsOf(key);
  return {
    packet,
    fingerprint: fromHex(key.getFingerprint()),
    publicKey,
    pair: (secret: 'seed' | 'k'): KeyPair => ({ secret: packet.privateParams[secret], publicKey }),
  };
}

/** What was read from a key is kept for as long as the key is. */
const signers = new WeakMap<object, Promise<Sign>>();
const recipients = new WeakMap<object, Promise<Recipient & { send: Send }>>();
const receivers = new WeakMap<object, Promise<Recipient & { receive: Receive }>>();

function kept<T>(all: WeakMap<object, Promise<T>>, key: object, read: () => Soon<T>): Promise<T> {
  const known = all.get(key);
  if (known) return known;
  const found = (async () => read())();
  all.set(key, found);
  return found;
}

/** One OpenPGP message (SEIPDv2, AES-256-GCM) to all those certificates. For small things: keys, envelopes. */
export async function sealMessage(plain: Uint8Array, recipients: readonly Certificate[]): Promise<Uint8Array> {
  const encryptionKeys = await Promise.all(recipients.map((one) => one.whole()));
  const sessionKey = await openpgp.generateSessionKey({
    encryptionKeys,
    date: atAnyTime,
    config: openpgpPolicy,
  });
  if (sessionKey.aeadAlgorithm !== 'gcm')
    throw new CryptoError('legacy', "a recipient's certificate does not allow AES-256-GCM");
  return (await openpgp.encrypt({
    message: await openpgp.createMessage({ binary: plain }),
    encryptionKeys,
    date: atAnyTime,
    sessionKey,
    format: 'binary',
    config: openpgpPolicy,
  })) as Uint8Array;
}

/** @throws CryptoError `not_for_us` where the message is for someone else, altered, or sealed with less than AEAD. */
export async function openMessage(sealed: Uint8Array, recipient: SecretKey): Promise<Uint8Array> {
  try {
    const message = await openpgp.readMessage({ binaryMessage: sealed, config: openpgpPolicy });
    requireAead(message);
    const { data } = await openpgp.decrypt({
      message,
      decryptionKeys: recipient.key,
      date: atAnyTime,
      format: 'binary',
      config: openpgpPolicy,
    });
    return data as Uint8Array;
  } catch {
    throw new CryptoError('not_for_us', 'the message is not for this key, or it was altered');
  }
}

/** One OpenPGP message (SKESK v6, Argon2) that a passphrase opens. */
export async function sealWithPassphrase(plain: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const sessionKey = crypto.getRandomValues(new Uint8Array(32));
  const data = (await openpgp.encrypt({
    message: await openpgp.createMessage({ binary: plain }),
    sessionKey: { data: sessionKey, algorithm: 'aes256', aeadAlgorithm: 'gcm' },
    date: atAnyTime,
    format: 'binary',
    config: openpgpPolicy,
  })) as Uint8Array;
  return concatBytes([await writePassphrasePacket(sessionKey, passphrase, primitives), data]);
}

/** @throws CryptoError `passphrase` where it does not open, `weak_kdf` or `costly_kdf` before any derivation outside the bounds. */
export async function openWithPassphrase(sealed: Uint8Array, passphrase: string): Promise<Uint8Array> {
  let message: openpgp.Message<Uint8Array>;
  try {
    message = await openpgp.readMessage({ binaryMessage: sealed, config: openpgpPolicy });
  } catch {
    throw new CryptoError('malformed', 'these octets are not an OpenPGP message');
  }
  requireAead(message);
  if (packetsOf(message).length !== 2)
    throw new CryptoError('weak_kdf', 'the message is not opened by one passphrase alone');
  const sessionKey = await readPassphrasePacket(sealed, passphrase, primitives);
  try {
    const { data } = await openpgp.decrypt({
      message,
      sessionKeys: [{ data: sessionKey, algorithm: 'aes256' }],
      date: atAnyTime,
      format: 'binary',
      config: openpgpPolicy,
    });
    return data as Uint8Array;
  } catch {
    throw new CryptoError('passphrase', 'the passphrase does not open it, or it was altered');
  }
}

interface PacketFields {
  version?: number;
  constructor: { tag: number };
}
const packetsOf = (message: openpgp.Message<Uint8Array>): PacketFields[] => [
  ...(message.packets as unknown as PacketFields[]),
];

function requireAead(message: openpgp.Message<Uint8Array>): void {
  const data = packetsOf(message).filter(
    (packet) => packet.constructor.tag === openpgp.enums.packet.symEncryptedIntegrityProtectedData,
  );
  if (data.length !== 1 || data[0]!.version !== 2)
    throw new CryptoError('legacy', 'the message is not sealed with SEIPD version 2');
}
