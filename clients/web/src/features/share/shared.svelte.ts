/**
 * Files that another app shared, once this page has them. They are asked for as soon as the page is open, however long
 * unlocking may take then: the service worker keeps them for minutes only.
 */
import { place } from '../../platform/router/router.svelte.js';
import { session } from '../../shell/session.svelte.js';
import { sharePath, type ShareAnswer, type ShareRequest } from '../../platform/sw/share-messages.js';

/** A worker that does not answer has none. */
const answerMsMax = 10_000;

class SharedFiles {
  /** Null while the service worker is asked. */
  files: readonly File[] | null = $state.raw(null);

  constructor() {
    $effect.root(() => {
      $effect(() => {
        if (place.path === sharePath) void this.#take();
      });
      $effect(() => {
        if (session.state.kind === 'none') this.forget();
      });
    });
  }

  /** They are on their way, or not wanted. */
  forget(): void {
    this.files = [];
  }

  /** Each time, as more may have been shared; what was not uploaded yet makes way for it. */
  async #take(): Promise<void> {
    const files = await ask();
    if (files.length > 0 || this.files === null) this.files = files;
  }
}
export const sharedFiles = new SharedFiles();

async function ask(): Promise<readonly File[]> {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return [];
  const { port1: port, port2: far } = new MessageChannel();
  const answered = new Promise<readonly File[]>((resolve) => {
    port.onmessage = ({ data }: MessageEvent<ShareAnswer>) => resolve(data.files);
    setTimeout(() => resolve([]), answerMsMax);
  });
  const request: ShareRequest = { type: 'aerie.share' };
  worker.postMessage(request, [far]);
  return answered.finally(() => port.close());
}
