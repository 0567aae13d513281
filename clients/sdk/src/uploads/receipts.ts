import { verifyReceipt, type Receipt, type ReceiptKey } from '@aerie/protocol';
import { TrustError } from '../errors.js';

/** What a receipt must be for. */
export interface Committed {
  readonly mediaId: string;
  readonly projectId: string;
  /** SHA-256 of the manifest, base64; a receipt for any of these will do. */
  readonly manifestDigests: readonly string[];
  /** Octets of ciphertext; null where it is not known any more. */
  readonly sealedBytes: number | null;
  /** Entries of the membership chain that the manifest was signed after; a receipt for fewer, nobody would believe. Null as above. */
  readonly membership: number | null;
}

/** @returns what it states. @throws TrustError `trust.receipt` unless it is the server's word for exactly this */
export async function requireReceipt(note: string, key: ReceiptKey, expected: Committed): Promise<Receipt> {
  const receipt = await verifyReceipt(note, key).catch((error: unknown) => {
    throw new TrustError('trust.receipt', (error as Error).message, { cause: error });
  });
  const isThat =
    receipt.mediaId === expected.mediaId &&
    receipt.projectId === expected.projectId &&
    expected.manifestDigests.includes(receipt.manifest) &&
    (expected.sealedBytes === null || receipt.bytes === expected.sealedBytes) &&
    receipt.membership >= (expected.membership ?? 1);
  if (!isThat) throw new TrustError('trust.receipt', 'The receipt is for something else than what was sent');
  return receipt;
}
