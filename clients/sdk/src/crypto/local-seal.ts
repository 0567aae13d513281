/**
 * Seals JSON with AES-256-GCM: local state, such as session keys of unfinished uploads, under the device's local key; and
 * answers to a pairing, under a key that its code yields.
 */
import { concatBytes, fromUtf8, utf8 } from '@aerie/protocol';
import { primitives } from '#primitives';
import { CryptoError } from './crypto-error.js';
import type { Aead } from './primitives.port.js';

const nonceBytes = 12;

export class LocalSeal {
  private constructor(private readonly aead: Aead) {}

  /** @param localKey 32 octets */
  static async of(localKey: Uint8Array): Promise<LocalSeal> {
    return new LocalSeal(await primitives.aead(localKey));
  }

  /** A random nonce: under one device's key there are far fewer than 2^32 records. `name` binds a record to its place. */
  async seal(name: string, value: unknown): Promise<Uint8Array> {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
    return concatBytes([nonce, await this.aead.seal(nonce, utf8(name), utf8(JSON.stringify(value)))]);
  }

  /** @throws CryptoError `malformed` where it was altered, belongs elsewhere, or is another device's. */
  async open(name: string, sealed: Uint8Array): Promise<unknown> {
    const nonce = sealed.subarray(0, nonceBytes);
    try {
      const plain = await this.aead.open(nonce, utf8(name), sealed.subarray(nonceBytes));
      return JSON.parse(fromUtf8(plain));
    } catch {
      throw new CryptoError('malformed', 'local state is damaged or belongs to another device');
    }
  }
}
