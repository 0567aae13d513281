import { boundedReader } from './bounded-reader.js';
import { readTiffDirectory, readTiffHeader, readTiffIntegers } from './tiff.js';

export interface PictureSize {
  /** As stored: before it is turned upright. */
  width: number;
  height: number;
  /** Progressive JPEG or interlaced PNG. */
  isProgressive: boolean;
}

/** Where a HEIF file states the sizes of its pictures: in its first box but one. */
const heifSearchBytes = 256 * 1024;
const tiffBudgetBytes = 64 * 1024;

/**
 * The size that the header of an untrusted picture states, read without decoding anything.
 * @param mime by `sniffMime`: JPEG, PNG, WebP, TIFF, HEIF or AVIF
 * @returns undefined for other types, and where no size, or an empty one, is stated
 */
export async function readPictureSize(octets: Uint8Array, mime: string): Promise<PictureSize | undefined> {
  try {
    const size = await statedSize(octets, mime);
    return size && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // the header points outside the file, or ends with it
    throw error;
  }
}

async function statedSize(octets: Uint8Array, mime: string): Promise<PictureSize | undefined> {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  if (mime === 'image/jpeg') return jpegSize(view);
  // Image header chunk: PNG (ISO/IEC 15948), 11.2.1.
  if (mime === 'image/png')
    return { width: view.getUint32(16), height: view.getUint32(20), isProgressive: view.getUint8(28) === 1 };
  if (mime === 'image/webp') return webpSize(view);
  if (mime === 'image/tiff') return tiffSize(octets);
  if (['image/heic', 'image/heif', 'image/avif'].includes(mime)) return heifSize(view);
  return undefined;
}

/** The frame header, SOF0 to SOF15 (ITU-T T.81, B.2.2). */
function jpegSize(view: DataView): PictureSize | undefined {
  for (let at = 2; view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // a fill octet
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return undefined;
    // 0xc4, 0xc8 and 0xcc are tables, not frames.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const isProgressive = (marker & 3) === 2;
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), isProgressive };
    }
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

/** The first chunk, lossy, lossless or extended (RFC 9649, 2.5 to 2.7; 14 bits a side, or 24). */
function webpSize(view: DataView): PictureSize | undefined {
  const isProgressive = false;
  const kind = view.getUint32(12);
  if (kind === 0x56503820) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff, isProgressive };
  }
  if (kind === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, isProgressive };
  }
  if (kind !== 0x56503858) return undefined;
  const side = (at: number): number => (view.getUint16(at, true) | (view.getUint8(at + 2) << 16)) + 1;
  return { width: side(24), height: side(27), isProgressive };
}

async function tiffSize(octets: Uint8Array): Promise<PictureSize | undefined> {
  const read = boundedReader(async (start, end) => octets.subarray(start, end), octets.length, tiffBudgetBytes);
  const header = await readTiffHeader(read);
  if (!header) return undefined;
  const { littleEndian } = header;
  const { entries } = await readTiffDirectory(read, header.firstDirectory, littleEndian);
  const [width] = await readTiffIntegers(read, entries.get(0x0100), littleEndian, 1);
  const [height] = await readTiffIntegers(read, entries.get(0x0101), littleEndian, 1);
  return width && height ? { width, height, isProgressive: false } : undefined;
}

/** The largest of the image spatial extents (ISO/IEC 23008-12, 6.5.3): tiles and thumbnails have some, too. */
function heifSize(view: DataView): PictureSize | undefined {
  let largest: PictureSize | undefined;
  const end = Math.min(view.byteLength, heifSearchBytes) - 16;
  for (let at = 4; at <= end; at++) {
    if (view.getUint32(at) !== 0x69737065) continue; // "ispe"
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12), isProgressive: false };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}
