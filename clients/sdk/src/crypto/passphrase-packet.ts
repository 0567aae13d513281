/**
 * The packet by which a passphrase opens a message: SKESK version 6 with Argon2 and AES-256-GCM (RFC 9580, 5.3.2 and
 * 3.7.1.4). In this one form only, 87 octets; everything else is refused before anything is derived.
 */
import { concatBytes, equalBytes, utf8 } from '@aerie/protocol';
import { CryptoError } from './crypto-error.js';
import type { Aead, Argon2Cost, Primitives } from './primitives.port.js';

/** Version 6, AES-256, GCM: also what the key encryption is bound to, after the packet's type. */
const packetType = 0xc3;
const suite = Uint8Array.of(packetType, 6, 9, 3);
const [saltBytes, nonceBytes, keyBytes, tagBytes] = [16, 12, 32, 16];
/** Specifier type 4, salt, passes, lanes, memory. */
const specifierBytes = 1 + saltBytes + 3;
const countedBytes = 3 + specifierBytes + nonceBytes;
const bodyBytes = 2 + countedBytes + keyBytes + tagBytes;
/** Everything before the salt is the same in each of these packets. */
const head = Uint8Array.of(packetType, bodyBytes, 6, countedBytes, 9, 3, specifierBytes, 4);
export const passphrasePacketBytes = 2 + bodyBytes;

/** 64 MiB and three passes: RFC 9106's second recommended choice. */
const ownCost = { passes: 3, lanes: 4, memoryExponent: 16 };

/**
 * What a derivation may ask of this device. RFC 9106's second choice, 64 MiB and three passes, is the least: a server
 * cannot talk us below it. Four times the memory and four times the passes are the most: nor into standing still.
 */
const bounds = { passes: [3, 12], lanes: [1, 16], memoryExponent: [16, 18] } as const;

/** What the packet code takes of the port; tests give a cheaper Argon2. */
type Needs = Pick<Primitives, 'aead' | 'argon2' | 'hkdf'>;

/** The packet that yields a session key of 32 octets to that passphrase. */
export async function writePassphrasePacket(
  sessionKey: Uint8Array,
  passphrase: string,
  primitives: Needs,
): Promise<Uint8Array> {
  if (sessionKey.length !== keyBytes) throw new RangeError('a session key has 32 octets');
  if (passphrase === '') throw new RangeError('a passphrase has at least one character');
  const cost = { ...ownCost, salt: crypto.getRandomValues(new Uint8Array(saltBytes)) };
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const aead = await keyAead(passphrase, cost, primitives);
  const costs = Uint8Array.of(cost.passes, cost.lanes, cost.memoryExponent);
  return concatBytes([head, cost.salt, costs, nonce, await aead.seal(nonce, suite, sessionKey)]);
}

/**
 * The session key in the packet at the front of a message.
 * @throws CryptoError `weak_kdf`, `costly_kdf` before any derivation; `passphrase` where it does not open
 */
export async function readPassphrasePacket(
  message: Uint8Array,
  passphrase: string,
  primitives: Needs,
): Promise<Uint8Array> {
  const packet = message.subarray(0, passphrasePacketBytes);
  if (packet.length < passphrasePacketBytes || !equalBytes(packet.subarray(0, head.length), head))
    throw new CryptoError('weak_kdf', 'the message is not sealed with a passphrase in the way that is used here');
  const at = head.length + saltBytes;
  const [passes, lanes, memoryExponent] = packet.subarray(at, at + 3) as unknown as [number, number, number];
  const cost = { salt: packet.subarray(head.length, at), passes, lanes, memoryExponent };
  requireWithinBounds(cost);
  if (passphrase === '') throw new CryptoError('passphrase', 'nothing is sealed with an empty passphrase');
  const aead = await keyAead(passphrase, cost, primitives);
  const nonce = packet.subarray(at + 3, at + 3 + nonceBytes);
  try {
    return await aead.open(nonce, suite, packet.subarray(at + 3 + nonceBytes));
  } catch {
    throw new CryptoError('passphrase', 'the passphrase does not open it, or it was altered');
  }
}

async function keyAead(passphrase: string, cost: Argon2Cost, primitives: Needs): Promise<Aead> {
  const derived = await primitives.argon2(utf8(passphrase), cost);
  return primitives.aead(await primitives.hkdf(derived, new Uint8Array(), suite, keyBytes));
}

function requireWithinBounds({ passes, lanes, memoryExponent }: Argon2Cost): void {
  if (passes < bounds.passes[0] || memoryExponent < bounds.memoryExponent[0])
    throw new CryptoError('weak_kdf', 'the key derivation is weaker than 64 MiB Argon2 with three passes');
  const isCostly = passes > bounds.passes[1] || memoryExponent > bounds.memoryExponent[1];
  if (isCostly || lanes < bounds.lanes[0] || lanes > bounds.lanes[1])
    throw new CryptoError('costly_kdf', 'the key derivation would keep this device busy for longer than any of ours');
}
