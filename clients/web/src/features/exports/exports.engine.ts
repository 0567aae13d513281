/** A project for people without Aerie: OpenPGP messages, manifests, signatures, receipts, and how to check them. */
import type { ExportSink, ExportedFile } from '@aerie/sdk';
import { proxy } from 'comlink';
import type { Client } from '../../platform/engine/client.js';
import { zipPull, type ZipPull } from '../../platform/engine/zip-pull.js';
import { entriesOf } from './entries.js';
import { FolderSink } from './folder-sink.js';
import { notExportedPath, notExportedText } from './not-exported.js';

export interface ExportPull extends ZipPull {
  /** After its end: how many media are not in it. */
  left(): number;
}

/** An export into a folder, under way in the engine. */
export interface Exporting {
  result(): Promise<void>;
  stop(): void;
}

const progressMs = 200;

declare module '../../platform/engine/engines.js' {
  interface Engines {
    exports: ReturnType<typeof exportsEngine>;
  }
}

export default function exportsEngine(client: Client) {
  /** @throws where the server does not answer, which says nothing about any media; what `onFile` throws */
  async function write(
    projectId: string,
    sink: ExportSink,
    onFile: (file: ExportedFile) => Promise<void> = async () => {},
  ): Promise<void> {
    const left: ExportedFile[] = [];
    for await (const file of client.aerie.media.exportTo(projectId, sink)) {
      if (file.problem) {
        left.push(file);
        await client.aerie.projects.read(projectId);
      }
      await onFile(file);
    }
    if (left.length > 0) await sink.write(notExportedPath, once(notExportedText(left)));
  }

  return {
    /** One zip of everything. Ends in a fault at the first file that turns out damaged while it is being added. */
    zip(projectId: string) {
      let current: string | null = null;
      let left = 0;
      async function* entries() {
        const written = entriesOf((sink) =>
          write(projectId, sink, async ({ problem }) => {
            if (problem) left++;
          }),
        );
        for await (const entry of written) {
          current = entry.name;
          yield entry;
        }
      }
      const pull: ExportPull = { ...zipPull(entries(), () => current), left: () => left };
      return proxy(pull);
    },

    /**
     * Writes everything into a folder that the person chose. A media that is damaged leaves nothing there, the others go on.
     * @param onFile waited for
     * @returns at once; its result fails where it cannot go on: then files that were told of are whole
     */
    folder(
      projectId: string,
      folder: FileSystemDirectoryHandle,
      onFile: (file: ExportedFile) => Promise<void>,
      onProgress: (bytesDone: number) => void,
    ) {
      const stop = new AbortController();
      let bytesDone = 0;
      let toldAtMs = 0;
      const sink = new FolderSink(folder, stop.signal, (bytes) => {
        bytesDone += bytes;
        const now = performance.now();
        if (now - toldAtMs < progressMs) return;
        toldAtMs = now;
        onProgress(bytesDone);
      });
      const result = write(projectId, sink, async (file) => {
        stop.signal.throwIfAborted();
        if (sink.diskFault) throw sink.diskFault;
        await onFile(file);
      }).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
      result.catch(() => {});
      const exporting: Exporting = { result: () => result, stop: () => stop.abort() };
      return proxy(exporting);
    },
  };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
