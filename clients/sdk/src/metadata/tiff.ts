import type { ReadRange } from './bounded-reader.js';

/** Octets of one value by TIFF field type (TIFF 6.0, section 2); type 13 is IFD (Adobe TIFF Technical Note 1). */
const typeBytes: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
};
/** A real directory has under 100 entries; raw files of some makers come near 200. */
const entriesMax = 512;

export interface TiffHeader {
  littleEndian: boolean;
  firstDirectory: number;
}

export interface TiffEntry {
  tag: number;
  type: number;
  count: number;
  /** Where the value stands in the file, and how many octets it has. */
  valueStart: number;
  valueBytes: number;
}

export interface TiffDirectory {
  entries: Map<number, TiffEntry>;
  /** Offset of the next directory, 0 for none. */
  next: number;
}

const view = (octets: Uint8Array) => new DataView(octets.buffer, octets.byteOffset, octets.byteLength);

/** Reads the TIFF header, or answers undefined where there is none. Also heads EXIF blocks, DNG, CR2, NEF, ARW. */
export async function readTiffHeader(read: ReadRange): Promise<TiffHeader | undefined> {
  const octets = view(await read(0, 8));
  const order = octets.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const littleEndian = order === 0x4949;
  if (octets.getUint16(2, littleEndian) !== 42) return undefined;
  return { littleEndian, firstDirectory: octets.getUint32(4, littleEndian) };
}

/** Reads one directory. Entries of unknown type or beyond any sense are left out. Throws RangeError (bounded-reader). */
export async function readTiffDirectory(read: ReadRange, start: number, littleEndian: boolean): Promise<TiffDirectory> {
  const count = view(await read(start, start + 2)).getUint16(0, littleEndian);
  if (count > entriesMax) throw new RangeError('a TIFF directory has too many entries');
  const nextStart = start + 2 + count * 12;
  const octets = view(await read(start + 2, nextStart));
  const entries = new Map<number, TiffEntry>();
  for (let at = 0; at < count * 12; at += 12) {
    const tag = octets.getUint16(at, littleEndian);
    const type = octets.getUint16(at + 2, littleEndian);
    const valueCount = octets.getUint32(at + 4, littleEndian);
    const valueBytes = (typeBytes[type] ?? 0) * valueCount;
    if (valueBytes === 0) continue;
    const valueStart = valueBytes <= 4 ? start + 2 + at + 8 : octets.getUint32(at + 8, littleEndian);
    entries.set(tag, { tag, type, count: valueCount, valueStart, valueBytes });
  }
  // A directory that ends with the file states no next one.
  const next = await read(nextStart, nextStart + 4).then(
    (link) => view(link).getUint32(0, littleEndian),
    () => 0,
  );
  return { entries, next };
}

/** The values of a SHORT, LONG or IFD entry, at most `countMax` of them; [] for other types or an absent entry. */
export async function readTiffIntegers(
  read: ReadRange,
  entry: TiffEntry | undefined,
  littleEndian: boolean,
  countMax: number,
): Promise<number[]> {
  if (!entry || ![3, 4, 13].includes(entry.type)) return [];
  const bytes = typeBytes[entry.type]!;
  const count = Math.min(entry.count, countMax);
  const octets = view(await read(entry.valueStart, entry.valueStart + count * bytes));
  return Array.from({ length: count }, (_, i) =>
    bytes === 2 ? octets.getUint16(i * 2, littleEndian) : octets.getUint32(i * 4, littleEndian),
  );
}

const textBytesMax = 256;

/** The text of an ASCII entry up to its NUL; undefined for other types, an absent entry, or one longer than 256 octets. */
export async function readTiffText(read: ReadRange, entry: TiffEntry | undefined): Promise<string | undefined> {
  if (entry?.type !== 2 || entry.valueBytes > textBytesMax) return undefined;
  const octets = await read(entry.valueStart, entry.valueStart + entry.valueBytes);
  return String.fromCharCode(...octets).split('\0', 1)[0];
}
