import type { ReadRange } from './bounded-reader.js';
import { fourLetters, viewOf } from './metadata-blocks.js';

/** An honest file has a few dozen at each level. */
const boxesMax = 512;

export interface IsoBox {
  readonly kind: string;
  /** Where its content starts and ends in the file. */
  readonly start: number;
  readonly end: number;
}

/** The boxes between two places of an ISO base media file (ISO/IEC 14496-12, 4.2), without looking into them. */
export async function* isoBoxes(read: ReadRange, start: number, end: number): AsyncGenerator<IsoBox> {
  let at = start;
  for (let i = 0; i < boxesMax && at + 8 <= end; i++) {
    const head = Uint8Array.from(await read(at, at + 8));
    const short = viewOf(head).getUint32(0);
    const isLong = short === 1;
    // 0: up to the end; 1: the length follows in 64 bits.
    const bytes = short === 0 ? end - at : isLong ? Number(viewOf(await read(at + 8, at + 16)).getBigUint64(0)) : short;
    const headBytes = isLong ? 16 : 8;
    if (bytes < headBytes || at + bytes > end) return;
    yield { kind: fourLetters(head, 4), start: at + headBytes, end: at + bytes };
    at += bytes;
  }
}

/** The first box of that kind between two places. */
export async function isoBox(read: ReadRange, start: number, end: number, kind: string): Promise<IsoBox | undefined> {
  for await (const found of isoBoxes(read, start, end)) if (found.kind === kind) return found;
  return undefined;
}

/** Reads a whole box of at most that many octets. @throws RangeError for a larger one */
export async function boxContent(read: ReadRange, { start, end }: IsoBox, bytesMax: number): Promise<Uint8Array> {
  if (end - start > bytesMax) throw new RangeError('a box is larger than any honest one');
  return Uint8Array.from(await read(start, end));
}
