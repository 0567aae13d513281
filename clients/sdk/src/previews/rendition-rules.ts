/** What a thumb and a preview are, on any client: their sizes, the limits on untrusted pictures, and the reasons. */
import { smallBlobBytesMax } from '@aerie/protocol';
import type { PlainSource } from '../crypto/seal.js';
import { findRawPreviews } from '../metadata/raw-previews.js';
import { tiffRawMimes } from '../metadata/sniff-mime.js';
import type { NoPicture, NoPictureCode } from '../uploads/ingest-item.js';
import { within } from '../within.js';

export const thumbSideMax = 320;
export const previewSideMax = 1600;
/** What sealing adds to a blob fits into the rest. */
const thumbBytesMax = smallBlobBytesMax - 4 * 1024;
/** Of 100. */
export const jpegQuality = 80;
/** 320 px of pure noise at quality 10 is under 20 KiB. */
const thumbQualities = [jpegQuality, 60, 40, 20, 10];

export interface RenditionLimits {
  pixelsMax: number;
  /** Progressive JPEG and interlaced PNG keep the whole picture in memory, up to 8 octets a pixel. */
  wholePixelsMax: number;
  bytesMax: number;
  msMax: number;
}
/** Pictures straight from a camera: medium format and stitched panoramas stay below. */
export const originalLimits: RenditionLimits = {
  pixelsMax: 150_000_000,
  wholePixelsMax: 40_000_000,
  bytesMax: 256 * 1024 * 1024,
  msMax: 30_000,
};
/** A client's low-resolution preview: 1600 px, with room for clients that can only halve. */
export const previewLimits: RenditionLimits = {
  pixelsMax: 16_000_000,
  wholePixelsMax: 16_000_000,
  bytesMax: 8 * 1024 * 1024,
  msMax: 10_000,
};

export const pictureMimes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/tiff',
  'image/heic',
  'image/heif',
  'image/avif',
];

/** Why no picture could be made. `code` is the contract, the message is for a person. */
export class NoRendition extends Error {
  override readonly name = 'NoRendition';
  constructor(
    readonly code: NoPictureCode,
    message: string,
  ) {
    super(message);
  }
}

export const noPicture = ({ code, message }: NoRendition): NoPicture => ({ code, text: message });

/** @throws NoRendition */
export function requirePixels(
  { width, height, isProgressive }: { width: number; height: number; isProgressive?: boolean },
  { pixelsMax, wholePixelsMax }: RenditionLimits,
): void {
  if (width * height > pixelsMax) throw new NoRendition('too_large', 'the picture has more pixels than are decoded');
  if (isProgressive && width * height > wholePixelsMax)
    throw new NoRendition('too_large', 'the picture is interlaced and has more pixels than are decoded');
}

/**
 * Renders a picture, or the largest preview inside a raw file that renders.
 * @param render gets the octets of one picture, its type, and the orientation that the raw file states for it
 * @throws NoRendition for other types, and for what is too large; what `render` throws
 */
export async function renderSource<T>(
  source: PlainSource,
  mime: string,
  render: (octets: Uint8Array, mime: string, orientation?: number) => Promise<T>,
): Promise<T> {
  if (!tiffRawMimes.includes(mime)) {
    if (!pictureMimes.includes(mime)) throw new NoRendition('no_picture_type', `no pictures are made of ${mime}`);
    return render(await readWhole(source, 0, source.bytes), mime);
  }
  const { previews, orientation } = await findRawPreviews((start, end) => source.read(start, end), source.bytes);
  for (const { start, bytes } of previews) {
    try {
      return await render(await readWhole(source, start, bytes), 'image/jpeg', orientation);
    } catch {
      // Sensor data in lossless JPEG looks like a preview until it is decoded; the next one may be real.
    }
  }
  throw new NoRendition('unreadable', 'the raw file has no embedded preview that can be decoded');
}

function readWhole(source: PlainSource, start: number, bytes: number): Promise<Uint8Array> {
  if (bytes > originalLimits.bytesMax) throw new NoRendition('too_large', 'the picture is larger than 256 MiB');
  return source.read(start, start + bytes);
}

/** Gives decoding that time; it may go on after that, as no decoder can be stopped everywhere. @throws NoRendition */
export const inTime = <T>(work: Promise<T>, msMax: number): Promise<T> =>
  within(work, msMax, () => new NoRendition('timed_out', 'decoding the picture took too long'));

/** Encodes a thumb at the best quality (of 100) at which it fits into a commit. @throws NoRendition */
export async function fittingThumb<T extends { readonly bytes: Uint8Array }>(
  encode: (quality: number) => Promise<T>,
): Promise<T> {
  for (const quality of thumbQualities) {
    const thumb = await encode(quality);
    if (thumb.bytes.length <= thumbBytesMax) return thumb;
  }
  throw new NoRendition('too_large', 'the picture does not compress to the size of a thumb');
}

/** What went wrong outside of the decoder, by the name of the error. Undefined for all others. */
export function fileReason({ name }: Error): NoRendition | undefined {
  return /^File(Vanished|Changed|Unreadable)$/.test(name)
    ? new NoRendition('unreadable', 'the file could not be read for a picture')
    : undefined;
}

/** Said only of a file that ends early or contradicts itself; what is merely unknown here is `undecodable`. */
export const damaged = (): NoRendition => new NoRendition('unreadable', 'the picture is damaged');
export const undecodable = (): NoRendition =>
  new NoRendition('unsupported', 'this kind of picture cannot be decoded here');
