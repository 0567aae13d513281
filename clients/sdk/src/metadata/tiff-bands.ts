import { boundedReader, type ReadRange } from './bounded-reader.js';
import { readTiffDirectory, readTiffHeader, readTiffIntegers, readTiffText } from './tiff.js';

const budgetBytes = 64 * 1024;
const bandsMax = 64;
/** None, fax, LZW, JPEG, deflate, PackBits (TIFF 6.0 and its supplements): what decoders share. */
const commonCompressions = [1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946];

/** What a TIFF states of its bands that decoders leave out. */
export interface TiffBands {
  /** A compression that not every decoder knows; some show a blank picture for it. */
  readonly isUncommon: boolean;
  /** Whether a band beyond gray or color is said to be transparency (ExtraSamples, TIFF 6.0, section 18). */
  readonly hasAlpha: boolean;
  /** The value that says "nothing was measured here" (GDAL_NODATA, 42113); NaN is always one. */
  readonly noData?: number;
}

/** @returns undefined where there is no classic TIFF. @throws RangeError where it ends within its first directory */
export async function readTiffBands(octets: Uint8Array): Promise<TiffBands | undefined> {
  const memory: ReadRange = async (start, end) => octets.subarray(start, end);
  const read = boundedReader(memory, octets.length, budgetBytes);
  const header = await readTiffHeader(read);
  if (!header) return undefined;
  const { littleEndian } = header;
  const { entries } = await readTiffDirectory(read, header.firstDirectory, littleEndian);
  const [compression = 1] = await readTiffIntegers(read, entries.get(0x0103), littleEndian, 1);
  const extra = await readTiffIntegers(read, entries.get(0x0152), littleEndian, bandsMax);
  const stated = (await readTiffText(read, entries.get(0xa481)))?.trim();
  return {
    isUncommon: !commonCompressions.includes(compression),
    hasAlpha: extra.includes(1) || extra.includes(2),
    ...(stated && !Number.isNaN(Number(stated)) && { noData: Number(stated) }),
  };
}
