import {
  NoRendition,
  damaged,
  inTime,
  noPicture,
  originalLimits,
  previewSideMax,
  requirePixels,
} from '../../previews/rendition-rules.js';
import type { NoPicture } from '../../uploads/ingest-item.js';

const frameMsMax = 15_000;
/** Later than a black first frame, and still among the first octets of the file. */
const frameSecond = 1;
const framePart = 0.1;

/**
 * One frame of a video, upright, its longest side at most 1600 px: at one second, or at a tenth of a shorter clip. For
 * the page: a worker has no `<video>`, so the page hands the bitmap over (it can be transferred). Plays no sound, leaves
 * nothing in the document, and gives up after 15 seconds. Answers why where there is none: no error crosses to a worker.
 */
export async function videoFrame(file: Blob, document: Document): Promise<ImageBitmap | NoPicture> {
  const video = document.createElement('video');
  const url = URL.createObjectURL(file);
  video.muted = true;
  video.preload = 'auto';
  const taking = takeFrame(video, url);
  try {
    return await inTime(taking, frameMsMax);
  } catch (error) {
    taking.then(
      (late) => late.close(),
      () => {},
    );
    return noPicture(error instanceof NoRendition ? error : damaged());
  } finally {
    // Stops decoding, too.
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

async function takeFrame(video: HTMLVideoElement, url: string): Promise<ImageBitmap> {
  video.src = url;
  await happened(video, 'loadeddata');
  const { videoWidth: width, videoHeight: height, duration } = video;
  if (width === 0 || height === 0) throw new NoRendition('unreadable', 'this video has no picture');
  requirePixels({ width, height }, originalLimits);
  video.currentTime = Number.isFinite(duration) ? Math.min(frameSecond, duration * framePart) : 0;
  await happened(video, 'seeked');
  const scale = Math.min(1, previewSideMax / Math.max(width, height));
  return createImageBitmap(video, {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
    resizeQuality: 'high',
  });
}

function happened(video: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener(
      'error',
      () => reject(new NoRendition('no_decoder', 'this browser cannot play this video')),
      {
        once: true,
      },
    );
  });
}
