/** Signs octets as a record: what protocol/src/records/signature-packet.ts reads. */
import { digest, ownSignature, printHashedFields, printSignaturePacket, signedPieces } from '@aerie/protocol';
import type { Sign } from './primitives.port.js';

export async function signOctets(
  bytes: Uint8Array,
  sign: Sign,
  fields: Parameters<typeof printHashedFields>[0],
): Promise<Uint8Array> {
  const hashed = printHashedFields(fields);
  const salt = crypto.getRandomValues(new Uint8Array(ownSignature.saltBytes));
  // Ed25519 signs the digest (RFC 9580, 5.2.3).
  const digested = await digest(ownSignature.algorithm, signedPieces({ salt, hashed }, bytes));
  return printSignaturePacket({ hashed, salt, digest: digested, signature: await sign(digested) });
}
