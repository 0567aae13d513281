/**
 * The packet that carries a session key to one certificate: PKESK version 6 for X25519 (RFC 9580, 5.1.2 and 5.1.6). In this
 * one form only, 111 octets; who wrote another meant something else.
 */
import { concatBytes, equalBytes, utf8 } from '@aerie/protocol';
import type { Primitives, Receive, Send } from './primitives.port.js';

const [fingerprintBytes, publicKeyBytes, sessionKeyBytes, wrappedBytes] = [32, 32, 32, 40];
/** Packet type and length; version 6; a version 6 fingerprint of 32 octets follows. */
const head = Uint8Array.of(0xc1, 109, 6, 1 + fingerprintBytes, 6);
/** X25519. */
const algorithm = Uint8Array.of(25);
/** How long the wrapped session key is. A version 6 packet does not name a cipher: the data packet does. */
const wrappedLength = Uint8Array.of(wrappedBytes);

const fingerprintAt = head.length;
const ephemeralAt = fingerprintAt + fingerprintBytes + algorithm.length;
const wrappedAt = ephemeralAt + publicKeyBytes + wrappedLength.length;
export const sessionKeyPacketBytes = wrappedAt + wrappedBytes;

/** A key that session keys go to, as the packet names it. */
export interface Recipient {
  readonly fingerprint: Uint8Array;
  readonly publicKey: Uint8Array;
}
type Needs = Pick<Primitives, 'hkdf' | 'wrap' | 'unwrap'>;

export async function writeSessionKeyPacket(
  sessionKey: Uint8Array,
  { fingerprint, publicKey }: Recipient,
  send: Send,
  primitives: Needs,
): Promise<Uint8Array> {
  if (sessionKey.length !== sessionKeyBytes) throw new RangeError('a session key has 32 octets');
  const { ephemeral, shared } = await send();
  const wrappingKey = await wrappingKeyOf(ephemeral, publicKey, shared, primitives);
  const wrapped = await primitives.wrap(wrappingKey, sessionKey);
  return concatBytes([head, fingerprint, algorithm, ephemeral, wrappedLength, wrapped]);
}

/** @throws Error where the packet is not of this form, is for another key, or was altered */
export async function readSessionKeyPacket(
  packet: Uint8Array,
  { fingerprint, publicKey }: Recipient,
  receive: Receive,
  primitives: Needs,
): Promise<Uint8Array> {
  const ephemeral = packet.subarray(ephemeralAt, ephemeralAt + publicKeyBytes);
  const around = concatBytes([head, fingerprint, algorithm, ephemeral, wrappedLength]);
  const isOurs = packet.length === sessionKeyPacketBytes && equalBytes(packet.subarray(0, wrappedAt), around);
  if (!isOurs) throw new Error('the packet is for another key, or of another form');
  const wrappingKey = await wrappingKeyOf(ephemeral, publicKey, await receive(ephemeral), primitives);
  return primitives.unwrap(wrappingKey, packet.subarray(wrappedAt));
}

async function wrappingKeyOf(
  ephemeral: Uint8Array,
  publicKey: Uint8Array,
  shared: Uint8Array,
  { hkdf }: Needs,
): Promise<Uint8Array> {
  return hkdf(concatBytes([ephemeral, publicKey, shared]), new Uint8Array(), utf8('OpenPGP X25519'), 16);
}
