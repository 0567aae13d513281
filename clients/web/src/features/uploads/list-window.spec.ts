import { listWindow } from './list-window.js';

const at = (rows: number, scrollPx: number) => listWindow(rows, { rowPx: 50, scrollPx, viewPx: 400 });

describe('The rows of a long list that are drawn', () => {
  it.each([
    ['all of a short list', at(5, 0), { start: 0, end: 5 }],
    ['none of an empty list', at(0, 0), { start: 0, end: 0 }],
    ['the first ones, with some to spare', at(20_000, 0), { start: 0, end: 16 }],
    ['some above and below in the middle', at(20_000, 500_000), { start: 9_992, end: 10_016 }],
    ['the last ones at the end', at(20_000, 20_000 * 50 - 400), { start: 19_984, end: 20_000 }],
    ['the end of a list that became shorter', at(10, 500_000), { start: 2, end: 10 }],
    ['the first ones while a touch pulls beyond the top', at(20_000, -80), { start: 0, end: 16 }],
  ])('are %s', (_, drawn, expected) => {
    expect(drawn).toEqual(expected);
  });

  it('cover whatever can be seen, wherever it is', () => {
    for (let scrollPx = 0; scrollPx <= 100 * 50 - 400; scrollPx += 37) {
      const { start, end } = at(100, scrollPx);
      expect(start * 50).toBeLessThanOrEqual(scrollPx);
      expect(end * 50).toBeGreaterThanOrEqual(scrollPx + 400);
      expect(end - start).toBeLessThan(30);
    }
  });
});
