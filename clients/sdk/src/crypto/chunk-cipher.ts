/**
 * Encrypts and authenticates single chunks of a SEIPDv2 packet, AES-256-GCM (RFC 9580, 5.13.2), on WebCrypto.
 * The nonce holds the chunk index and the final tag the total length, so no chunk fits another place or object.
 */
import { ContainerError, seipdInfo } from '@aerie/protocol';

const keyBits = 256;
/** The part of the 12-octet GCM nonce that HKDF gives; the chunk index is the rest. */
const ivBits = 32;

export class ChunkCipher {
  private constructor(
    private readonly key: CryptoKey,
    private readonly iv: Uint8Array,
  ) {}

  /** HKDF-SHA256 over a 32-octet session key and a 32-octet salt gives the key and the first nonce octets. */
  static async derive(sessionKey: Uint8Array, salt: Uint8Array): Promise<ChunkCipher> {
    if (sessionKey.length !== 32 || salt.length !== 32)
      throw new RangeError('session key and salt have 32 octets each');
    const { subtle } = globalThis.crypto;
    const secret = await subtle.importKey('raw', sessionKey as BufferSource, 'HKDF', false, ['deriveBits']);
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt: salt as BufferSource, info: Uint8Array.from(seipdInfo) };
    const bits = new Uint8Array(await subtle.deriveBits(parameters, secret, keyBits + ivBits));
    const key = await subtle.importKey('raw', bits.slice(0, 32), 'AES-GCM', false, ['encrypt', 'decrypt']);
    return new ChunkCipher(key, bits.slice(32));
  }

  /** Chunk `index` with its tag. */
  async encrypt(index: number, plain: Uint8Array): Promise<Uint8Array> {
    return this.#encrypt(index, plain, seipdInfo);
  }

  /** Plaintext of chunk `index`. Throws ContainerError `authentication`. */
  async decrypt(index: number, sealed: Uint8Array): Promise<Uint8Array> {
    return this.#decrypt(index, sealed, seipdInfo);
  }

  /** The tag after the last chunk: it covers how many chunks and octets there are. */
  async finalTag(chunkCount: number, innerBytes: number): Promise<Uint8Array> {
    return this.#encrypt(chunkCount, new Uint8Array(), finalData(innerBytes));
  }

  /** Throws ContainerError `authentication` where `tag` is not the final tag. */
  async verifyFinalTag(chunkCount: number, innerBytes: number, tag: Uint8Array): Promise<void> {
    await this.#decrypt(chunkCount, tag, finalData(innerBytes));
  }

  async #encrypt(index: number, plain: Uint8Array, data: readonly number[]): Promise<Uint8Array> {
    const parameters = this.#parameters(index, data);
    return new Uint8Array(await globalThis.crypto.subtle.encrypt(parameters, this.key, plain as BufferSource));
  }

  async #decrypt(index: number, sealed: Uint8Array, data: readonly number[]): Promise<Uint8Array> {
    const parameters = this.#parameters(index, data);
    try {
      return new Uint8Array(await globalThis.crypto.subtle.decrypt(parameters, this.key, sealed as BufferSource));
    } catch {
      throw new ContainerError('authentication');
    }
  }

  #parameters(index: number, data: readonly number[]): AesGcmParams {
    return { name: 'AES-GCM', iv: Uint8Array.of(...this.iv, ...uint64(index)), additionalData: Uint8Array.from(data) };
  }
}

const finalData = (innerBytes: number): number[] => [...seipdInfo, ...uint64(innerBytes)];

/** Big-endian octets of an unsigned 64-bit number. */
function uint64(value: number): Uint8Array {
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigUint64(0, BigInt(value));
  return octets;
}
