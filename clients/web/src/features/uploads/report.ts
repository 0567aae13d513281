/** What the engine tells the page of an upload: one message every tenth of a second, however many files there are. */
import type { Explanation, IngestEvent, IngestResult } from '@aerie/sdk';

/** Files are named by the number that the page gave them. */
export interface Report {
  readonly started: readonly { readonly id: number; readonly bytes: number }[];
  /** Octets of plaintext that the server held before this run. */
  readonly resumed: readonly { readonly id: number; readonly share: number }[];
  readonly progress: readonly { readonly id: number; readonly bytesDone: number }[];
  readonly results: readonly FileResult[];
  /** The last attempt that failed, where nothing has come through since. */
  readonly retry: Retry | null;
}

export interface Retry {
  /** When the next attempt is made: Unix, milliseconds. */
  readonly atMs: number;
  readonly problem: Explanation;
}

export interface FileResult extends Pick<IngestResult, 'mediaId' | 'storedAs' | 'receipt' | 'pictures' | 'problem'> {
  readonly id: number;
  readonly status: Exclude<IngestResult['status'], 'skipped'>;
}

const reportMs = 100;

/** Collects events and results, and hands them on in bundles. */
export class Reporter {
  #started: { id: number; bytes: number }[] = [];
  #resumed: { id: number; share: number }[] = [];
  readonly #progress = new Map<number, number>();
  #results: FileResult[] = [];
  #retry: Retry | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sent: Promise<void> = Promise.resolve();

  constructor(readonly send: (report: Report) => Promise<void>) {}

  event(event: IngestEvent): void {
    if (event.kind === 'retry') this.#retry = { atMs: Date.now() + event.waitMs, problem: event.problem };
    else if (event.kind === 'started') this.#started.push({ id: Number(event.path), bytes: event.bytes });
    else if (event.kind === 'resumed')
      this.#resumed.push({ id: Number(event.path), share: event.partsKept / event.parts });
    else {
      this.#progress.set(Number(event.path), event.bytesDone);
      this.#retry = null;
    }
    this.#schedule();
  }

  result({ path, mediaId, status, storedAs, receipt, pictures, problem }: IngestResult): void {
    // The page names each file it wants: none is skipped.
    if (status === 'skipped') return;
    this.#results.push({ id: Number(path), mediaId, status, storedAs, receipt, pictures, problem });
    if (status !== 'failed') this.#retry = null;
    this.#schedule();
  }

  /** Resolves once the page has everything. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const report = {
      started: this.#started,
      resumed: this.#resumed,
      progress: [...this.#progress].map(([id, bytesDone]) => ({ id, bytesDone })),
      results: this.#results,
      retry: this.#retry,
    };
    this.#started = [];
    this.#resumed = [];
    this.#progress.clear();
    this.#results = [];
    this.#sent = this.#sent.then(() => this.send(report));
    await this.#sent;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.flush(), reportMs);
  }
}
