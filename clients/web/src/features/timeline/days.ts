/** Media in the order of the timeline: by day, and within it by time, newest first. Takes them in any order. */
import type { Cell } from './cell.js';

const dayMs = 24 * 60 * 60 * 1000;

export interface Day {
  /** Days since 1970, in local time. */
  readonly day: number;
  readonly cells: Cell[];
  /** Place of its first cell in the whole timeline. */
  first: number;
}

/** Newest first; the id settles ties, so that the order never depends on that of arrival. */
const byTime = (a: Cell, b: Cell): number => b.atMs - a.atMs || (a.mediaId < b.mediaId ? -1 : 1);

export class Days {
  readonly list: Day[] = [];
  readonly #byDay = new Map<number, Day>();
  readonly #byId = new Map<string, Cell>();

  static of(cells: Iterable<Cell>): Days {
    const days = new Days();
    days.insert(cells);
    return days;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** A media that is there already is renewed in its place: its pictures may have been made since. */
  insert(cells: Iterable<Cell>): void {
    const changed = new Set<Day>();
    const known: Cell[] = [];
    for (const cell of cells) {
      if (this.#byId.has(cell.mediaId)) {
        known.push(cell);
        continue;
      }
      this.#byId.set(cell.mediaId, cell);
      const day = this.#dayOf(Math.floor(cell.atMs / dayMs));
      day.cells.push(cell);
      changed.add(day);
    }
    for (const { cells: unsorted } of changed) unsorted.sort(byTime);
    this.list.sort((a, b) => b.day - a.day);
    let first = 0;
    for (const day of this.list) {
      day.first = first;
      first += day.cells.length;
    }
    // Only now is everything in its place again, and found there.
    for (const cell of known) this.#renew(cell);
  }

  get(mediaId: string): Cell | undefined {
    return this.#byId.get(mediaId);
  }

  at(index: number): Cell | undefined {
    const day = this.list[this.#dayAt(index)];
    return day?.cells[index - day.first];
  }

  /** -1 where it is not here. */
  indexOf(mediaId: string): number {
    const cell = this.#byId.get(mediaId);
    if (!cell) return -1;
    const day = this.#byDay.get(Math.floor(cell.atMs / dayMs))!;
    return day.first + lowerBound(day.cells.length, (i) => byTime(day.cells[i]!, cell) >= 0);
  }

  *cells(start = 0, end = this.count): Generator<Cell> {
    for (let at = this.#dayAt(start); at < this.list.length; at++) {
      const { first, cells } = this.list[at]!;
      if (first >= end) return;
      yield* cells.slice(Math.max(0, start - first), end - first);
    }
  }

  /** Its time is signed; one that changes it is another media, and is not believed before the next start. */
  #renew(cell: Cell): void {
    if (this.#byId.get(cell.mediaId)?.atMs !== cell.atMs) return;
    const index = this.indexOf(cell.mediaId);
    const day = this.list[this.#dayAt(index)]!;
    day.cells[index - day.first] = cell;
    this.#byId.set(cell.mediaId, cell);
  }

  #dayOf(number: number): Day {
    let day = this.#byDay.get(number);
    if (!day) {
      day = { day: number, cells: [], first: 0 };
      this.#byDay.set(number, day);
      this.list.push(day);
    }
    return day;
  }

  #dayAt(index: number): number {
    return lowerBound(this.list.length, (i) => this.list[i]!.first > index) - 1;
  }
}

/** The first of `count` places for which it holds, if it holds for all after it; `count` where for none. */
export function lowerBound(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
