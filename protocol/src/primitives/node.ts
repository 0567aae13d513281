import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { DigestAlgorithm, Ed25519Verifier, PublicPrimitives } from './primitives.port.js';

const names: Record<DigestAlgorithm, string> = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };

function digest(algorithm: DigestAlgorithm, pieces: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(names[algorithm]);
  for (const piece of pieces) hash.update(piece);
  // Plain octets: a Buffer does some things otherwise, such as a `slice` that copies nothing.
  return new Uint8Array(hash.digest());
}

/** By way of a JWK: as DER, reading the key takes eight times as long. */
function verifier(publicKey: Uint8Array): Ed25519Verifier {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return (message, signature, beside = false) =>
    beside ? verifyBeside(key, message, signature) : verify(null, message, key, signature);
}

/** On the threads that wait for files and the like: four, unless UV_THREADPOOL_SIZE says otherwise. */
const verifyBeside = (key: KeyObject, message: Uint8Array, signature: Uint8Array): Promise<boolean> =>
  new Promise((resolve, reject) =>
    verify(null, message, key, signature, (error, holds) => (error ? reject(error) : resolve(holds))),
  );

/** On Node's own crypto. */
export const publicPrimitives: PublicPrimitives = { digest, verifier };
