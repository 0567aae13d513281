/**
 * What is computed without a secret: digests, and the check of an Ed25519 signature. Two implementations: `node.ts` on
 * Node's own crypto, which answers at once, and `web.ts` on WebCrypto, which answers with promises. Callers await either.
 * package.json chooses by its `imports`, when a program is loaded or bundled; nothing chooses later.
 */
export interface PublicPrimitives {
  /** The digest of the pieces as if they were one. */
  digest(algorithm: DigestAlgorithm, pieces: readonly Uint8Array[]): Soon<Uint8Array>;
  /** @param publicKey 32 octets @throws Error where they are no key */
  verifier(publicKey: Uint8Array): Soon<Ed25519Verifier>;
}

/** At once, or soon. */
export type Soon<T> = T | Promise<T>;

export type DigestAlgorithm = 'SHA-256' | 'SHA-384' | 'SHA-512';

/**
 * Ed25519 as RFC 8032 has it, without pre-hash. False for every signature that does not hold, whatever its length.
 * @param beside whether another thread may do it, where there is one: longer for one, and shorter for many at once
 */
export type Ed25519Verifier = (message: Uint8Array, signature: Uint8Array, beside?: boolean) => Soon<boolean>;
