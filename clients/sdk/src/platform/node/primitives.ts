import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { createRequire } from 'node:module';
import { concatBytes } from '@aerie/protocol';
import type * as nativeArgon2 from '@node-rs/argon2';
import { argon2Wasm } from '../../crypto/argon2-wasm.js';
import type { Aead, Argon2, KeyPair, Primitives } from '../../crypto/primitives.port.js';

type NativeArgon2 = typeof nativeArgon2;

const tagBytes = 16;
/** Both as the native package counts them; its enums exist for the compiler only. */
const [argon2id, version13] = [2, 1];
const gcm = { authTagLength: tagBytes } as const;

/** A view without what Buffer does otherwise, such as a `slice` that copies nothing. */
const octetsOf = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

function aead(key: Uint8Array): Aead {
  const secret = createSecretKey(key);
  return {
    seal(nonce, data, plain, into = new Uint8Array(plain.length + tagBytes)) {
      const cipher = createCipheriv('aes-256-gcm', secret, nonce, gcm).setAAD(data);
      into.set(cipher.update(plain));
      // GCM holds nothing back: the end adds no octets, only the tag.
      cipher.final();
      into.set(cipher.getAuthTag(), plain.length);
      return into;
    },
    open(nonce, data, sealed) {
      if (sealed.length < tagBytes) throw new Error('shorter than its tag');
      const body = sealed.length - tagBytes;
      const decipher = createDecipheriv('aes-256-gcm', secret, nonce, gcm);
      decipher.setAAD(data).setAuthTag(sealed.subarray(body));
      const plain = decipher.update(sealed.subarray(0, body));
      decipher.final();
      return octetsOf(plain);
    },
  };
}

type Curve = 'Ed25519' | 'X25519';
const printed = (octets: Uint8Array): string => Buffer.from(octets).toString('base64url');

/** By way of JWKs: as DER, reading a key takes eight times as long and printing one fifty times. */
const publicKeyOf = (crv: Curve, publicKey: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv, x: printed(publicKey) }, format: 'jwk' });
const privateKeyOf = (crv: Curve, { secret, publicKey }: KeyPair): KeyObject =>
  createPrivateKey({ key: { kty: 'OKP', crv, x: printed(publicKey), d: printed(secret) }, format: 'jwk' });

/**
 * A key pair as JWKs, printed while it is made.
 *
 * [Note: No export of a generated key] Node prints a key while it holds the key's lock. Where the collector runs just then, it
 * clears away what made the key, which takes the same lock: the process stands still for ever (Node 20; one in some ten
 * thousand keys). What is printed while it is made is not cleared away yet.
 */
const generateOnce = () => {
  const asJwk = { publicKeyEncoding: { format: 'jwk' }, privateKeyEncoding: { format: 'jwk' } } as const;
  // The types know no JWK here; every Node that we run on does.
  const generate = generateKeyPairSync as unknown as (
    type: 'x25519',
    options: typeof asJwk,
  ) => { publicKey: JsonWebKey; privateKey: JsonWebKey };
  return generate('x25519', asJwk);
};

const keyWrap = 'id-aes128-wrap';
/** RFC 3394, 2.2.3.1. */
const keyWrapStart = Buffer.alloc(8, 0xa6);

/**
 * The native package, or WebAssembly where the package has no build for this machine or its build does not load. In this
 * process: the memory is mapped for one derivation and unmapped after it (docs/performance.md).
 */
export function chooseArgon2(load: () => NativeArgon2): Argon2 {
  let native: NativeArgon2;
  try {
    native = load();
  } catch {
    return argon2Wasm;
  }
  return (passphrase, { salt, passes, lanes, memoryExponent }) =>
    native.hashRaw(passphrase, {
      algorithm: argon2id,
      version: version13,
      salt,
      timeCost: passes,
      parallelism: lanes,
      memoryCost: 2 ** memoryExponent,
      outputLen: 32,
    });
}

/** Asked for at run time, so that no bundler takes it in: it brings its own binary. */
export const loadArgon2 = (): NativeArgon2 => createRequire(import.meta.url)('@node-rs/argon2');

let chosen: Argon2 | undefined;

/** On Node's own crypto, which answers at once. Argon2 is loaded when it is first needed. */
export const primitives: Primitives = {
  aead,
  runningSha256: () => createHash('sha256'),
  hmac: (key, data) => octetsOf(createHmac('sha256', key).update(data).digest()),
  hkdf: (secret, salt, info, bytes) => new Uint8Array(hkdfSync('sha256', secret, salt, info, bytes)),
  argon2: (passphrase, cost) => {
    chosen ??= chooseArgon2(loadArgon2);
    return chosen(passphrase, cost);
  },
  signer: (pair) => {
    const key = privateKeyOf('Ed25519', pair);
    return (message) => octetsOf(sign(null, message, key));
  },
  sender: (publicKey) => {
    const recipient = publicKeyOf('X25519', publicKey);
    return () => {
      const { publicKey: made, privateKey: once } = generateOnce();
      const privateKey = createPrivateKey({ key: once, format: 'jwk' });
      const ephemeral = octetsOf(Buffer.from(made.x!, 'base64url'));
      return { ephemeral, shared: octetsOf(diffieHellman({ privateKey, publicKey: recipient })) };
    };
  },
  receiver: (pair) => {
    const privateKey = privateKeyOf('X25519', pair);
    return (ephemeral) => octetsOf(diffieHellman({ privateKey, publicKey: publicKeyOf('X25519', ephemeral) }));
  },
  wrap(wrappingKey, key) {
    const cipher = createCipheriv(keyWrap, wrappingKey, keyWrapStart);
    return concatBytes([cipher.update(key), cipher.final()]);
  },
  unwrap(wrappingKey, wrapped) {
    // Of fewer octets than a block OpenSSL makes none and complains of nothing.
    if (wrapped.length !== 40) throw new Error('not a wrapped key of 32 octets');
    const decipher = createDecipheriv(keyWrap, wrappingKey, keyWrapStart);
    return concatBytes([decipher.update(wrapped), decipher.final()]);
  },
};
