/**
 * Encrypts and authenticates single chunks of a SEIPDv2 packet, AES-256-GCM (RFC 9580, 5.13.2): at once on Node, soon in
 * browsers. The nonce holds the chunk index and the final tag the total length, so no chunk fits another place or object.
 */
import { ContainerError, seipdInfo, type Soon } from '@aerie/protocol';
import { primitives } from '#primitives';
import type { Aead, Primitives } from './primitives.port.js';

const [keyBytes, nonceBytes] = [32, 12];
/** The part of the GCM nonce that HKDF gives; the chunk index is the rest. */
const ivBytes = 4;
const chunkData = Uint8Array.from(seipdInfo);

export class ChunkCipher {
  private constructor(
    private readonly aead: Aead,
    private readonly iv: Uint8Array,
  ) {}

  /** HKDF-SHA256 over a 32-octet session key and a 32-octet salt gives the key and the first nonce octets. */
  static async derive(
    sessionKey: Uint8Array,
    salt: Uint8Array,
    by: Pick<Primitives, 'aead' | 'hkdf'> = primitives,
  ): Promise<ChunkCipher> {
    if (sessionKey.length !== 32 || salt.length !== 32)
      throw new RangeError('session key and salt have 32 octets each');
    const derived = await by.hkdf(sessionKey, salt, chunkData, keyBytes + ivBytes);
    return new ChunkCipher(await by.aead(derived.subarray(0, keyBytes)), derived.subarray(keyBytes));
  }

  /** Chunk `index` with its tag; written to `into`, where that is given. */
  encrypt(index: number, plain: Uint8Array, into?: Uint8Array): Soon<Uint8Array> {
    return this.aead.seal(this.#nonce(index), chunkData, plain, into);
  }

  /** Plaintext of chunk `index`. Throws ContainerError `authentication`. */
  decrypt(index: number, sealed: Uint8Array): Soon<Uint8Array> {
    return this.#open(index, chunkData, sealed);
  }

  /** The tag after the last chunk: it covers how many chunks and octets there are. */
  finalTag(chunkCount: number, innerBytes: number): Soon<Uint8Array> {
    return this.aead.seal(this.#nonce(chunkCount), finalData(innerBytes), new Uint8Array());
  }

  /** Throws ContainerError `authentication` where `tag` is not the final tag. */
  async verifyFinalTag(chunkCount: number, innerBytes: number, tag: Uint8Array): Promise<void> {
    await this.#open(chunkCount, finalData(innerBytes), tag);
  }

  #open(index: number, data: Uint8Array, sealed: Uint8Array): Soon<Uint8Array> {
    const refuse = (): never => {
      throw new ContainerError('authentication');
    };
    try {
      const opened = this.aead.open(this.#nonce(index), data, sealed);
      return opened instanceof Promise ? opened.catch(refuse) : opened;
    } catch {
      return refuse();
    }
  }

  #nonce(index: number): Uint8Array {
    const nonce = new Uint8Array(nonceBytes);
    nonce.set(this.iv);
    putUint64(nonce, ivBytes, index);
    return nonce;
  }
}

function finalData(innerBytes: number): Uint8Array {
  const data = new Uint8Array(chunkData.length + 8);
  data.set(chunkData);
  putUint64(data, chunkData.length, innerBytes);
  return data;
}

/** An unsigned 64-bit number, big-endian. */
function putUint64(octets: Uint8Array, at: number, value: number): void {
  new DataView(octets.buffer).setBigUint64(at, BigInt(value));
}
