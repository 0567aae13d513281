import { CaptureFacts } from '@aerie/protocol';
import { boundedReader, type ReadRange } from './bounded-reader.js';
import { cameraText, present } from './camera-text.js';
import { positionFacts } from './capture-position.js';
import { timeFacts } from './capture-time.js';
import { readPngMetadata, readWebpMetadata } from './chunks.js';
import { exifTags, readExifBlock, type ExifBlock } from './exif-block.js';
import { readHeifMetadata } from './heif-metadata.js';
import { readJpegMetadata } from './jpeg-segments.js';
import type { Metadata, MovieTimes } from './metadata-blocks.js';
import { readMovieTimes } from './movie-times.js';
import { tiffRawMimes } from './sniff-mime.js';
import { xmpValue } from './xmp-values.js';

/** EXIF and XMP take 16 to 64 KiB each; TIFF may scatter them. A 160 GB file costs no more than this. */
const budgetBytes = 1024 * 1024;
/** Chunks and boxes lie far apart, and are walked by heads of a few octets. */
const headsAheadBytes = 64;

/**
 * What EXIF, XMP and movie headers state of time, position and camera.
 *
 * @param read  octets of the plaintext; no more than 1 MiB of them in all are asked for
 * @param bytes length of the plaintext
 * @param mime  its type by `sniffMime`; types that state nothing of it, or that are not read, answer {}
 * @returns raw values; what is not stated, or is damaged, is absent. Only an error of `read` itself is thrown on.
 */
export async function readCaptureFacts(read: ReadRange, bytes: number, mime: string): Promise<CaptureFacts> {
  let failed: { error: unknown } | undefined;
  const source: ReadRange = (start, end) =>
    read(start, end).catch((error: unknown) => {
      failed = { error };
      throw error;
    });
  const found: Metadata = { exif: [], xmp: [], movie: {} };
  const blocks: ExifBlock[] = [];
  // A damaged file states what stands before the damage. A vanished or unreadable one is for the caller to hear of.
  const untilDamaged = async (work: Promise<unknown>) => {
    await work.catch((error: unknown) => {
      if (failed) throw failed.error;
      if (!(error instanceof RangeError)) throw error;
    });
  };
  await untilDamaged(collect(source, bytes, mime, found, blocks));
  for (const octets of found.exif) {
    const memory: ReadRange = async (start, end) => octets.subarray(start, end);
    const reading = readExifBlock(boundedReader(memory, octets.length, budgetBytes));
    await untilDamaged(reading.then((block) => block && blocks.push(block)));
  }
  const packets = [...found.xmp, ...blocks.flatMap(({ xmp }) => xmp ?? [])];
  return factsOf(blocks, packets.map((packet) => new TextDecoder().decode(packet)).join('\n'), found.movie);
}

/** Gathers the metadata blocks of a file by its type. @throws RangeError where the file is damaged or the budget spent */
async function collect(source: ReadRange, bytes: number, mime: string, found: Metadata, blocks: ExifBlock[]) {
  const bounded = (aheadBytes?: number) => boundedReader(source, bytes, budgetBytes, aheadBytes);
  if (mime === 'image/jpeg') return readJpegMetadata(bounded(), found);
  if (mime === 'image/png') return readPngMetadata(bounded(headsAheadBytes), found);
  if (mime === 'image/webp') return readWebpMetadata(bounded(headsAheadBytes), found);
  if (['image/heic', 'image/heif', 'image/avif'].includes(mime)) return readHeifMetadata(bounded(), bytes, found);
  if (['video/mp4', 'video/quicktime'].includes(mime)) return readMovieTimes(bounded(headsAheadBytes), bytes, found);
  if (mime !== 'image/tiff' && !tiffRawMimes.includes(mime)) return;
  const block = await readExifBlock(bounded());
  if (block) blocks.push(block);
}

/** Of several blocks each kind of fact is taken from the first that states it. */
function factsOf(blocks: readonly ExifBlock[], packet: string, movie: MovieTimes): CaptureFacts {
  const ifd0 = blocks.find((block) => block.ifd0.size > 0)?.ifd0;
  const exif = blocks.find((block) => block.exif.size > 0)?.exif;
  const xmp = (name: string) => xmpValue(packet, name);
  const camera = present({
    make: cameraText(ifd0?.get(exifTags.make) ?? xmp('tiff:Make')),
    model: cameraText(ifd0?.get(exifTags.model) ?? xmp('tiff:Model')),
    serial: cameraText(
      exif?.get(exifTags.serial) ?? ifd0?.get(exifTags.dngSerial) ?? xmp('drone-dji:CameraSerialNumber'),
    ),
    lens: cameraText(exif?.get(exifTags.lensModel) ?? xmp('aux:Lens')),
  });
  const facts = present({
    ...timeFacts(statedTimes(blocks, packet, movie)),
    ...positionFacts(
      blocks.map(({ gps }) => gps),
      packet,
    ),
    camera: Object.keys(camera).length > 0 ? camera : undefined,
    orientation: orientationOf(ifd0?.get(exifTags.orientation)),
    software: cameraText(ifd0?.get(exifTags.software)),
  });
  return CaptureFacts.parse(facts);
}

/** In the order in which they are believed. DateTime is when the file was last changed, thus the last of all. */
function statedTimes(blocks: readonly ExifBlock[], packet: string, movie: MovieTimes) {
  const { dateTimeOriginal, offsetTimeOriginal, dateTimeDigitized, offsetTimeDigitized, dateTime, offsetTime } =
    exifTags;
  return [
    ...blocks.map(({ exif }) => ({
      field: 'exif:DateTimeOriginal' as const,
      stated: exif.get(dateTimeOriginal),
      offset: exif.get(offsetTimeOriginal),
    })),
    ...blocks.map(({ exif }) => ({
      field: 'exif:DateTimeDigitized' as const,
      stated: exif.get(dateTimeDigitized),
      offset: exif.get(offsetTimeDigitized),
    })),
    { field: 'xmp:DateTimeOriginal' as const, stated: xmpValue(packet, 'exif:DateTimeOriginal') },
    { field: 'xmp:CreateDate' as const, stated: xmpValue(packet, 'xmp:CreateDate') },
    { field: 'quicktime:creationdate' as const, stated: movie.creationDate },
    { field: 'mvhd' as const, stated: movie.header },
    ...blocks.map(({ ifd0, exif }) => ({
      field: 'exif:DateTime' as const,
      stated: ifd0.get(dateTime),
      offset: exif.get(offsetTime),
    })),
  ];
}

function orientationOf(value: ReturnType<ExifBlock['ifd0']['get']>): number | undefined {
  const number = typeof value === 'string' ? undefined : value?.[0]?.value;
  return Number.isInteger(number) && number! >= 1 && number! <= 8 ? number : undefined;
}
