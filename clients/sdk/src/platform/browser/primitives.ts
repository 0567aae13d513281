import { concatBytes, fromHex } from '@aerie/protocol';
import { createSHA256 } from 'hash-wasm';
import { argon2Wasm } from '../../crypto/argon2-wasm.js';
import type { Aead, KeyPair, Primitives, RunningSha256 } from '../../crypto/primitives.port.js';

const gcm = (nonce: Uint8Array, data: Uint8Array): AesGcmParams => ({
  name: 'AES-GCM',
  iv: nonce as BufferSource,
  additionalData: data as BufferSource,
});

async function aead(key: Uint8Array): Promise<Aead> {
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey('raw', key as BufferSource, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return {
    seal: async (nonce, data, plain, into) => {
      const sealed = new Uint8Array(await subtle.encrypt(gcm(nonce, data), imported, plain as BufferSource));
      if (!into) return sealed;
      into.set(sealed);
      return into;
    },
    open: async (nonce, data, sealed) =>
      new Uint8Array(await subtle.decrypt(gcm(nonce, data), imported, sealed as BufferSource)),
  };
}

async function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', secret as BufferSource, 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: salt as BufferSource, info: info as BufferSource };
  return new Uint8Array(await subtle.deriveBits(parameters, key, bytes * 8));
}

/** In WebAssembly: WebCrypto takes no pieces. */
async function runningSha256(): Promise<RunningSha256> {
  const hash = (await createSHA256()).init();
  return { update: (octets) => hash.update(octets), digest: () => hash.digest('binary') };
}

async function hmac(key: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const parameters = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await subtle.importKey('raw', key as BufferSource, parameters, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', imported, data as BufferSource));
}

/** What stands before the 32 octets of a secret key in PKCS #8 (RFC 8410, 7), which is how WebCrypto takes one. */
const pkcs8 = {
  Ed25519: fromHex('302e020100300506032b657004220420'),
  X25519: fromHex('302e020100300506032b656e04220420'),
};
const secretKeyOf = (curve: keyof typeof pkcs8, secret: Uint8Array, use: KeyUsage): Promise<CryptoKey> =>
  globalThis.crypto.subtle.importKey('pkcs8', concatBytes([pkcs8[curve], secret]) as BufferSource, curve, false, [use]);
const x25519Of = (publicKey: Uint8Array): Promise<CryptoKey> =>
  globalThis.crypto.subtle.importKey('raw', publicKey as BufferSource, 'X25519', false, []);

async function exchange(privateKey: CryptoKey, publicKey: CryptoKey): Promise<Uint8Array> {
  const parameters = { name: 'X25519', public: publicKey };
  return new Uint8Array(await globalThis.crypto.subtle.deriveBits(parameters, privateKey, 256));
}

async function signer({ secret }: KeyPair): Promise<(message: Uint8Array) => Promise<Uint8Array>> {
  const key = await secretKeyOf('Ed25519', secret, 'sign');
  return async (message) =>
    new Uint8Array(await globalThis.crypto.subtle.sign('Ed25519', key, message as BufferSource));
}

async function sender(publicKey: Uint8Array): Promise<() => Promise<{ ephemeral: Uint8Array; shared: Uint8Array }>> {
  const { subtle } = globalThis.crypto;
  const recipient = await x25519Of(publicKey);
  return async () => {
    const once = (await subtle.generateKey('X25519', false, ['deriveBits'])) as CryptoKeyPair;
    const ephemeral = new Uint8Array(await subtle.exportKey('raw', once.publicKey));
    return { ephemeral, shared: await exchange(once.privateKey, recipient) };
  };
}

async function receiver({ secret }: KeyPair): Promise<(ephemeral: Uint8Array) => Promise<Uint8Array>> {
  const key = await secretKeyOf('X25519', secret, 'deriveBits');
  return async (ephemeral) => exchange(key, await x25519Of(ephemeral));
}

const keyWrapper = (wrappingKey: Uint8Array): Promise<CryptoKey> =>
  globalThis.crypto.subtle.importKey('raw', wrappingKey as BufferSource, 'AES-KW', false, ['wrapKey', 'unwrapKey']);

/** WebCrypto wraps keys, not octets, so they become one for AES-GCM on the way. */
async function wrap(wrappingKey: Uint8Array, key: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey('raw', key as BufferSource, 'AES-GCM', true, ['encrypt']);
  return new Uint8Array(await subtle.wrapKey('raw', imported, await keyWrapper(wrappingKey), 'AES-KW'));
}

async function unwrap(wrappingKey: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const by = await keyWrapper(wrappingKey);
  const key = await subtle.unwrapKey('raw', wrapped as BufferSource, by, 'AES-KW', 'AES-GCM', true, ['encrypt']);
  return new Uint8Array(await subtle.exportKey('raw', key));
}

/** On WebCrypto; Argon2 and digests of pieces, which it lacks, in WebAssembly. */
export const primitives: Primitives = {
  aead,
  runningSha256,
  hmac,
  hkdf,
  argon2: argon2Wasm,
  signer,
  sender,
  receiver,
  wrap,
  unwrap,
};
