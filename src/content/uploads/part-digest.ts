import { createHash } from 'node:crypto';

/** SHA-256 of a part. A part of one segment is its segment, so the digest is there already. */
export const partDigestOf = (octets: Uint8Array, segmentDigests: Buffer): Buffer =>
  segmentDigests.length === 32 ? segmentDigests : createHash('sha256').update(octets).digest();
