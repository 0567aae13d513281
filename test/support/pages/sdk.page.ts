/** Puts files that a test chose before the SDK in a worker, and makes the frames of videos for it. */
import { videoFrame } from '../../../clients/sdk/src/platform/browser/video-frame.js';

const worker = new Worker('/worker.js', { type: 'module' });
const input = document.createElement('input');
input.type = 'file';
input.multiple = true;
document.body.append(input);

export const chosen = (): File[] => [...input.files!];

/** Calls the worker and waits for its answer. */
export function ask<T>(call: string, ...given: unknown[]): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = async ({ data }) => {
      if ('frameOf' in data) {
        const frame = await videoFrame(data.frameOf as Blob, document);
        worker.postMessage({ frame }, 'code' in frame ? [] : [frame]);
      } else if ('problem' in data) reject(new Error(data.problem as string));
      else resolve(data.answer as T);
    };
    worker.postMessage({ call, given });
  });
}
