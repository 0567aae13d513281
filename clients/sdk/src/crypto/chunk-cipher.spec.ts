import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { properties } from '../../../../test/support/properties.js';
import { primitives as browser } from '../platform/browser/primitives.js';
import { primitives as native } from '../platform/node/primitives.js';
import { ChunkCipher } from './chunk-cipher.js';

const octets32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const reasonOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
    return 'opened';
  } catch (error) {
    return (error as { reason?: string }).reason;
  }
};

describe('A chunk', () => {
  it('is sealed to the same octets on Node and in a browser, in new memory or in given, and opens in both', async () => {
    const indexes = fc.oneof(fc.nat(10), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 40));
    await fc.assert(
      fc.asyncProperty(
        octets32,
        octets32,
        indexes,
        fc.uint8Array({ maxLength: 5000 }),
        async (key, salt, index, plain) => {
          const [here, there] = [
            await ChunkCipher.derive(key, salt, native),
            await ChunkCipher.derive(key, salt, browser),
          ];
          const sealed = await here.encrypt(index, plain);
          for (const cipher of [here, there]) {
            const into = new Uint8Array(plain.length + 40).fill(7);
            await cipher.encrypt(index, plain, into.subarray(8, -16));
            expect(hex(into)).toBe('07'.repeat(8) + hex(sealed) + '07'.repeat(16));
            expect(hex(await cipher.encrypt(index, plain))).toBe(hex(sealed));
            expect(hex(await cipher.decrypt(index, sealed))).toBe(hex(plain));
            expect(await reasonOf(() => cipher.decrypt(index + 1, sealed))).toBe('authentication');
          }
          const tag = await here.finalTag(index, plain.length);
          expect(hex(await there.finalTag(index, plain.length))).toBe(hex(tag));
          for (const cipher of [here, there]) {
            await cipher.verifyFinalTag(index, plain.length, tag);
            expect(await reasonOf(() => cipher.verifyFinalTag(index, plain.length + 1, tag))).toBe('authentication');
          }
        },
      ),
      { numRuns: properties },
    );
  });

  it.each([
    ['on Node', native],
    ['in a browser', browser],
  ])('is refused %s with any one bit of it flipped, and cut short', async (_, primitives) => {
    const cipher = await ChunkCipher.derive(new Uint8Array(32), new Uint8Array(32), primitives);
    const sealed = await cipher.encrypt(3, new Uint8Array(50));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = Uint8Array.from(sealed);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(await reasonOf(() => cipher.decrypt(3, altered))).toBe('authentication');
    }
    for (let bytes = 0; bytes < sealed.length; bytes++)
      expect(await reasonOf(() => cipher.decrypt(3, sealed.subarray(0, bytes)))).toBe('authentication');
  });
});
