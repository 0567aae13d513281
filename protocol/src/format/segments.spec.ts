import { createHash } from 'node:crypto';
import { merkleRoot, segmentDigest } from './segments.js';

const sha256 = (...parts: Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** RFC 6962, section 2.1, as it is written: split at the largest power of two below n. */
function treeHash(leaves: Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0]!);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

describe('the Merkle root of segment digests', () => {
  it('is the RFC 6962 tree hash for every count up to 70', async () => {
    const digests = Array.from({ length: 70 }, (_, i) => new Uint8Array(sha256(Uint8Array.of(i))));
    for (let count = 0; count <= digests.length; count++) {
      const root = await merkleRoot(digests.slice(0, count));
      expect(Buffer.from(root).toString('hex')).toBe(treeHash(digests.slice(0, count)).toString('hex'));
    }
  });

  it('changes with the order of the digests', async () => {
    const [a, b] = [await segmentDigest(Uint8Array.of(1)), await segmentDigest(Uint8Array.of(2))];
    expect(await merkleRoot([a, b])).not.toEqual(await merkleRoot([b, a]));
  });
});
