import type { Soon } from '@aerie/protocol';

/**
 * The few operations that everything secret is made of. Two implementations: `platform/node/primitives.ts` on Node's own
 * crypto, which answers at once, and `platform/browser/primitives.ts` on WebCrypto, which answers with promises. Callers
 * await either. package.json chooses by its `imports`, when a program is loaded or bundled; nothing chooses later.
 *
 * Both promise the same octets for the same input, and to refuse (throw) where a tag or a check does not hold.
 */
export interface Primitives {
  /** AES-256-GCM under one key of 32 octets, its tag of 16 after the ciphertext. */
  aead(key: Uint8Array): Soon<Aead>;
  /** SHA-256 of octets that come in pieces; of what is there whole, `sha256` of the protocol. */
  runningSha256(): Soon<RunningSha256>;
  /** HMAC-SHA256. */
  hmac(key: Uint8Array, data: Uint8Array): Soon<Uint8Array>;
  /** HKDF-SHA256 (RFC 5869). */
  hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Soon<Uint8Array>;
  /** Argon2id, version 1.3 (RFC 9106), without secret and associated data: 32 octets. Gives its memory back when done. */
  argon2: Argon2;
  /** Ed25519 (RFC 8032, without pre-hash): 64 octets over a message. */
  signer(pair: KeyPair): Soon<Sign>;
  /** X25519 (RFC 7748) toward that public key: each call makes a key pair for once. Refuses keys that yield no secret. */
  sender(publicKey: Uint8Array): Soon<Send>;
  /** The other side of it: the same secret from what the sender made for once. */
  receiver(pair: KeyPair): Soon<Receive>;
  /** AES-128 key wrap (RFC 3394) of a key of 32 octets: 40 octets. */
  wrap(wrappingKey: Uint8Array, key: Uint8Array): Soon<Uint8Array>;
  unwrap(wrappingKey: Uint8Array, wrapped: Uint8Array): Soon<Uint8Array>;
}

export type Sign = (message: Uint8Array) => Soon<Uint8Array>;
export type Send = () => Soon<{ ephemeral: Uint8Array; shared: Uint8Array }>;
export type Receive = (ephemeral: Uint8Array) => Soon<Uint8Array>;

/** 32 octets each, as RFC 8032 and RFC 7748 have them: for Ed25519 the seed. */
export interface KeyPair {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

export interface RunningSha256 {
  update(octets: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** The tag of 16 octets stands after the ciphertext. A nonce has 12 octets and serves once under a key. */
export interface Aead {
  /** @param into where the ciphertext and its tag go, and which is given back; new memory otherwise */
  seal(nonce: Uint8Array, data: Uint8Array, plain: Uint8Array, into?: Uint8Array): Soon<Uint8Array>;
  /** @throws Error unless every octet is as it was sealed */
  open(nonce: Uint8Array, data: Uint8Array, sealed: Uint8Array): Soon<Uint8Array>;
}

export type Argon2 = (passphrase: Uint8Array, cost: Argon2Cost) => Promise<Uint8Array>;

export interface Argon2Cost {
  /** 16 octets. */
  readonly salt: Uint8Array;
  readonly passes: number;
  readonly lanes: number;
  /** 2 to that power KiB. */
  readonly memoryExponent: number;
}
