import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { properties } from '../../test/support/properties.js';
import { equalBytes } from './bytes.js';

describe('Two rows of octets', () => {
  it('are equal where every octet is, and only there, wherever in memory they stand', () => {
    const offsets = fc.tuple(fc.nat(9), fc.nat(9));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), offsets, fc.nat(255), (octets, [left, right], other) => {
        const [a, b] = [left, right].map((offset) => {
          // What stands around them differs, and does not count.
          const memory = new Uint8Array(octets.length + 20).fill(offset);
          memory.set(octets, offset);
          return memory.subarray(offset, offset + octets.length);
        }) as [Uint8Array, Uint8Array];
        expect(equalBytes(a, b)).toBe(true);
        expect(equalBytes(a, b.subarray(1))).toBe(octets.length === 0);
        for (let at = 0; at < octets.length; at++) {
          b[at] = other;
          expect(equalBytes(a, b)).toBe(other === octets[at]);
          b[at] = octets[at]!;
        }
      }),
      { numRuns: properties },
    );
  });
});
