import { describe, expect, it } from '@jest/globals';
import { segmentBytes } from '@aerie/protocol';
import { answerMsMax } from './silence.js';

describe('How long an answer is waited for', () => {
  it('lets three parts through a link of 200 kbit/s at a time: begun again, they would never arrive', () => {
    const linkMs = (1000 * 3 * segmentBytes * 8) / 200_000;
    expect(answerMsMax(segmentBytes)).toBeGreaterThan(linkMs);
  });

  it('is minutes where there is nothing to send', () => {
    expect(answerMsMax(0)).toBeLessThanOrEqual(180_000);
  });
});
