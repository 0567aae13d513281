import { boundedReader, type ReadRange } from './bounded-reader.js';
import { readTiffDirectory, readTiffHeader, readTiffIntegers, type TiffDirectory } from './tiff.js';

const directoriesMax = 16;
const candidatesMax = 4;
const budgetBytes = 1024 * 1024;

/** Where a JPEG stands in a raw file. */
export interface RawPreview {
  start: number;
  bytes: number;
}

export interface RawPreviews {
  /** Largest first. The raw data itself may be a lossless JPEG and be among them: try them in turn. */
  previews: RawPreview[];
  /** EXIF orientation of the picture; embedded previews often state none of their own. */
  orientation?: number;
}

/**
 * Finds the JPEG pictures that a camera embeds in a raw file built on TIFF (DNG, CR2, NEF, ARW), by its directories.
 * Reads at most 1 MiB of directories. Answers no previews for a damaged file.
 */
export async function findRawPreviews(read: ReadRange, bytes: number): Promise<RawPreviews> {
  const bounded = boundedReader(read, bytes, budgetBytes);
  const header = await readTiffHeader(bounded).catch(() => undefined);
  if (!header) return { previews: [] };
  const { littleEndian } = header;
  const integers = (directory: TiffDirectory, tag: number, countMax = 1) =>
    readTiffIntegers(bounded, directory.entries.get(tag), littleEndian, countMax).catch(() => []);
  const previews: RawPreview[] = [];
  let orientation: number | undefined;
  const waiting = [header.firstDirectory];
  const seen = new Set([0]);
  for (let start = waiting.shift(); start !== undefined && seen.size <= directoriesMax; start = waiting.shift()) {
    if (seen.has(start)) continue;
    seen.add(start);
    const directory = await readTiffDirectory(bounded, start, littleEndian).catch(() => undefined);
    if (!directory) continue;
    orientation ??= (await integers(directory, 0x0112))[0];
    const preview = await previewOf(directory, integers);
    if (preview && preview.start + preview.bytes <= bytes) previews.push(preview);
    waiting.push(...(await integers(directory, 0x014a, directoriesMax)), directory.next);
  }
  previews.sort((a, b) => b.bytes - a.bytes);
  return { previews: previews.slice(0, candidatesMax), orientation };
}

type Integers = (directory: TiffDirectory, tag: number) => Promise<number[]>;

async function previewOf(directory: TiffDirectory, integers: Integers): Promise<RawPreview | undefined> {
  const of = async (tag: number) => (await integers(directory, tag))[0];
  // JPEGInterchangeFormat and its length (TIFF 6.0, section 22).
  const [start, bytes] = [await of(0x0201), await of(0x0202)];
  if (start && bytes) return { start, bytes };
  // One strip compressed as JPEG (6 old, 7 new), unless it is sensor data: 32803 mosaic, 34892 linear (DNG 1.4).
  const [compression, photometric] = [await of(0x0103), await of(0x0106)];
  if ((compression !== 6 && compression !== 7) || photometric === 32803 || photometric === 34892) return undefined;
  if (directory.entries.get(0x0111)?.count !== 1) return undefined;
  const [stripStart, stripBytes] = [await of(0x0111), await of(0x0117)];
  return stripStart && stripBytes ? { start: stripStart, bytes: stripBytes } : undefined;
}
