import { randomBytes } from 'node:crypto';
import { chunkBytes } from '@aerie/protocol';
import { BlobSealer, sealWhole, type PlainSource } from '../crypto/seal.js';
import { SpotCheck, requireOpens } from './sealed-check.js';

const flipped = (plain: Uint8Array, at: number): Uint8Array => {
  const other = Uint8Array.from(plain);
  other[at]! ^= 1;
  return other;
};
const sourceOf = (plain: Uint8Array): PlainSource => ({
  bytes: plain.length,
  read: async (start, end) => plain.subarray(start, end),
});

describe('What was just sealed whole', () => {
  const four = randomBytes(3 * chunkBytes + 1000);
  const only = randomBytes(1000);

  it.each<[string, Uint8Array, number]>([
    ['the first chunk', four, 0],
    ['a middle chunk', four, chunkBytes + 5],
    ['the last chunk', four, four.length - 1],
    ['the only chunk', only, 500],
    ['the only chunk, its first octet', only, 0],
    ['a file of one octet', Uint8Array.of(7), 0],
  ])('is refused where one bit of %s is another', async (_, plain, at) => {
    const { sealed, sessionKey } = await sealWhole(flipped(plain, at));
    await expect(requireOpens(sealed, sessionKey, plain)).rejects.toMatchObject({ reason: 'malformed' });
  });

  it.each([0, 1, chunkBytes, four.length])('is good where it opens to the very %d octets', async (bytes) => {
    const plain = four.subarray(0, bytes);
    const { sealed, sessionKey } = await sealWhole(plain);
    await requireOpens(sealed, sessionKey, plain);
  });
});

describe('A part that was just sealed', () => {
  /** Seals `plain`, then compares the part with `claimed`, looking at the chunk that `random` picks. */
  const check = async (plain: Uint8Array, claimed: Uint8Array, random: number, part = 0): Promise<void> => {
    const sealer = await BlobSealer.fresh(plain.length);
    const made = await sealer.sealPart(part, sourceOf(plain));
    const spot = await SpotCheck.of(sealer, sourceOf(claimed), () => random);
    await spot.check(part, made);
  };
  const four = randomBytes(3 * chunkBytes + 1000);
  const last = 0.999_999;

  it.each<[string, Uint8Array, number, number]>([
    ['the first', four, 0, 0],
    ['a middle', four, chunkBytes + 5, 0.3],
    ['the last', four, four.length - 1, last],
    ['the only', four.subarray(0, 1000), 999, 0],
    ['the second of two', four.subarray(0, chunkBytes + 9), chunkBytes + 8, last],
  ])('is refused where the chunk that is looked at, %s, has another bit', async (_, plain, at, random) => {
    await check(plain, plain, random);
    await expect(check(plain, flipped(plain, at), random)).rejects.toMatchObject({ reason: 'malformed' });
  });

  it('is looked at in every part that holds octets of the file, also in the last', async () => {
    const plain = randomBytes(40 * chunkBytes);
    for (const part of [0, 1])
      await expect(
        check(
          plain,
          plain.map((octet) => octet ^ 1),
          last,
          part,
        ),
      ).rejects.toMatchObject({ reason: 'malformed' });
  });
});
