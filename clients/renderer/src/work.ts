import { explain, type Aerie, type RenderingTask } from '@aerie/sdk';
import { drawInChild } from './draw-in-child.js';
import { log } from './log.js';
import type { Pause } from './pause.js';

/** What the decoder takes at most (renderFromPreview): more than that is not even fetched. */
const sourceBytesMax = 8 * 1024 * 1024;

/** Does what is due, one task after the other, until the process is to stop. A task that was begun is finished. */
export async function work(aerie: Aerie, pause: Pause): Promise<void> {
  while (!pause.signal.aborted) {
    try {
      const task = await aerie.renderings.lease();
      if (task) {
        await render(task);
        pause.reset();
        continue;
      }
    } catch (error) {
      const { code } = explain(error);
      log('failed', { code });
      // Signed out for good: the operator decides what to do.
      if (code === 'device.revoked') throw error;
    }
    await pause.wait();
  }
}

/** The lease and this device's right to the source are checked by the SDK: project record, manifest, octets. */
async function render(task: RenderingTask): Promise<void> {
  const { mediaId } = task;
  const startedAt = Date.now();
  const source = await sourceOf(task);
  if (!source) return;
  const drawn = await drawInChild(source);
  if ('failure' in drawn) {
    await task.fail(drawn.failure);
    log('not-rendered', { mediaId, reason: drawn.failure });
  } else {
    await task.complete(drawn);
    log('rendered', { mediaId, ms: Date.now() - startedAt });
  }
}

/** A source that contradicts what was signed will do so again: say so once, and let the task go. */
async function sourceOf(task: RenderingTask): Promise<Uint8Array | undefined> {
  try {
    return await task.source(sourceBytesMax);
  } catch (error) {
    const { code } = explain(error);
    if (!/^(trust|crypto|container|record|ingest)\./.test(code)) throw error;
    await task.fail(code === 'ingest.too_large' ? 'too_large' : 'unreadable');
    log('refused', { mediaId: task.mediaId, code });
    return undefined;
  }
}
