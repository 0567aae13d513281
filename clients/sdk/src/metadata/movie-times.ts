import type { ReadRange } from './bounded-reader.js';
import { boxContent, isoBox, isoBoxes, type IsoBox } from './iso-boxes.js';
import { fourLetters, viewOf, type Metadata } from './metadata-blocks.js';

const secondsFrom1904To1970 = 2_082_844_800;
/** The last second of the year 9999, beyond which ISO 8601 has more than four digits. */
const secondsMax = 253_402_300_799;
const tableBytesMax = 16 * 1024;
const creationDateKey = 'com.apple.quicktime.creationdate';

/** Creation times of an MP4 or QuickTime file, out of its `moov` box wherever it stands. */
export async function readMovieTimes(read: ReadRange, bytes: number, found: Metadata): Promise<void> {
  const moov = await isoBox(read, 0, bytes, 'moov');
  if (!moov) return;
  for await (const inside of isoBoxes(read, moov.start, moov.end)) {
    if (inside.kind === 'mvhd') found.movie.header ??= await headerTime(read, inside);
    const meta = inside.kind === 'udta' ? await isoBox(read, inside.start, inside.end, 'meta') : inside;
    if (meta?.kind === 'meta') found.movie.creationDate ??= await creationDate(read, meta);
  }
}

/** Seconds since 1904 (ISO/IEC 14496-12, 8.2.2). Before 1970 there were no such files: the clock was not set. */
async function headerTime(read: ReadRange, { start }: IsoBox): Promise<string | undefined> {
  const head = viewOf(Uint8Array.from(await read(start, start + 12)));
  const since1904 = head.getUint8(0) === 1 ? Number(head.getBigUint64(4)) : head.getUint32(4);
  const seconds = since1904 - secondsFrom1904To1970;
  if (seconds <= 0 || seconds > secondsMax) return undefined;
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** `keys` numbers the keys from 1, `ilst` holds a box of that number for each (QuickTime File Format, "Metadata"). */
async function creationDate(read: ReadRange, meta: IsoBox): Promise<string | undefined> {
  // QuickTime's `meta` starts with its first box, that of ISO/IEC 14496-12 with version and flags.
  const first = fourLetters(Uint8Array.from(await read(meta.start, meta.start + 8)), 4);
  const start = first === 'hdlr' ? meta.start : meta.start + 4;
  const [keys, list] = [await isoBox(read, start, meta.end, 'keys'), await isoBox(read, start, meta.end, 'ilst')];
  if (!keys || !list) return undefined;
  let number = 0;
  let wanted: number | undefined;
  for await (const key of isoBoxes(read, keys.start + 8, keys.end)) {
    number += 1;
    const name = new TextDecoder().decode(await boxContent(read, key, tableBytesMax));
    if (name === creationDateKey) wanted = number;
  }
  for await (const item of isoBoxes(read, list.start, list.end)) {
    const itemNumber = viewOf(Uint8Array.from(await read(item.start - 4, item.start))).getUint32(0);
    const data = itemNumber === wanted ? await isoBox(read, item.start, item.end, 'data') : undefined;
    // Type and language stand before the text.
    if (data) return new TextDecoder().decode((await boxContent(read, data, tableBytesMax)).subarray(8));
  }
  return undefined;
}
