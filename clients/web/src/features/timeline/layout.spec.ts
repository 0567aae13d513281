import { Layout, type Geometry } from './layout.js';

const geometry: Geometry = { widthPx: 420, cellPxMin: 100, gapPx: 5, headerPx: 40 };

describe('The layout of a timeline', () => {
  it('shares the width among as many squares as fit', () => {
    const layout = new Layout([10], geometry);
    expect([layout.columns, layout.cellPx, layout.rowPx]).toEqual([4, 101, 106]);
    expect(new Layout([10], { ...geometry, widthPx: 30 }).columns).toBe(1);
  });

  it('puts a header over each day and its cells below, row by row', () => {
    const layout = new Layout([5, 1], geometry);
    expect(layout.heightPx).toBe(40 + 2 * 106 + 40 + 106);
    expect([0, 3, 4, 5].map((index) => layout.topOf(index))).toEqual([40, 40, 146, 292]);
    expect(
      layout.strips(0, layout.heightPx).map(({ kind, topPx, day, first, count }) => [kind, topPx, day, first, count]),
    ).toEqual([
      ['header', 0, 0, 0, 5],
      ['cells', 40, 0, 0, 4],
      ['cells', 146, 0, 4, 1],
      ['header', 252, 1, 5, 1],
      ['cells', 292, 1, 5, 1],
    ]);
  });

  it('gives only the strips that reach into the window', () => {
    const layout = new Layout([5, 1], geometry);
    expect(layout.strips(146, 252).map(({ first }) => first)).toEqual([4]);
    expect(layout.strips(145, 253).map(({ kind, first }) => [kind, first])).toEqual([
      ['cells', 0],
      ['cells', 4],
      ['header', 5],
    ]);
    expect(layout.strips(-500, 0)).toEqual([]);
    expect(layout.strips(10_000, 20_000)).toEqual([]);
    expect(new Layout([], geometry).strips(0, 1000)).toEqual([]);
  });

  it('tells which day is at a height', () => {
    const layout = new Layout([5, 1], geometry);
    expect([0, 251, 252, 99_999].map((px) => layout.dayAt(px))).toEqual([0, 0, 1, 2]);
  });

  it('walks between days in the same column', () => {
    const layout = new Layout([6, 2, 5], geometry);
    expect(layout.neighbor(1, 'down')).toBe(5);
    expect(layout.neighbor(3, 'down')).toBe(5);
    expect(layout.neighbor(5, 'down')).toBe(7);
    expect(layout.neighbor(7, 'up')).toBe(5);
    expect(layout.neighbor(11, 'up')).toBe(7);
    expect(layout.neighbor(12, 'up')).toBe(8);
    expect([layout.neighbor(0, 'up'), layout.neighbor(0, 'left')]).toEqual([0, 0]);
    expect([layout.neighbor(12, 'down'), layout.neighbor(12, 'right')]).toEqual([12, 12]);
  });

  it('lays 20,000 days out as fast as ten times 2,000, and finds a window in them as fast as in 200', () => {
    const layoutOf = (days: number) => new Layout(new Array<number>(days).fill(5), geometry);
    const large = layoutOf(20_000);
    expect(large.count).toBe(100_000);
    const tenths = () => Array.from({ length: 10 }, () => layoutOf(2_000));
    expect(ratioOf(() => layoutOf(20_000), tenths)).toBeLessThan(4);
    const windows = (layout: Layout) => () => {
      for (let i = 0; i < 1000; i++) layout.strips((layout.heightPx * i) / 1000, (layout.heightPx * i) / 1000 + 2000);
    };
    // Looking at every day would make it a hundred.
    expect(ratioOf(windows(large), windows(layoutOf(200)))).toBeLessThan(10);
  });
});

/**
 * Processor time of the quickest run of each, in turns: what another program takes is not counted, and a compiler or
 * collector that comes in between slows a run of either, never all of one.
 */
function ratioOf(one: () => unknown, other: () => unknown): number {
  let [quickest, quickestOther] = [Infinity, Infinity];
  for (let run = 0; run < 40; run++) {
    quickest = Math.min(quickest, microsecondsOf(one));
    quickestOther = Math.min(quickestOther, microsecondsOf(other));
  }
  return quickest / quickestOther;
}

function microsecondsOf(work: () => unknown): number {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return Math.max(1, user + system);
}
