import type { IngestInput, NoPicture } from '@aerie/sdk';
import { fileItem } from '@aerie/sdk/browser';
import type { Remote } from 'comlink';
import type { Client } from '../../platform/engine/client.js';
import type { Picked } from './found.js';
import { Reporter, type Report } from './report.js';

export interface FileToSend {
  readonly id: number;
  readonly path: string;
  readonly picked: Picked;
}

/** What the engine asks of the page while it uploads. */
export interface Desk {
  /** The next files; none once there are no more. */
  take(count: number): Promise<FileToSend[]>;
  report(report: Report): void;
  /** A frame of a video, which a worker cannot make. */
  videoFrame(file: Blob): Promise<ImageBitmap | NoPicture>;
}

/** Fetched at a time: few enough that the page waits for none, many enough that the engine does not either. */
const filesAtATime = 64;

declare module '../../platform/engine/engines.js' {
  interface Engines {
    uploads: ReturnType<typeof uploadsEngine>;
  }
}

export default function uploadsEngine(client: Client) {
  const stops = new Map<string, AbortController>();
  return {
    /**
     * Uploads what the desk gives until it gives no more. Every outcome was reported once this resolves or throws.
     * @throws Problem `ingest.aborted` after `stop`; others where no file at all can be uploaded
     */
    async run(projectId: string, desk: Remote<Desk>): Promise<void> {
      const stop = new AbortController();
      stops.set(projectId, stop);
      const { signal } = stop;
      const reporter = new Reporter((report) => desk.report(report));
      try {
        const results = client.aerie.uploads.ingest(itemsFrom(desk, signal), {
          projectId,
          journal: await client.journal,
          signal,
          onEvent: (event) => reporter.event(event),
        });
        for await (const result of results) reporter.result(result);
      } finally {
        stops.delete(projectId);
        await reporter.flush();
      }
    },
    /** Ends the run to that project soon; parts that were acknowledged are kept. */
    stop: (projectId: string): void => stops.get(projectId)?.abort(),
  };
}

async function* itemsFrom(desk: Remote<Desk>, signal: AbortSignal): AsyncGenerator<IngestInput> {
  const videoFrame = (file: Blob): Promise<ImageBitmap | NoPicture> => desk.videoFrame(file);
  for (;;) {
    const files = await desk.take(filesAtATime);
    if (files.length === 0) return;
    for (const file of files) {
      const item = await itemOf(file, { videoFrame, signal });
      // That it could not be read then says nothing about the file.
      if (signal.aborted) return;
      yield item;
    }
  }
}

/** Reports name a file by its number: two cards may have the same paths. The key for resuming it is its path. */
async function itemOf({ id, path, picked }: FileToSend, deps: Parameters<typeof fileItem>[2]): Promise<IngestInput> {
  try {
    return { ...(await fileItem(picked, path, deps)), path: String(id) };
  } catch (error) {
    return { path: String(id), problem: (error as Error).message };
  }
}
