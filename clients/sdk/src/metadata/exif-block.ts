import type { ReadRange } from './bounded-reader.js';
import { readTiffDirectory, readTiffHeader, readTiffIntegers, type TiffEntry } from './tiff.js';

/** The tags that state time, position and camera (Exif 2.32, 4.6; 0xc62f is CameraSerialNumber of DNG 1.4). */
export const exifTags = {
  make: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  software: 0x0131,
  dateTime: 0x0132,
  dngSerial: 0xc62f,
  dateTimeOriginal: 0x9003,
  dateTimeDigitized: 0x9004,
  offsetTime: 0x9010,
  offsetTimeOriginal: 0x9011,
  offsetTimeDigitized: 0x9012,
  serial: 0xa431,
  lensModel: 0xa434,
};
const gpsTags = [1, 2, 3, 4, 5, 6];
const exifPointer = 0x8769;
const gpsPointer = 0x8825;
const xmpTag = 0x02bc;
/** No honest value of those tags is longer. */
const valueBytesMax = 1024;
const numbersMax = 16;
const xmpBytesMax = 64 * 1024;

/** `value` is not finite where the denominator is 0; `text` says it as the file does, such as `0/0`. */
export interface ExifNumber {
  readonly value: number;
  readonly text: string;
}
export type ExifDirectory = ReadonlyMap<number, string | readonly ExifNumber[]>;

export interface ExifBlock {
  readonly ifd0: ExifDirectory;
  readonly exif: ExifDirectory;
  readonly gps: ExifDirectory;
  readonly xmp?: Uint8Array;
}

/**
 * Reads the few values we ask about out of an untrusted TIFF structure, plus its XMP packet if it has one. Answers
 * undefined where there is no TIFF header. What is broken or longer than any honest value is left out; the rest stands.
 */
export async function readExifBlock(read: ReadRange): Promise<ExifBlock | undefined> {
  const header = await readTiffHeader(read);
  if (!header) return undefined;
  const { littleEndian } = header;
  const first = await readTiffDirectory(read, header.firstDirectory, littleEndian);
  const values = (entries: Map<number, TiffEntry>, tags: number[]) => readValues(read, entries, tags, littleEndian);
  const pointedTo = async (pointer: number, tags: number[]): Promise<ExifDirectory> => {
    try {
      const [start] = await readTiffIntegers(read, first.entries.get(pointer), littleEndian, 1);
      if (start === undefined) return new Map();
      return await values((await readTiffDirectory(read, start, littleEndian)).entries, tags);
    } catch {
      return new Map(); // a broken GPS directory does not take the camera's name with it
    }
  };
  const xmpEntry = first.entries.get(xmpTag);
  return {
    ifd0: await values(first.entries, Object.values(exifTags)),
    exif: await pointedTo(exifPointer, Object.values(exifTags)),
    gps: await pointedTo(gpsPointer, gpsTags),
    xmp: xmpEntry && (await octetsOf(read, xmpEntry, xmpBytesMax)),
  };
}

async function readValues(
  read: ReadRange,
  entries: Map<number, TiffEntry>,
  tags: number[],
  littleEndian: boolean,
): Promise<ExifDirectory> {
  const values = new Map<number, string | ExifNumber[]>();
  for (const tag of tags) {
    const entry = entries.get(tag);
    const octets = entry && (await octetsOf(read, entry, valueBytesMax));
    if (octets)
      values.set(tag, entry.type === 2 ? new TextDecoder().decode(octets) : numbersOf(entry, octets, littleEndian));
  }
  return values;
}

async function octetsOf(read: ReadRange, entry: TiffEntry, bytesMax: number): Promise<Uint8Array | undefined> {
  if (entry.valueBytes > bytesMax) return undefined;
  try {
    return Uint8Array.from(await read(entry.valueStart, entry.valueStart + entry.valueBytes));
  } catch {
    return undefined; // one value that points outside the file; the others stand
  }
}

/** Numbers of every type that a TIFF has (TIFF 6.0, section 2), by its number. */
function numbersOf({ type, count, valueBytes }: TiffEntry, octets: Uint8Array, littleEndian: boolean): ExifNumber[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const plain = (value: number): ExifNumber => ({ value, text: String(value) });
  const ratio = (numerator: number, denominator: number): ExifNumber =>
    denominator === 0 ? { value: Number.NaN, text: `${numerator}/${denominator}` } : plain(numerator / denominator + 0); // + 0: never a negative zero
  const readers: Record<number, (at: number) => ExifNumber> = {
    1: (at) => plain(view.getUint8(at)),
    3: (at) => plain(view.getUint16(at, littleEndian)),
    4: (at) => plain(view.getUint32(at, littleEndian)),
    5: (at) => ratio(view.getUint32(at, littleEndian), view.getUint32(at + 4, littleEndian)),
    6: (at) => plain(view.getInt8(at)),
    8: (at) => plain(view.getInt16(at, littleEndian)),
    9: (at) => plain(view.getInt32(at, littleEndian)),
    10: (at) => ratio(view.getInt32(at, littleEndian), view.getInt32(at + 4, littleEndian)),
    11: (at) => plain(view.getFloat32(at, littleEndian)),
    12: (at) => plain(view.getFloat64(at, littleEndian)),
  };
  const number = readers[type];
  if (!number || count > numbersMax) return [];
  return Array.from({ length: count }, (_, i) => number((i * valueBytes) / count));
}
