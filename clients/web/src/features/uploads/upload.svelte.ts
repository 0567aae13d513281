import { proxy, transfer, type Remote } from 'comlink';
import type { Explanation } from '@aerie/sdk';
import { videoFrame } from '@aerie/sdk/video-frame';
import { engine } from '../../platform/engine/connect.js';
import { problemOf } from '../../platform/engine/problem-shape.js';
import type { Found } from './found.js';
import { Pace } from '../../platform/pace/pace.js';
import type { Report, Retry } from './report.js';
import { Selection, type Totals } from './selection.js';
import { stayAwake } from '../../shell/stay-awake.js';
import type { Desk } from './uploads.engine.js';
import { verdictOf, type Verdict } from './verdict.js';

/**
 * `pausing`: the engine still finishes what cannot be cut. `offline`: tries again by itself. `stopped`: something is
 * wrong that every file would meet. `done`: every file has an outcome.
 */
export type Phase = 'running' | 'pausing' | 'paused' | 'offline' | 'stopped' | 'done';

/** The SDK has tried for a minute by then. */
const offlineWaitMs = 30_000;
const tickMs = 1_000;
const showMs = 100;

/** One upload to one project: its files, and the run of the engine that sends them. */
export class Upload {
  phase: Phase = $state('paused');
  isListing = $state(false);
  /** Replaced whenever anything in `selection` has changed: read it to follow the files. */
  totals: Totals = $state.raw(new Selection().totals);
  /** Why the run stopped. */
  problem: Explanation | null = $state.raw(null);
  /** The network, or the server, is not there. */
  retry: Retry | null = $state.raw(null);
  bytesPerSecond = $state(0);
  secondsLeft: number | null = $state(null);
  now = $state(Date.now());
  selection = new Selection();

  /** The name of the project, once it is known. */
  project = $state('');

  readonly #speed = new Pace();
  /** Of everything that gets done, what is stored already included: for the time left. */
  readonly #pace = new Pace();
  #listings = 0;
  #shownAtMs = 0;
  /** Called when there is news for the engine: more files, or none any more. */
  #wake: () => void = () => {};
  /** Ends what is under way without waiting for the engine. */
  #cut: () => void = () => {};
  /** Ends the wait for the network. */
  #tryNow: () => void = () => {};

  /** @param onSafe called when every file is stored for certain */
  constructor(
    readonly projectId: string,
    readonly onSafe: () => void,
  ) {}

  /** The names of the cards, or other folders, that its files are from; empty where files were chosen one by one. */
  get cards(): string {
    void this.totals;
    return [...this.selection.folders].join(', ');
  }

  /** Asked of the files themselves, so that no count can be wrong. */
  get verdict(): Verdict {
    void this.totals;
    return verdictOf(this.selection.files, !this.isListing);
  }

  get isUnderWay(): boolean {
    return this.phase === 'running' || this.phase === 'pausing' || this.phase === 'offline';
  }

  /** Adds files and begins with the first. What was stored completely makes room for a new list. */
  async add(found: AsyncIterable<Found>): Promise<void> {
    if (this.phase === 'done' && this.verdict.isSafe) this.selection = new Selection();
    this.#listings += 1;
    this.isListing = true;
    this.#show();
    void this.resume();
    try {
      for await (const one of found) {
        this.selection.add(one);
        this.#wake();
        if (performance.now() - this.#shownAtMs > showMs) this.#show();
      }
    } finally {
      this.#listings -= 1;
      this.isListing = this.#listings > 0;
      this.#show();
      this.#wake();
    }
  }

  /** Does nothing while it is under way. */
  async resume(): Promise<void> {
    if (this.isUnderWay) return;
    const sleepAgain = stayAwake();
    const ticking = setInterval(() => this.#show(), tickMs);
    const cut = new Promise<'paused'>((resolve) => (this.#cut = () => resolve('paused')));
    try {
      this.phase = 'running';
      while (this.phase === 'running') this.phase = await this.#next(cut);
    } finally {
      clearInterval(ticking);
      sleepAgain();
      this.#show();
      if (this.phase === 'done' && this.verdict.isSafe) this.onSafe();
    }
  }

  /** What is acknowledged is kept; files that were under way wait again. */
  pause(): void {
    if (this.phase === 'offline') this.#cut();
    if (this.phase !== 'running') return;
    this.phase = 'pausing';
    this.#wake();
    void engine().uploads.stop(this.projectId);
  }

  /** The engine has ended: its run will never answer. */
  cut(): void {
    this.#cut();
  }

  /** Not later, when the wait for the network is over, but at once. */
  tryNow(): void {
    this.#tryNow();
  }

  retryFailed(): void {
    if (!this.selection.retryFailed()) return;
    this.#show();
    void this.resume();
  }

  /** One run of the engine, and the wait for the network after it. */
  async #next(cut: Promise<'paused'>): Promise<Phase> {
    this.phase = 'running';
    this.problem = this.retry = null;
    this.#speed.restart();
    this.#pace.restart();
    const phase = await this.#run(cut);
    if (phase !== 'offline') return phase;
    this.phase = 'offline';
    this.#show();
    return Promise.race([cut, this.#untilOnline()]);
  }

  async #run(cut: Promise<'paused'>): Promise<Phase> {
    const { selection } = this;
    let isOpen = true;
    let isNetworkLost = false;
    const onReport = (report: Report): void => {
      if (!isOpen) return;
      this.retry = report.retry;
      if (selection.apply(report) && !isNetworkLost) {
        isNetworkLost = true;
        this.retry = { atMs: Date.now(), problem: lostIn(report) };
        this.#wake();
        void engine().uploads.stop(this.projectId);
      }
      this.#show();
    };
    const desk = this.#desk(selection, () => isOpen && !isNetworkLost, onReport);
    const outcome = engine()
      .uploads.run(this.projectId, proxy(desk) as unknown as Remote<Desk>)
      .then(
        () => null,
        (error: unknown) => problemOf(error),
      );
    const problem = await Promise.race([cut, outcome]);
    isOpen = false;
    selection.putBack();
    if (problem === 'paused') return 'paused';
    if (this.phase === 'pausing' && (selection.hasWaiting || this.isListing)) return 'paused';
    return isNetworkLost ? 'offline' : this.#phaseAfter(problem);
  }

  #phaseAfter(problem: Explanation | null): Phase {
    if (problem === null) return this.selection.hasWaiting || this.isListing ? 'running' : 'done';
    if (problem.code === 'network.unreachable') {
      this.retry = { atMs: Date.now(), problem };
      return 'offline';
    }
    this.problem = problem;
    return 'stopped';
  }

  /** What the engine may ask of this page during one run. */
  #desk(selection: Selection, isOpen: () => boolean, report: (report: Report) => void): Desk {
    const isAsked = (): boolean => isOpen() && this.phase === 'running';
    return {
      report,
      take: async (count) => {
        while (isAsked() && this.isListing && !selection.hasWaiting)
          await new Promise<void>((resolve) => (this.#wake = resolve));
        return isAsked() ? selection.take(count).map(({ id, path, picked }) => ({ id, path, picked: picked! })) : [];
      },
      videoFrame: async (file) => {
        const frame = await videoFrame(file, document);
        return 'code' in frame ? frame : transfer(frame, [frame]);
      },
    };
  }

  async #untilOnline(): Promise<'running'> {
    this.retry = { atMs: Date.now() + offlineWaitMs, problem: this.retry!.problem };
    const stop = new AbortController();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, offlineWaitMs);
      stop.signal.addEventListener('abort', () => clearTimeout(timer));
      addEventListener('online', () => resolve(), { signal: stop.signal });
      this.#tryNow = resolve;
    });
    stop.abort();
    return 'running';
  }

  #show(): void {
    const { totals } = this.selection;
    this.#shownAtMs = performance.now();
    this.now = Date.now();
    this.totals = totals;
    if (this.phase !== 'running') return;
    this.#speed.sample(totals.bytesSent, this.#shownAtMs);
    this.#pace.sample(totals.bytesDone, this.#shownAtMs);
    this.bytesPerSecond = this.#speed.bytesPerSecond;
    this.secondsLeft = this.#pace.secondsFor(totals.bytes - totals.bytesDone);
  }
}

const lostIn = ({ results }: Report): Explanation =>
  results.find(({ problem }) => problem?.code === 'network.unreachable')!.problem!;
