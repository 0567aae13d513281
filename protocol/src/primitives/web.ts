import { concatBytes } from '../bytes.js';
import type { DigestAlgorithm, Ed25519Verifier, PublicPrimitives } from './primitives.port.js';

async function digest(algorithm: DigestAlgorithm, pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  const whole = pieces.length === 1 ? pieces[0]! : concatBytes(pieces);
  return new Uint8Array(await globalThis.crypto.subtle.digest(algorithm, whole as BufferSource));
}

async function verifier(publicKey: Uint8Array): Promise<Ed25519Verifier> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', publicKey as BufferSource, 'Ed25519', false, ['verify']);
  return (message, signature) => subtle.verify('Ed25519', key, signature as BufferSource, message as BufferSource);
}

/** On WebCrypto. */
export const publicPrimitives: PublicPrimitives = { digest, verifier };
