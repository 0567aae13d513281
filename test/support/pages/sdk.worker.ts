/** The SDK in a worker, as the web app runs it. Asked by browser-sdk.page.ts: one call at a time. */
import {
  Aerie,
  explain,
  type IngestEvent,
  type IngestResult,
  type Keyring,
  type NoPicture,
} from '../../../clients/sdk/src/index.js';
import {
  fileItem,
  fileItems,
  makePictures,
  openIndexedDbJournal,
} from '../../../clients/sdk/src/platform/browser/index.js';
import { sniffMime } from '../../../clients/sdk/src/metadata/sniff-mime.js';

let aerie: Aerie;
let frameFor: (frame: ImageBitmap | NoPicture) => void;

/** A frame of a video is made by the page. */
function videoFrame(file: Blob): Promise<ImageBitmap | NoPicture> {
  postMessage({ frameOf: file });
  return new Promise((resolve) => (frameFor = resolve));
}

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: Error) => `${error.name}: ${error.message}`,
  );

let opened: Awaited<ReturnType<typeof fileItem>> | undefined;

const calls = {
  async open(keyring: Keyring) {
    aerie = await Aerie.open({ ...keyring, server: location.origin });
  },

  async pictures(file: File) {
    const mime = sniffMime(new Uint8Array(await file.slice(0, 64).arrayBuffer()), file.name);
    const started = performance.now();
    return { ...(await makePictures(file, mime, { videoFrame })), ms: performance.now() - started };
  },

  async facts(file: File) {
    const item = await fileItem(file, `card/${file.name}`, {});
    const { mime, resumeKey, path, name, modifiedAt } = item;
    const sha256 = [...(await item.source.sha256())];
    return { mime, resumeKey, path, name, modifiedAt, sha256, facts: await item.captureFacts() };
  },

  /** Opens the file; `useOpened` says how the source takes what the test has done to it since. */
  async openFile(file: File) {
    opened = await fileItem(file, file.name, {});
    return 'opened';
  },

  async useOpened() {
    const { source } = opened!;
    return { read: await outcome(source.read(0, 1)), unchanged: await outcome(source.assertUnchanged()) };
  },

  /** For a handle, whose file is written to while it is open. */
  async handle() {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle('handle.txt', { create: true });
    const write = async (text: string): Promise<void> => {
      const stream = await handle.createWritable();
      await stream.write(text);
      await stream.close();
    };
    await write('before');
    const item = await fileItem(handle, 'card/handle.txt', {});
    const before = await outcome(item.source.assertUnchanged());
    await write('after that');
    return { name: item.name, bytes: item.source.bytes, before, after: await outcome(item.source.assertUnchanged()) };
  },

  async ingest(files: File[], projectId: string) {
    const journal = await openIndexedDbJournal('uploads');
    const results: IngestResult[] = [];
    const events: IngestEvent[] = [];
    const picked = files.map((file) => ({ file, path: file.name }));
    const onEvent = (event: IngestEvent) => void events.push(event);
    for await (const result of aerie.uploads.ingest(fileItems(picked, { videoFrame }), { projectId, journal, onEvent }))
      results.push(result);
    return { results, resumed: events.filter(({ kind }) => kind === 'resumed') };
  },
};

onmessage = async ({
  data,
}: MessageEvent<{ call: keyof typeof calls; given: unknown[] } | { frame: ImageBitmap | NoPicture }>) => {
  if ('frame' in data) return frameFor(data.frame);
  try {
    const work = calls[data.call] as (...given: unknown[]) => unknown;
    const answer = await work(...data.given);
    postMessage({ answer });
  } catch (error) {
    postMessage({ problem: `${explain(error).code}: ${(error as Error).stack}` });
  }
};
