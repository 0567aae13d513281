/** The one download under way, on whichever page it was begun. */
import type { Remote } from 'comlink';
import { engine } from '../../platform/engine/connect.js';
import { session } from '../../shell/session.svelte.js';
import type { Pull } from '../../platform/engine/pull.js';
import type { Download as Wanted, Downloads, ZipDownload } from '../../shell/feature.js';
import { downloadsTexts } from './downloads-texts.js';
import { chooseTarget, memoryBytesMax, writesToDisk, type Target } from './target.js';

/** A sentence, in the language of the moment it is read. */
type Sentence = () => string;
type DownloadState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly name: string; readonly bytesDone: number; readonly bytes: number }
  /** `leftOut`: what is not in it. */
  | { readonly kind: 'done'; readonly name: string; readonly bytes: number; readonly leftOut: Sentence | null }
  | { readonly kind: 'canceled'; readonly name: string }
  /** Nothing was kept. `at` says which file it failed at, where there are several. */
  | { readonly kind: 'failed'; readonly name: string; readonly at: Sentence | null; readonly error: unknown }
  | { readonly kind: 'too-large'; readonly bytes: number };

class Download implements Downloads {
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

  files(name: string, wanted: readonly Wanted[]): Promise<void> {
    return this.zip({
      name,
      bytes: wanted.reduce((sum, one) => sum + one.bytes, 0),
      begin: () => engine().downloads.zip(wanted.map(({ mediaId }) => mediaId)) as ReturnType<ZipDownload['begin']>,
      failedAt(current) {
        const about = wanted.find(({ mediaId }) => mediaId === current)?.name;
        return about === undefined ? null : () => downloadsTexts.failedAt(name, about);
      },
    });
  }

  zip({ name, bytes, begin, failedAt, leftOut }: ZipDownload): Promise<void> {
    return this.#begin(name, bytes, async (target, signal) => {
      const transfer = begin();
      try {
        await this.#move(target, signal, name, bytes, transfer);
        return (await leftOut?.()) ?? null;
      } catch (error) {
        if (signal.aborted) throw error;
        throw new ZipFault(failedAt(await (await transfer).current()), error);
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
    move: (target: Target, signal: AbortSignal) => Promise<Sentence | null | void>,
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
      const leftOut = (await move(target, stop.signal)) ?? null;
      await target.finish();
      this.state = { kind: 'done', name, bytes, leftOut };
    } catch (error) {
      await target?.abandon().catch(() => {});
      if (stop.signal.aborted) this.state = { kind: 'canceled', name };
      else if (error instanceof ZipFault) this.state = { kind: 'failed', name, at: error.at, error: error.fault };
      else this.state = { kind: 'failed', name, at: null, error };
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
        // A whole project is larger than the server knows where files have several names.
        this.state = { kind: 'running', name, bytesDone, bytes: Math.max(bytes, bytesDone) };
      }
    } finally {
      if (signal.aborted) void transfer.stop();
    }
  }
}

class ZipFault extends Error {
  constructor(
    readonly at: Sentence | null,
    readonly fault: unknown,
  ) {
    super('a file of the zip failed');
  }
}

export const download = new Download();
