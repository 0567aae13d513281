/**
 * Bytes that are safe to hand to the operator: OpenPGP ciphertext, or a slice of it. A plain `Uint8Array` does not
 * fit where `Sealed` is asked for, so plaintext cannot reach the network or the store by a slip of the pen.
 * Only the sealing code and the receiving edge of the server make one.
 */
declare const sealed: unique symbol;
export type Sealed = Uint8Array & { readonly [sealed]: true };

/** Marks bytes that the caller has just encrypted, or has just received as ciphertext. Checks nothing. */
export const asSealed = (bytes: Uint8Array): Sealed => bytes as Sealed;
