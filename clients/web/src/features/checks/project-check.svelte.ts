import { proxy, type Remote } from 'comlink';
import { engine } from '../../platform/engine/connect.js';
import { Pace } from '../../platform/pace/pace.js';
import { stayAwake } from '../../shell/stay-awake.js';
import type { CheckedMedia, Checking, Subject } from './checked.js';

/** `stopped`: something is wrong that every media would meet. `done`: every media has a verdict. */
type Phase = 'new' | 'running' | 'pausing' | 'paused' | 'stopped' | 'done';

/** The check of one project: the verdicts so far, and the run of the engine that adds to them. */
export class ProjectCheck {
  phase: Phase = $state('new');
  /** Of media with a verdict. */
  count = $state(0);
  bad: readonly CheckedMedia[] = $state.raw([]);
  /** Encrypted octets fetched so far. */
  bytesDone = $state(0);
  secondsLeft: number | null = $state(null);
  /** Why it stopped. */
  error: unknown = $state.raw();
  startedAt = '';
  /** Of the last verdict. */
  endedAt = '';
  readonly checked: CheckedMedia[] = [];
  readonly #pace = new Pace();
  #bytesBefore = 0;
  #running: Remote<Checking> | undefined;
  #cut: () => void = () => {};

  /** @param subject read when the check was begun: the media that are there by then */
  constructor(readonly subject: Subject) {}

  get isUnderWay(): boolean {
    return this.phase === 'running' || this.phase === 'pausing';
  }

  get isSound(): boolean {
    return this.phase === 'done' && this.bad.length === 0;
  }

  /** From 0 to 1. */
  get share(): number {
    if (this.phase === 'done') return 1;
    return this.subject.bytes === 0 ? 0 : Math.min(1, this.bytesDone / this.subject.bytes);
  }

  /** Begins, or goes on after the last media that has a verdict. */
  async resume(): Promise<void> {
    if (this.isUnderWay) return;
    const sleepAgain = stayAwake();
    this.startedAt ||= new Date().toISOString();
    this.error = undefined;
    this.phase = 'running';
    this.#pace.restart();
    const cut = new Promise<void>((resolve) => (this.#cut = resolve));
    let isOpen = true;
    try {
      const known = this.checked.map(({ mediaId }) => mediaId);
      const starting = engine().checks.run(
        this.subject.projectId,
        known,
        proxy(async (media) => {
          if (isOpen) this.#add(media);
        }),
        proxy((bytesDone) => {
          if (isOpen) this.#show(bytesDone);
        }),
      ) as Promise<Remote<Checking>>;
      await Promise.race([cut, this.#follow(starting)]);
      this.phase = this.#isCut ? 'paused' : 'done';
    } catch (error) {
      [this.phase, this.error] = ['stopped', error];
    } finally {
      isOpen = false;
      this.#running = undefined;
      this.#isCut = false;
      this.#show(0);
      sleepAgain();
    }
  }

  /** Verdicts are kept; the media under way is begun again when it goes on. */
  pause(): void {
    if (this.phase !== 'running') return;
    this.phase = 'pausing';
    this.#isCut = true;
    void this.#running?.stop();
  }

  /** The engine has ended: its run will never answer. */
  cut(): void {
    this.#isCut = this.isUnderWay;
    this.#cut();
  }

  #isCut = false;

  async #follow(starting: Promise<Remote<Checking>>): Promise<void> {
    const running = (this.#running = await starting);
    if (this.#isCut) void running.stop();
    await running.result();
  }

  #add(media: CheckedMedia): void {
    this.checked.push(media);
    this.count = this.checked.length;
    this.endedAt = new Date().toISOString();
    if (!media.isSound) this.bad = [...this.bad, media];
    this.#bytesBefore += media.sealedBytes;
    this.#show(0);
  }

  #show(bytesOfOne: number): void {
    this.bytesDone = this.#bytesBefore + bytesOfOne;
    this.#pace.sample(this.bytesDone, performance.now());
    this.secondsLeft = this.#pace.secondsFor(Math.max(0, this.subject.bytes - this.bytesDone));
  }
}
