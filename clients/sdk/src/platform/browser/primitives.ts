import { argon2Wasm } from '../../crypto/argon2-wasm.js';
import type { Aead, Primitives } from '../../crypto/primitives.port.js';

const gcm = (nonce: Uint8Array, data: Uint8Array): AesGcmParams => ({
  name: 'AES-GCM',
  iv: nonce as BufferSource,
  additionalData: data as BufferSource,
});

async function aead(key: Uint8Array): Promise<Aead> {
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey('raw', key as BufferSource, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return {
    seal: async (nonce, data, plain) =>
      new Uint8Array(await subtle.encrypt(gcm(nonce, data), imported, plain as BufferSource)),
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

/** On WebCrypto; Argon2, which it lacks, in WebAssembly. */
export const primitives: Primitives = { aead, hkdf, argon2: argon2Wasm };
