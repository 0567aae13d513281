import { fitIn, fitted, moved, percentOf, zoomed } from './pan-zoom.js';

const window = { width: 1000, height: 600 };
const fit = { width: 800, height: 600 };

describe('Panning and zooming', () => {
  it('keeps what is under the point there', () => {
    const point = { x: 100, y: -50 };
    const view = zoomed(fitted, 4, point, fit, window);
    // The place in the picture, counted from its middle at scale 1.
    expect((point.x - view.x) / view.scale).toBeCloseTo(100);
    expect((point.y - view.y) / view.scale).toBeCloseTo(-50);
  });

  it('never shows less than the whole, nor goes beyond its edges', () => {
    expect(zoomed(fitted, 0.1, { x: 300, y: 300 }, fit, window)).toEqual(fitted);
    expect(moved(fitted, 500, 500, fit, window)).toEqual(fitted);
    const view = moved(zoomed(fitted, 2, { x: 0, y: 0 }, fit, window), 9999, -9999, fit, window);
    expect(view).toEqual({ scale: 2, x: 300, y: -300 });
    expect(zoomed(view, 0.5, { x: 0, y: 0 }, fit, window)).toEqual(fitted);
  });

  it('fits a picture in, and leaves a small one as it is', () => {
    expect(fitIn({ width: 4000, height: 3000 }, window)).toEqual({ width: 800, height: 600 });
    expect(fitIn({ width: 300, height: 200 }, window)).toEqual({ width: 300, height: 200 });
    expect(fitIn({ width: 0, height: 200 }, window)).toEqual({ width: 0, height: 0 });
  });

  it('says how many screen pixels a pixel of the picture has, whatever the window', () => {
    expect(percentOf(800, 4000, 1)).toBe(20);
    expect(percentOf(4000, 4000, 1)).toBe(100);
    expect(percentOf(2000, 4000, 2)).toBe(100);
    expect(percentOf(0, 0, 1)).toBe(0);
  });
});
