/**
 * Seals JSON with AES-256-GCM: local state, such as session keys of unfinished uploads, under the device's local key; and
 * answers to a pairing, under a key that its code yields.
 */
import { concatBytes, fromUtf8, utf8 } from '@aerie/protocol';
import { CryptoError } from './crypto-error.js';

const nonceBytes = 12;

export class LocalSeal {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** @param localKey 32 octets */
  static async of(localKey: Uint8Array): Promise<LocalSeal> {
    return new LocalSeal(
      await crypto.subtle.importKey('raw', localKey as BufferSource, 'AES-GCM', false, ['encrypt', 'decrypt']),
    );
  }

  /** A random nonce: under one device's key there are far fewer than 2^32 records. `name` binds a record to its place. */
  async seal(name: string, value: unknown): Promise<Uint8Array> {
    const iv = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const parameters = { name: 'AES-GCM', iv, additionalData: utf8(name) as BufferSource };
    const sealed = await crypto.subtle.encrypt(parameters, this.#key, utf8(JSON.stringify(value)) as BufferSource);
    return concatBytes([iv, new Uint8Array(sealed)]);
  }

  /** @throws CryptoError `malformed` where it was altered, belongs elsewhere, or is another device's. */
  async open(name: string, sealed: Uint8Array): Promise<unknown> {
    const parameters = {
      name: 'AES-GCM',
      iv: sealed.subarray(0, nonceBytes) as BufferSource,
      additionalData: utf8(name) as BufferSource,
    };
    try {
      const plain = await crypto.subtle.decrypt(parameters, this.#key, sealed.subarray(nonceBytes) as BufferSource);
      return JSON.parse(fromUtf8(new Uint8Array(plain)));
    } catch {
      throw new CryptoError('malformed', 'local state is damaged or belongs to another device');
    }
  }
}
