import { createHash } from 'node:crypto';
import { merkleRoot, segmentBytes, toBase64 } from '@aerie/protocol';

/** SHA-256 of each segment of a stream of octets, computed as they pass. */
export class SegmentHasher {
  private readonly digests: Buffer[] = [];
  private current = createHash('sha256');
  private filled = 0;
  /** Octets seen so far. */
  bytes = 0;

  update(octets: Uint8Array): void {
    this.bytes += octets.length;
    for (let at = 0; at < octets.length;) {
      const take = Math.min(octets.length - at, segmentBytes - this.filled);
      this.current.update(octets.subarray(at, at + take));
      at += take;
      this.filled += take;
      if (this.filled === segmentBytes) this.closeSegment();
    }
  }

  /** All digests, 32 octets each. The hasher is used up. */
  finish(): Buffer {
    if (this.filled > 0) this.closeSegment();
    return Buffer.concat(this.digests);
  }

  private closeSegment(): void {
    this.digests.push(this.current.digest());
    this.current = createHash('sha256');
    this.filled = 0;
  }
}

export const segmentDigestsOf = (octets: Uint8Array): Buffer => {
  const hasher = new SegmentHasher();
  hasher.update(octets);
  return hasher.finish();
};

/** The Merkle root over the digests of all segments, 32 octets each: what a signed record states of a blob, in base64. */
export async function rootOf(digests: Buffer): Promise<string> {
  const leaves = Array.from({ length: digests.length / 32 }, (_, index) =>
    Uint8Array.from(digests.subarray(32 * index, 32 * index + 32)),
  );
  return toBase64(await merkleRoot(leaves));
}
