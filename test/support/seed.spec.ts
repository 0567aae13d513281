import { describe, expect, it } from '@jest/globals';
import { shuffled } from './seed.js';

describe('What is drawn from a seed', () => {
  const members = Array.from({ length: 50 }, (_, i) => i);

  it('is the same each time, and every member once', () => {
    expect(shuffled(members, 7)).toEqual(shuffled(members, 7));
    expect(shuffled(members, 7).sort((a, b) => a - b)).toEqual(members);
  });

  it('is different for another seed', () => {
    expect(shuffled(members, 7)).not.toEqual(shuffled(members, 8));
    expect(shuffled(members, 7)).not.toEqual(members);
  });
});
