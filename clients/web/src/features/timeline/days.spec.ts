import type { Cell } from './cell.js';
import { Days } from './days.js';

const cell = (mediaId: string, at: string): Cell => ({
  mediaId,
  name: `${mediaId}.jpg`,
  folder: '',
  mime: 'image/jpeg',
  bytes: 1,
  atMs: Date.parse(`${at}Z`),
  atSource: 'capture',
  hasThumb: true,
  rendering: 'none',
});
const ids = (days: Days) => [...days.cells()].map(({ mediaId }) => mediaId).join('');

describe('The days of a timeline', () => {
  const all = [
    cell('a', '2024-05-01T09:00:00'),
    cell('b', '2024-05-01T23:59:59'),
    cell('c', '2024-05-02T00:00:00'),
    cell('d', '2023-01-01T12:00:00'),
    cell('e', '2024-05-01T09:00:00'),
  ];

  it('are newest first, and so is what is in them, in whatever order it came', () => {
    expect(ids(Days.of(all))).toBe('cbaed');
    expect(ids(Days.of([...all].reverse()))).toBe('cbaed');
    const late = Days.of([all[3]!, all[0]!]);
    late.insert([all[4]!, all[2]!]);
    late.insert([all[1]!]);
    expect(ids(late)).toBe('cbaed');
    expect(late.list.map(({ cells, first }) => [cells.length, first])).toEqual([
      [1, 0],
      [3, 1],
      [1, 4],
    ]);
  });

  it('find every media by its place, and its place by its id', () => {
    const days = Days.of(all);
    for (let index = 0; index < all.length; index++) expect(days.indexOf(days.at(index)!.mediaId)).toBe(index);
    expect(days.indexOf('nobody')).toBe(-1);
    expect([days.at(-1), days.at(5)]).toEqual([undefined, undefined]);
    expect([...days.cells(1, 4)].map(({ mediaId }) => mediaId)).toEqual(['b', 'a', 'e']);
  });

  it('hold a media once, and renew it in its place', () => {
    const days = Days.of(all);
    days.insert([{ ...all[0]!, hasThumb: false }]);
    expect(ids(days)).toBe('cbaed');
    expect([days.get('a')?.hasThumb, days.at(2)?.hasThumb, days.count]).toEqual([false, false, 5]);
  });

  it('hold a media once where a newer one of the same day comes before it', () => {
    const days = Days.of([all[0]!]);
    days.insert([all[1]!, { ...all[0]!, hasThumb: false }, { ...all[1]!, hasThumb: false }]);
    expect(ids(days)).toBe('ba');
    expect([...days.cells()].map(({ hasThumb }) => hasThumb)).toEqual([false, false]);
  });

  it('take 30,000 media in pages of 200 with a few looks at each, however many there are already', () => {
    let looks = 0;
    const counting = Object.defineProperty({}, 'atMs', {
      get(this: { at: number }) {
        looks++;
        return this.at;
      },
    });
    const many = Array.from({ length: 30_000 }, (_, i) => {
      const time = new Date(1.6e12 + ((i * 7919) % 30_000) * 14_400_000).toISOString().slice(0, 19);
      const { atMs: at, ...rest } = cell(String(i).padStart(6, '0'), time);
      return Object.assign(Object.create(counting) as Cell, rest, { at });
    });
    const days = new Days();
    for (let at = 0; at < many.length; at += 200) days.insert(many.slice(at, at + 200));
    // A day of six is sorted again for each that comes to it. Sorting all again for every page would be 150 at each.
    expect(looks / many.length).toBeLessThan(20);
    expect(days.count).toBe(30_000);
    const times = [...days.cells()].map(({ atMs }) => atMs);
    expect(times.every((at, i) => i === 0 || at <= times[i - 1]!)).toBe(true);
  });
});
