/** The one download under way, on whichever page it was begun. */
import type { Remote } from 'comlink';
import { engine } from '../../platform/engine/connect.js';
import { session } from '../../shell/session.svelte.js';
import type { ExportPull } from '../exports/exports.engine.js';
import type { ZipPull } from './downloads.engine.js';
import type { Pull } from './pull.js';
import { chooseTarget, memoryBytesMax, writesToDisk, type Target } from './target.js';

export interface Wanted {
  readonly mediaId: string;
  readonly name: string;
  readonly bytes: number;
}

type DownloadState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly name: string; readonly bytesDone: number; readonly bytes: number }
  /** `left`: media that are not in an export. */
  | { readonly kind: 'done'; readonly name: string; readonly bytes: number; readonly left: number }
  | { readonly kind: 'canceled'; readonly name: string }
  /** Nothing was kept. `about` is the file that it failed at, where there are several. */
  | {
      readonly kind: 'failed';
      readonly name: string;
      readonly about: string | null;
      readonly isExport: boolean;
      readonly error: unknown;
    }
  | { readonly kind: 'too-large'; readonly bytes: number };

class Download {
  state: DownloadState = $state.raw({ kind: 'none' });
  #stop: AbortController | undefined;

  constructor() {
    // Locking ends the engine in the middle of it.
    $effect.root(() => {
      $effect(() => {
        if (session.state.kind !== 'open') this.cancel();
      });
    });
  }

  get isRunning(): boolean {
    return this.state.kind === 'running';
  }

  file(wanted: Wanted): Promise<void> {
    return this.#begin(wanted.name, wanted.bytes, (target, signal) =>
      this.#move(target, signal, wanted.name, wanted.bytes, engine().downloads.file(wanted.mediaId)),
    );
  }

  zip(name: string, wanted: readonly Wanted[]): Promise<void> {
    const bytes = wanted.reduce((sum, one) => sum + one.bytes, 0);
    return this.#begin(name, bytes, async (target, signal) => {
      const transfer = engine().downloads.zip(wanted.map(({ mediaId }) => mediaId)) as Promise<Remote<ZipPull>>;
      try {
        await this.#move(target, signal, name, bytes, transfer);
      } catch (error) {
        if (signal.aborted) throw error;
        const current = await (await transfer).current();
        throw new ZipFault(wanted.find(({ mediaId }) => mediaId === current)?.name ?? null, false, error);
      }
    });
  }

  /** A whole project as OpenPGP messages. @param bytes about how many */
  export(name: string, projectId: string, bytes: number): Promise<void> {
    return this.#begin(name, bytes, async (target, signal) => {
      const transfer = engine().exports.zip(projectId) as Promise<Remote<ExportPull>>;
      try {
        await this.#move(target, signal, name, bytes, transfer);
        return await (await transfer).left();
      } catch (error) {
        if (signal.aborted) throw error;
        throw new ZipFault(await (await transfer).current(), true, error);
      }
    });
  }

  cancel(): void {
    this.#stop?.abort();
  }

  dismiss(): void {
    if (!this.isRunning) this.state = { kind: 'none' };
  }

  async #begin(
    name: string,
    bytes: number,
    move: (target: Target, signal: AbortSignal) => Promise<number | void>,
  ): Promise<void> {
    if (this.isRunning) return;
    if (!writesToDisk() && bytes > memoryBytesMax) {
      this.state = { kind: 'too-large', bytes };
      return;
    }
    let target: Target | null = null;
    const stop = (this.#stop = new AbortController());
    const release = session.keepAwake();
    try {
      target = await chooseTarget(name);
      if (!target) return;
      this.state = { kind: 'running', name, bytesDone: 0, bytes };
      const left = (await move(target, stop.signal)) ?? 0;
      await target.finish();
      this.state = { kind: 'done', name, bytes, left };
    } catch (error) {
      await target?.abandon().catch(() => {});
      if (stop.signal.aborted) this.state = { kind: 'canceled', name };
      else if (error instanceof ZipFault)
        this.state = { kind: 'failed', name, about: error.about, isExport: error.isExport, error: error.fault };
      else this.state = { kind: 'failed', name, about: null, isExport: false, error };
    } finally {
      release();
    }
  }

  async #move(
    target: Target,
    signal: AbortSignal,
    name: string,
    bytes: number,
    starting: Promise<Remote<Pull>>,
  ): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    // Not only between pieces: an engine that was ended never answers.
    const transfer = await Promise.race([starting, aborted]);
    try {
      for (let bytesDone = 0; ;) {
        const piece = await Promise.race([transfer.next(), aborted]);
        if (!piece) return;
        await target.write(piece);
        bytesDone += piece.length;
        this.state = { kind: 'running', name, bytesDone, bytes };
      }
    } finally {
      if (signal.aborted) void transfer.stop();
    }
  }
}

class ZipFault extends Error {
  constructor(
    readonly about: string | null,
    readonly isExport: boolean,
    readonly fault: unknown,
  ) {
    super('a file of the zip failed');
  }
}

export const download = new Download();
