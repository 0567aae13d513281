/** Segment digests and the Merkle root over them: what a manifest says about the octets of a sealed object. */
import { concatBytes } from '../bytes.js';
import { sha256 } from '../digest.js';
import { segmentBytes } from '../limits.js';

/** SHA-256 of the octets of one segment: 32 octets. */
export const segmentDigest = (segment: Uint8Array): Promise<Uint8Array> => sha256(segment);

/** How many segments an object of that many octets has; they tile it from offset 0 and the last may be shorter. */
export const segmentCountFor = (objectBytes: number): number => Math.ceil(objectBytes / segmentBytes);

/** The object octets of segment `index`: from `start` up to, not including, `end`. */
export const segmentRange = (index: number, objectBytes: number): { start: number; end: number } => ({
  start: index * segmentBytes,
  end: Math.min((index + 1) * segmentBytes, objectBytes),
});

/**
 * Merkle tree hash (RFC 6962, section 2.1) whose leaf inputs are the 32-octet segment digests, in order:
 * leaf = SHA-256(00 || digest), node = SHA-256(01 || left || right). Without any digest it is SHA-256 of nothing.
 */
export async function merkleRoot(digests: readonly Uint8Array[]): Promise<Uint8Array> {
  if (digests.length === 0) return sha256(new Uint8Array());
  let level = await Promise.all(digests.map((digest) => hashNode(0, digest)));
  // Pairing from the left and carrying an odd node up gives the same tree as the RFC's split at a power of two.
  while (level.length > 1)
    level = await Promise.all(pairs(level).map(([l, r]) => (r ? hashNode(1, l, r) : Promise.resolve(l))));
  return level[0]!;
}

const hashNode = (prefix: number, ...parts: Uint8Array[]): Promise<Uint8Array> =>
  sha256(concatBytes([Uint8Array.of(prefix), ...parts]));

function pairs(level: Uint8Array[]): [Uint8Array, Uint8Array | undefined][] {
  const result: [Uint8Array, Uint8Array | undefined][] = [];
  for (let i = 0; i < level.length; i += 2) result.push([level[i]!, level[i + 1]]);
  return result;
}
