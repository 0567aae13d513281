import { parseRange } from './stream.js';

describe('The range that a player asks for', () => {
  it.each([
    [null, { start: 0, last: null }],
    ['bytes=0-', { start: 0, last: null }],
    ['bytes=0-1', { start: 0, last: 1 }],
    ['bytes=100-199', { start: 100, last: 199 }],
    ['bytes=-500', { start: -500, last: null }],
  ])('is read from %j', (header, range) => {
    expect(parseRange(header)).toEqual(range);
  });

  it.each(['bytes=-', 'bytes=a-b', 'bytes=0-1,5-6', 'octets=0-1', ''])('is refused where it is %j', (header) => {
    expect(parseRange(header)).toBeNull();
  });
});
