import { Pace } from './pace.js';

/** Samples once a second. */
function paced(bytes: readonly number[]): Pace {
  const pace = new Pace();
  bytes.forEach((count, second) => pace.sample(count, second * 1000));
  return pace;
}

describe('The speed of an upload', () => {
  it('is unknown at first, and so is the time left', () => {
    expect(paced([0]).bytesPerSecond).toBe(0);
    expect(paced([0]).secondsFor(100)).toBeNull();
  });

  it('is what a steady flow has, and the time left follows from it', () => {
    const pace = paced(Array.from({ length: 30 }, (_, second) => second * 1_000_000));
    expect(pace.bytesPerSecond).toBeCloseTo(1_000_000, 0);
    expect(pace.secondsFor(60_000_000)).toBeCloseTo(60, 3);
  });

  it('moves a little with one burst and follows a lasting change', () => {
    const steady = Array.from({ length: 30 }, (_, second) => second * 1000);
    const burst = paced([...steady, 29_000 + 9_000]).bytesPerSecond;
    expect(burst).toBeGreaterThan(1000);
    expect(burst).toBeLessThan(2500);
    const faster = Array.from({ length: 40 }, (_, second) => 29_000 + (second + 1) * 9_000);
    expect(paced([...steady, ...faster]).bytesPerSecond).toBeGreaterThan(8_500);
  });

  it('counts a fall as standing still, and forgets all at a restart', () => {
    const pace = paced([0, 5_000, 1_000]);
    expect(pace.bytesPerSecond).toBeGreaterThan(0);
    expect(pace.bytesPerSecond).toBeLessThan(5_000);
    pace.restart();
    expect(pace.bytesPerSecond).toBe(0);
  });

  it('takes no sample that comes too soon after another', () => {
    const pace = new Pace();
    pace.sample(0, 0);
    pace.sample(1_000_000, 10);
    expect(pace.bytesPerSecond).toBe(0);
  });
});
