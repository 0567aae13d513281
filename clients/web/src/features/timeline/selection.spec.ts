import type { Cell } from './cell.js';
import { Days } from './days.js';
import { Selection } from './selection.js';

const days = Days.of(
  'abcdefgh'.split('').map((mediaId, i): Cell => ({
    mediaId,
    name: mediaId,
    folder: '',
    mime: null,
    bytes: 1,
    atMs: 1e12 - i * 10 * 3600 * 1000,
    atSource: 'capture',
    hasThumb: false,
    rendering: 'none',
  })),
);
const text = ({ ids }: Selection) => [...ids].sort().join('');

describe('A selection', () => {
  it('takes media one by one, and lets them go', () => {
    const two = new Selection().toggle('c').toggle('a');
    expect(text(two)).toBe('ac');
    expect(text(two.toggle('c'))).toBe('a');
  });

  it('takes a range in either direction from where it began, across days', () => {
    expect(text(new Selection().toggle('c').extend(days, 'f'))).toBe('cdef');
    expect(text(new Selection().toggle('f').extend(days, 'b'))).toBe('bcdef');
    expect(text(new Selection().toggle('c').extend(days, 'e').extend(days, 'a'))).toBe('abcde');
  });

  it('takes one where no range has begun, or where its beginning is not shown', () => {
    expect(text(new Selection().extend(days, 'd'))).toBe('d');
    expect(text(new Selection().toggle('gone').extend(days, 'd'))).toBe('dgone');
  });

  it('takes all that is shown, and a day whole or not at all', () => {
    expect(text(new Selection().all(days))).toBe('abcdefgh');
    expect(text(new Selection().toggle('b').toggleAll(['a', 'b']))).toBe('ab');
    expect(text(new Selection().toggle('a').toggle('b').toggle('h').toggleAll(['a', 'b']))).toBe('h');
  });
});
