import { afterEach, describe, expect, it } from '@jest/globals';
import { deadline } from './deadline.js';

const { AERIE_SLOWNESS: measured } = process.env;

describe('A deadline', () => {
  afterEach(() => void (process.env.AERIE_SLOWNESS = measured));

  it('was measured for this run', () => {
    expect(Number(measured)).toBeGreaterThanOrEqual(1);
  });

  it('is twice what an idle machine needs, at least', () => {
    expect(deadline(1_000)).toBeGreaterThanOrEqual(2_000);
  });

  it('grows with the slowness of the machine, and has an end', () => {
    process.env.AERIE_SLOWNESS = '3';
    expect(deadline(1_000)).toBeGreaterThanOrEqual(6_000);
    process.env.AERIE_SLOWNESS = '1000';
    expect(deadline(1_000)).toBe(10_000);
  });

  it('holds for the limit a test gives itself', async () => {
    // Longer than the limit as it is written, and far shorter than it is.
    // eslint-disable-next-line no-restricted-syntax -- a limit can only be outlasted
    await new Promise((done) => setTimeout(done, 300));
  }, 250);
});
