/**
 * Makes the small pictures of a medium with the browser's own decoders, in a worker, from plaintext that nobody has
 * checked. Promises limits on pixels, octets and time, JPEG without metadata of the original, and a reason instead of an
 * error.
 */
import { readCaptureFacts } from '../../metadata/capture-facts.js';
import { readPictureSize } from '../../metadata/picture-size.js';
import {
  NoRendition,
  damaged,
  fileReason,
  fittingThumb,
  inTime,
  jpegQuality,
  noPicture,
  originalLimits,
  previewSideMax,
  renderSource,
  requirePixels,
  thumbSideMax,
  undecodable,
} from '../../previews/rendition-rules.js';
import type { NoPicture, Pictures } from '../../uploads/ingest-item.js';

export interface PictureDeps {
  /** A frame of a video: `videoFrame` of this package, on the page, as a worker has no `<video>`. Without it none is made. */
  readonly videoFrame?: (file: Blob) => Promise<ImageBitmap | NoPicture>;
}

/**
 * A thumb (longest side 320 px, at most 60 KiB) and a preview (1600 px) as upright sRGB JPEG without any metadata of
 * the original, never larger than it. Raw files give their largest embedded JPEG. Never throws: where nothing can be made, `reason`
 * says why; TIFF and HEIC are up to the browser.
 *
 * @param mime the type of the plaintext by `sniffMime`
 */
export async function makePictures(file: Blob, mime: string, { videoFrame }: PictureDeps = {}): Promise<Pictures> {
  try {
    if (mime.startsWith('video/')) {
      if (!videoFrame) throw new NoRendition('no_decoder', 'frames of videos are not made here');
      const frame = await videoFrame(file);
      return 'code' in frame ? { reason: frame } : await renderBitmap(frame);
    }
    const source = {
      bytes: file.size,
      read: async (start: number, end: number) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
    };
    return await renderSource(source, mime, renderOctets);
  } catch (error) {
    return { reason: noPicture(reasonOf(error as Error)) };
  }
}

function reasonOf(error: Error): NoRendition {
  if (error instanceof NoRendition) return error;
  if (/^Not(Readable|Found|Allowed)Error$/.test(error.name))
    return new NoRendition('unreadable', 'the file could not be read for a picture');
  return fileReason(error) ?? undecodable();
}

async function renderOctets(octets: Uint8Array, mime: string, orientation?: number): Promise<Pictures> {
  const size = await readPictureSize(octets, mime);
  if (!size) throw noDecoder(mime) ?? damaged();
  requirePixels(size, originalLimits);
  const own = mime === 'image/jpeg' ? await ownOrientation(octets) : undefined;
  const picture = new Blob([octets as BlobPart, ...(mime === 'image/jpeg' ? [endOfImage] : [])], { type: mime });
  const decoding = createImageBitmap(picture, { imageOrientation: 'from-image' });
  try {
    return await renderBitmap(await inTime(decoding, originalLimits.msMax), own ? 1 : orientation);
  } catch (error) {
    decoding.then(
      (bitmap) => bitmap.close(),
      () => {},
    );
    if ((error as Error).name === 'InvalidStateError') throw noDecoder(mime) ?? undecodable();
    throw error;
  }
}

/**
 * A JPEG that ends early is shown as far as it goes, if only it has an end: DJI's XT S writes such files, and so does a
 * card pulled out. Nobody reads a second EOI (ITU-T T.81, B.1.1.3).
 */
const endOfImage = Uint8Array.of(0xff, 0xd9);

/** What not every browser decodes. */
const undecodableHere: Record<string, string> = {
  'image/tiff': 'this browser does not decode TIFF pictures',
  'image/heic': 'this browser does not decode HEIC pictures',
  'image/heif': 'this browser does not decode HEIF pictures',
};

const noDecoder = (mime: string): NoRendition | undefined => {
  const why = undecodableHere[mime];
  return why ? new NoRendition('no_decoder', why) : undefined;
};

/** Where a JPEG states its orientation the browser has followed it already; previews in raw files often state none. */
async function ownOrientation(octets: Uint8Array): Promise<number | undefined> {
  const { orientation } = await readCaptureFacts(
    async (start, end) => octets.subarray(start, end),
    octets.length,
    'image/jpeg',
  );
  return orientation;
}

async function renderBitmap(bitmap: ImageBitmap, orientation = 1): Promise<Pictures> {
  try {
    const preview = drawn(bitmap, previewSideMax, orientation);
    const thumb = drawn(preview, thumbSideMax);
    return {
      preview: (await encoded(preview, jpegQuality)).bytes,
      thumb: (await fittingThumb((quality) => encoded(thumb, quality))).bytes,
    };
  } finally {
    bitmap.close();
  }
}

/** The picture upright, on white, its longest side at most `sideMax`. */
function drawn(picture: ImageBitmap | OffscreenCanvas, sideMax: number, orientation = 1): OffscreenCanvas {
  const scale = Math.min(1, sideMax / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = orientation < 5 ? new OffscreenCanvas(width, height) : new OffscreenCanvas(height, width);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new NoRendition('no_decoder', 'this browser gives no memory to draw the picture');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.setTransform(...turn(orientation, width, height));
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
}

/** The matrix that sets a picture of that size upright (Exif 2.32, 4.6.4, Orientation). */
function turn(orientation: number, width: number, height: number): [number, number, number, number, number, number] {
  if (orientation === 2) return [-1, 0, 0, 1, width, 0];
  if (orientation === 3) return [-1, 0, 0, -1, width, height];
  if (orientation === 4) return [1, 0, 0, -1, 0, height];
  if (orientation === 5) return [0, 1, 1, 0, 0, 0];
  if (orientation === 6) return [0, 1, -1, 0, height, 0];
  if (orientation === 7) return [0, -1, -1, 0, height, width];
  if (orientation === 8) return [0, -1, 1, 0, 0, width];
  return [1, 0, 0, 1, 0, 0];
}

async function encoded(canvas: OffscreenCanvas, quality: number): Promise<{ bytes: Uint8Array }> {
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: quality / 100 });
  return { bytes: new Uint8Array(await blob.arrayBuffer()) };
}
