/**
 * Where everything stands in a grid of equal squares under day headers. Only days are summed up, in pixels: a place in a
 * day is arithmetic, so a timeline of any length is laid out in no time, and nothing of it has to be in the document.
 */
import { lowerBound } from './days.js';

export interface Geometry {
  readonly widthPx: number;
  /** Squares are at least this wide, and share what is left. */
  readonly cellPxMin: number;
  readonly gapPx: number;
  readonly headerPx: number;
}

/** A strip of the grid: the header of a day, or one row of its cells. */
export interface Strip {
  /** Among those of its day. */
  readonly key: string;
  readonly kind: 'header' | 'cells';
  /** From the top of the grid. */
  readonly topPx: number;
  /** Place in the list of days. */
  readonly day: number;
  /** Place of its first cell, and how many there are; of a header, those of its day. */
  readonly first: number;
  readonly count: number;
}

export class Layout {
  readonly columns: number;
  readonly cellPx: number;
  readonly heightPx: number;
  /** Of each day: its top in pixels, and the place of its first cell; both with the end after the last. */
  readonly #tops: Float64Array;
  readonly #firsts: Uint32Array;

  /** @param counts cells of each day, from the top */
  constructor(
    counts: readonly number[],
    readonly geometry: Geometry,
  ) {
    const { widthPx, cellPxMin, gapPx, headerPx } = geometry;
    this.columns = Math.max(1, Math.floor((widthPx + gapPx) / (cellPxMin + gapPx)));
    this.cellPx = Math.max(1, Math.floor((widthPx + gapPx) / this.columns - gapPx));
    this.#tops = new Float64Array(counts.length + 1);
    this.#firsts = new Uint32Array(counts.length + 1);
    for (const [i, count] of counts.entries()) {
      const rows = Math.ceil(count / this.columns);
      this.#tops[i + 1] = this.#tops[i]! + headerPx + rows * this.rowPx;
      this.#firsts[i + 1] = this.#firsts[i]! + count;
    }
    this.heightPx = this.#tops[counts.length]!;
  }

  get rowPx(): number {
    return this.cellPx + this.geometry.gapPx;
  }

  get days(): number {
    return this.#tops.length - 1;
  }

  get count(): number {
    return this.#firsts[this.days]!;
  }

  topOfDay(day: number): number {
    return this.#tops[day]!;
  }

  /** The day that is shown at that height. */
  dayAt(px: number): number {
    return Math.max(
      0,
      lowerBound(this.days, (i) => this.#tops[i + 1]! > px),
    );
  }

  /** Of the row that the cell is in. */
  topOf(index: number): number {
    const day = this.#dayOf(index);
    const row = Math.floor((index - this.#firsts[day]!) / this.columns);
    return this.#tops[day]! + this.geometry.headerPx + row * this.rowPx;
  }

  /** The strips that reach into the window, from the top. */
  strips(startPx: number, endPx: number): Strip[] {
    const strips: Strip[] = [];
    for (let day = this.dayAt(startPx); day < this.days && this.#tops[day]! < endPx; day++) {
      const [top, first, end] = [this.#tops[day]!, this.#firsts[day]!, this.#firsts[day + 1]!];
      const rowsTop = top + this.geometry.headerPx;
      if (rowsTop > startPx) strips.push({ key: 'header', kind: 'header', topPx: top, day, first, count: end - first });
      const rows = Math.ceil((end - first) / this.columns);
      const from = Math.max(0, Math.floor((startPx - rowsTop) / this.rowPx));
      const to = Math.min(rows, Math.ceil((endPx - rowsTop) / this.rowPx));
      for (let row = from; row < to; row++) {
        const at = first + row * this.columns;
        const count = Math.min(this.columns, end - at);
        strips.push({ key: `${row}`, kind: 'cells', topPx: rowsTop + row * this.rowPx, day, first: at, count });
      }
    }
    return strips;
  }

  /** The cell that an arrow leads to; from the first row of a day upwards to the day above it, in the same column. */
  neighbor(index: number, direction: 'left' | 'right' | 'up' | 'down'): number {
    if (direction === 'left') return Math.max(0, index - 1);
    if (direction === 'right') return Math.min(this.count - 1, index + 1);
    const day = this.#dayOf(index);
    const [first, end] = [this.#firsts[day]!, this.#firsts[day + 1]!];
    const column = (index - first) % this.columns;
    if (direction === 'down') {
      const isLastRow = Math.floor((index - first) / this.columns) === Math.floor((end - 1 - first) / this.columns);
      if (!isLastRow) return Math.min(end - 1, index + this.columns);
      return day + 1 < this.days ? Math.min(end + column, this.#firsts[day + 2]! - 1) : index;
    }
    if (index - this.columns >= first) return index - this.columns;
    if (day === 0) return index;
    const above = this.#firsts[day - 1]!;
    const lastRow = above + Math.floor((first - 1 - above) / this.columns) * this.columns;
    return Math.min(first - 1, lastRow + column);
  }

  #dayOf(index: number): number {
    return Math.max(
      0,
      lowerBound(this.days, (i) => this.#firsts[i + 1]! > index),
    );
  }
}
