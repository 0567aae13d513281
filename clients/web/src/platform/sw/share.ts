/**
 * Takes files that another app shares with an installed Aerie (W3C Web Share Target), and keeps them until its page asks
 * for them: in the memory of this worker, in no cache and no database, so that nothing of them is written down here
 * unsealed. Any site can send such a form; what comes of it is decided by the person on the page.
 */
/// <reference lib="webworker" />
import { sharePath, type ShareAnswer, type ShareRequest } from './share-messages.js';

/** A browser ends a worker's event after that long, too. */
const keptMsMax = 5 * 60_000;

interface Shared {
  readonly files: readonly File[];
  readonly taken: () => void;
}
let kept: Shared | undefined;

/** @returns null where nothing is shared */
export function shared(event: FetchEvent): Promise<Response> | null {
  const { request } = event;
  if (request.method !== 'POST' || new URL(request.url).pathname !== sharePath) return null;
  const taking = keep(request);
  // Without work under way, the worker and its memory end in half a minute.
  event.waitUntil(taking.then((over) => over.until));
  return taking.then(() => Response.redirect(sharePath, 303));
}

/** Answers a page that asks for the files, if that is what it asks. */
export function giveShared({ data, ports: [port] }: ExtendableMessageEvent): void {
  if ((data as ShareRequest | null)?.type !== 'aerie.share' || !port) return;
  const answer: ShareAnswer = { files: kept?.files ?? [] };
  kept?.taken();
  port.postMessage(answer);
}

/** What was not taken of an earlier sharing makes way. A form that cannot be read has no files: the page says so. */
async function keep(request: Request): Promise<{ readonly until: Promise<void> }> {
  const form = await request.formData().catch(() => null);
  const files = (form?.getAll('files') ?? []).filter((entry): entry is File => entry instanceof File).map(dated);
  kept?.taken();
  const until = new Promise<void>((resolve) => {
    const one: Shared = { files, taken };
    const timer = setTimeout(taken, keptMsMax);
    function taken(): void {
      clearTimeout(timer);
      if (kept === one) kept = undefined;
      resolve();
    }
    kept = one;
  });
  return { until };
}

/** A form states no times, and a file without one is of now whenever it is asked: as if it changed while it is read. */
const dated = (file: File): File => new File([file], file.name, { type: file.type, lastModified: file.lastModified });
