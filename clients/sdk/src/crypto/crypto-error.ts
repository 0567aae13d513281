/** A refusal of what was sealed, by the reason that a client acts on. */
export class CryptoError extends Error {
  override readonly name = 'CryptoError';
  constructor(
    readonly reason: 'passphrase' | 'weak_kdf' | 'costly_kdf' | 'not_for_us' | 'legacy' | 'commitment' | 'malformed',
    message: string,
  ) {
    super(message);
  }
}
