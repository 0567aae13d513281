/**
 * Makes the small pictures of a medium with sharp, from unchecked plaintext. Promises limits on pixels,
 * octets and time, JPEG without any metadata, and a reason instead of an error: no file is refused for want of one.
 */
import sharp, { type Metadata, type Sharp, type Stats } from 'sharp';
import type { PlainSource } from '../../crypto/seal.js';
import { readPictureSize } from '../../metadata/picture-size.js';
import { sniffMime } from '../../metadata/sniff-mime.js';
import { readTiffBands } from '../../metadata/tiff-bands.js';
import {
  NoRendition,
  damaged,
  fileReason,
  fittingThumb,
  inTime,
  jpegQuality,
  noPicture,
  originalLimits,
  pictureMimes,
  previewLimits,
  previewSideMax,
  renderSource,
  requirePixels,
  thumbSideMax,
  undecodable,
  type RenditionLimits,
} from '../../previews/rendition-rules.js';
import type { NoPicture } from '../../uploads/ingest-item.js';
import { drawBands, needsBands } from './bands.js';
import { videoFrame } from './ffmpeg.js';
import { openFileSource } from './file-source.js';

export interface Rendition {
  bytes: Uint8Array;
  mime: 'image/jpeg';
  width: number;
  height: number;
}

export interface Renditions {
  thumb?: Rendition;
  preview?: Rendition;
  /** Why there is none. */
  reason?: NoPicture;
}

// Five decoders, from memory only: a file that shrinks under a mapped read would kill the process, and libvips takes
// loader options out of file names. Holds for all of this process.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Tiff', 'Heif'].map((format) => `VipsForeignLoad${format}Buffer`),
});
sharp.cache(false);
sharp.concurrency(1);

/**
 * Makes a thumb (longest side 320 px, at most 60 KiB) and a preview (1600 px) as upright sRGB JPEG without metadata;
 * never larger than the picture. Raw files give their largest embedded JPEG, videos one frame where `ffmpeg` is on the
 * path. Never throws: where nothing can be made, `reason` says why.
 *
 * @param input octets; or where a file lies, and the file itself where it is open already
 * @param mime the type of the plaintext by `sniffMime`
 */
export async function makeRenditions(
  input: { path: string; source?: PlainSource } | { bytes: Uint8Array },
  mime: string,
  want: { thumb: boolean; preview: boolean },
): Promise<Renditions> {
  return withReason(async () => {
    if (mime.startsWith('video/')) {
      if (!('path' in input)) throw new NoRendition('no_decoder', 'a frame of a video is taken from a file only');
      return render(await videoFrame(input.path), undefined, want, originalLimits);
    }
    const renderOne = (octets: Uint8Array, _: string, orientation?: number) =>
      render(octets, orientation, want, originalLimits);
    if ('bytes' in input) return renderSource(memorySource(input.bytes), mime, renderOne);
    if (input.source) return renderSource(input.source, mime, renderOne);
    const file = await openFileSource(input.path);
    try {
      return await renderSource(file, mime, renderOne);
    } finally {
      await file.close();
    }
  });
}

/**
 * Makes thumb and preview out of the one low-resolution picture that a client supplies to an `assisted` project.
 * The bytes are untrusted; limits are those of a preview, not of an original. Never throws. After a `reason` that tells
 * of too much time the decoder may still be running: the renderer process should then restart itself.
 */
export async function renderFromPreview(bytes: Uint8Array): Promise<Renditions> {
  return withReason(async () => {
    const mime = sniffMime(bytes, '');
    if (!pictureMimes.includes(mime)) throw new NoRendition('unsupported', `a preview cannot be ${mime}`);
    return render(bytes, undefined, { thumb: true, preview: true }, previewLimits);
  });
}

async function withReason(work: () => Promise<Renditions>): Promise<Renditions> {
  try {
    return await work();
  } catch (error) {
    return { reason: noPicture(error instanceof NoRendition ? error : reasonOf(error as Error)) };
  }
}

/** What libvips and its decoders say of files that end early or contradict themselves. */
const decoderSaysDamaged =
  /premature end|bad seek|unexpected end|corrupt frame|missing SOS|contains no image|unable to parse/i;

/** Decoder messages go no further: they may run to pages, and quote the file. */
function reasonOf(error: Error): NoRendition {
  const { message } = error;
  const reason = fileReason(error);
  if (reason) return reason;
  // libvips has no codes; these are its words, and a test holds each.
  if (/pixel limit/.test(message)) return new NoRendition('too_large', 'the picture has more pixels than are decoded');
  if (/timeout/.test(message)) return new NoRendition('timed_out', 'decoding the picture took too long');
  return decoderSaysDamaged.test(message) ? damaged() : undecodable();
}

const memorySource = (octets: Uint8Array): PlainSource => ({
  bytes: octets.length,
  read: async (start, end) => octets.subarray(start, end),
});

type Want = { thumb: boolean; preview: boolean };

async function render(
  octets: Uint8Array,
  orientation: number | undefined,
  want: Want,
  limits: RenditionLimits,
): Promise<Renditions> {
  if (octets.length === 0) throw new NoRendition('unreadable', 'the file is empty, so it has no picture');
  if (octets.length > limits.bytesMax)
    throw new NoRendition('too_large', 'the picture has more octets than are decoded');
  // sharp stops a pipeline in time, but not the reading of headers.
  return inTime(decodeOnce(octets, orientation, want, limits), limits.msMax);
}

/** Decodes the picture once, to the larger size that is wanted; the thumb is made from the preview. */
async function decodeOnce(
  octets: Uint8Array,
  orientation: number | undefined,
  want: Want,
  limits: RenditionLimits,
): Promise<Renditions> {
  // A picture that ends early is shown as far as it goes: DJI's XT S writes such JPEGs, and so does a card pulled out.
  const open = () =>
    sharp(octets, { limitInputPixels: limits.pixelsMax, sequentialRead: true, failOn: 'none' }).timeout({
      seconds: Math.ceil(limits.msMax / 1000),
    });
  const tiff = await tiffOf(octets);
  const metadata = await open().metadata();
  requirePixels(metadata, limits);
  const side = want.preview ? previewSideMax : thumbSideMax;
  const hasBands = needsBands(metadata, tiff);
  const source = hasBands ? await drawBands(open, metadata, tiff, side, limits) : open();
  const upright = turn(source, metadata.orientation ?? orientation);
  const small = upright.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
  const is8Bit = hasBands || metadata.depth === 'uchar';
  const visible = is8Bit ? small : stretch(small, metadata, await open().stats());
  const plain = visible.flatten({ background: '#fff' }).toColorspace('srgb');
  if (!want.preview) return { thumb: await encodeThumb(plain) };
  const preview = await encode(plain, jpegQuality);
  return { thumb: want.thumb ? await encodeThumb(sharp(preview.bytes)) : undefined, preview };
}

/** What a TIFF states of its bands. @throws NoRendition for one that ends in its directory, or that would be shown blank */
async function tiffOf(octets: Uint8Array) {
  const mime = sniffMime(octets, '');
  if (['image/jpeg', 'image/png', 'image/webp'].includes(mime) && !(await readPictureSize(octets, mime)))
    throw damaged();
  if (mime !== 'image/tiff') return undefined;
  const bands = await readTiffBands(octets).catch(() => {
    throw damaged();
  });
  if (bands?.isUncommon) throw undecodable();
  return bands;
}

/** The pipeline steps that set a picture upright: sharp mirrors first, then turns clockwise (Exif 2.32, 4.6.4, Orientation). */
function turn(image: Sharp, orientation: number | undefined): Sharp {
  const isMirrored = [2, 4, 5, 7].includes(orientation ?? 1);
  const degrees = { 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270 }[orientation ?? 1] ?? 0;
  return image.rotate(degrees).flop(isMirrored);
}

/**
 * Spreads the values that occur over what a screen shows. Sensors with 12 or 14 bits in 16 are near black otherwise. All bands alike, so that colors keep their balance.
 */
function stretch(image: Sharp, metadata: Metadata, { channels }: Stats): Sharp {
  const color = metadata.hasAlpha ? channels.slice(0, -1) : channels;
  const low = Math.min(...color.map(({ min, mean, stdev }) => Math.max(min, mean - 2.5 * stdev)));
  const high = Math.max(...color.map(({ max, mean, stdev }) => Math.min(max, mean + 2.5 * stdev)));
  const scale = (metadata.space.endsWith('16') ? 65_535 : 255) / (high - low);
  return Number.isFinite(scale) ? image.removeAlpha().linear(scale, -low * scale) : image;
}

async function encodeThumb(image: Sharp): Promise<Rendition> {
  const sized = image.resize({ width: thumbSideMax, height: thumbSideMax, fit: 'inside', withoutEnlargement: true });
  return fittingThumb((quality) => encode(sized.clone(), quality));
}

async function encode(image: Sharp, quality: number): Promise<Rendition> {
  const { data, info } = await image.jpeg({ quality }).toBuffer({ resolveWithObject: true });
  return { bytes: Uint8Array.from(data), mime: 'image/jpeg', width: info.width, height: info.height };
}
