import { z } from 'zod';
import { base64 } from '../ids.js';
import { certificateBytesMax, recordBytesMax, signatureBytesMax } from '../limits.js';
import { fromBase64, toBase64 } from '../bytes.js';
import type { SignedBytes } from '../records/verify.js';

/** A signed record on the wire: exact octets and detached signature, both in base64. */
export const SignedRecord = z.object({ bytes: base64(recordBytesMax), signature: base64(signatureBytesMax) });
export type SignedRecord = z.infer<typeof SignedRecord>;

export const CertificateBytes = base64(certificateBytesMax);

export const signedFromWire = (wire: SignedRecord): SignedBytes => ({
  bytes: fromBase64(wire.bytes),
  signature: fromBase64(wire.signature),
});
export const signedToWire = (signed: SignedBytes): SignedRecord => ({
  bytes: toBase64(signed.bytes),
  signature: toBase64(signed.signature),
});
