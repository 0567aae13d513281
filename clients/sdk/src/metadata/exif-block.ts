import type { ReadRange } from './bounded-reader.js';
import { readTiffDirectory, readTiffHeader, readTiffIntegers, type TiffEntry } from './tiff.js';

/** The tags that state time, position and camera (Exif 2.32, 4.6; 0xc62f is CameraSerialNumber of DNG 1.4). */
const cameraTags = [0x010f, 0x0110, 0x0112, 0x0131, 0xc62f];
const exifTags = [0x9003, 0x9004, 0x9011, 0x9012, 0xa431, 0xa433, 0xa434];
const gpsTags = [0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006];
const exifPointer = 0x8769;
const gpsPointer = 0x8825;
const xmpTag = 0x02bc;
/** No honest value of those tags is longer. */
const valueBytesMax = 1024;
const xmpBytesMax = 64 * 1024;

interface CopiedEntry extends TiffEntry {
  value: Uint8Array;
}

/**
 * Copies the few values we ask about out of an untrusted TIFF structure into a small, well-formed TIFF block, plus its
 * XMP packet if it has one. Answers undefined where there is no TIFF header.
 *
 * [Note: exifr sees only what we copied]
 * exifr 7.1.3 allocates up to the largest offset a file names, loops for ever on a HEIF box of length 0, and lets an
 * XMP element named `__proto__` write to Object.prototype. It decodes values well, so it is given a block of a few
 * hundred octets that we laid out ourselves, and never XMP.
 */
export async function copyExif(read: ReadRange): Promise<{ block: Uint8Array; xmp?: Uint8Array } | undefined> {
  const header = await readTiffHeader(read);
  if (!header) return undefined;
  const { littleEndian } = header;
  const first = await readTiffDirectory(read, header.firstDirectory, littleEndian);
  const copyFrom = async (pointer: number, tags: number[]) => {
    try {
      const [start] = await readTiffIntegers(read, first.entries.get(pointer), littleEndian, 1);
      if (start === undefined) return [];
      return await copyEntries(read, (await readTiffDirectory(read, start, littleEndian)).entries, tags);
    } catch {
      return []; // a broken GPS directory does not take the camera's name with it
    }
  };
  const camera = await copyEntries(read, first.entries, cameraTags);
  const exif = await copyFrom(exifPointer, exifTags);
  const gps = await copyFrom(gpsPointer, gpsTags);
  const xmpEntry = first.entries.get(xmpTag);
  const xmp = xmpEntry && (await copyValue(read, xmpEntry, xmpBytesMax));
  return { block: layOut(camera, exif, gps, littleEndian), xmp };
}

async function copyEntries(read: ReadRange, entries: Map<number, TiffEntry>, tags: number[]): Promise<CopiedEntry[]> {
  const copied: CopiedEntry[] = [];
  for (const tag of tags) {
    const entry = entries.get(tag);
    const value = entry && (await copyValue(read, entry, valueBytesMax));
    if (entry && value) copied.push({ ...entry, value });
  }
  return copied;
}

async function copyValue(read: ReadRange, entry: TiffEntry, bytesMax: number): Promise<Uint8Array | undefined> {
  if (entry.valueBytes > bytesMax) return undefined;
  try {
    return Uint8Array.from(await read(entry.valueStart, entry.valueStart + entry.valueBytes));
  } catch {
    return undefined; // one value that points outside the file; the others stand
  }
}

/** Prints three directories as a TIFF block in the byte order their values are in. */
function layOut(camera: CopiedEntry[], exif: CopiedEntry[], gps: CopiedEntry[], littleEndian: boolean): Uint8Array {
  const directoryBytes = (count: number) => 2 + count * 12 + 4;
  const exifStart = 8 + directoryBytes(camera.length + 2);
  const gpsStart = exifStart + directoryBytes(exif.length);
  const valuesStart = gpsStart + directoryBytes(gps.length);
  const longValues = [...camera, ...exif, ...gps].filter(({ value }) => value.length > 4);
  const block = new Uint8Array(longValues.reduce((bytes, { value }) => bytes + value.length, valuesStart));
  const out = new DataView(block.buffer);
  let at = 8;
  let valueAt = valuesStart;
  const entry = (tag: number, type: number, count: number) => {
    out.setUint16(at, tag, littleEndian);
    out.setUint16(at + 2, type, littleEndian);
    out.setUint32(at + 4, count, littleEndian);
    at += 12;
    return at - 4;
  };
  const pointer = (tag: number, to: number) => out.setUint32(entry(tag, 4, 1), to, littleEndian);
  const directory = (entries: CopiedEntry[], pointers: [number, number][] = []) => {
    out.setUint16(at, entries.length + pointers.length, littleEndian);
    at += 2;
    for (const { tag, type, count, value } of entries) {
      const field = entry(tag, type, count);
      if (value.length > 4) out.setUint32(field, valueAt, littleEndian);
      block.set(value, value.length > 4 ? valueAt : field);
      if (value.length > 4) valueAt += value.length;
    }
    for (const [tag, to] of pointers) pointer(tag, to);
    at += 4; // no next directory
  };
  out.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  out.setUint16(2, 42, littleEndian);
  out.setUint32(4, 8, littleEndian);
  directory(camera, [
    [exifPointer, exifStart],
    [gpsPointer, gpsStart],
  ]);
  directory(exif);
  directory(gps);
  return block;
}
