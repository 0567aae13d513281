import { basename } from 'node:path';
import { MultiBar, type SingleBar } from 'cli-progress';
import { formatBytes, formatSeconds, shortName } from './format.js';

/** Octets sent of many files, shown as they go. Nothing is shown once `end` was called. */
export interface Progress {
  /** `bytes` of one file, out of `bytesTotal`, are sent. */
  file(path: string, bytes: number, bytesTotal: number): void;
  /** The file is finished, for better or worse; `line` says how. */
  finish(path: string, bytesTotal: number, line: string): void;
  /** How many files and octets there are in all, once that is known. */
  total(files: number, bytes: number): void;
  /** A line for a person, above the bars. */
  note(line: string): void;
  end(): void;
}

const nameChars = 32;
/** ECMA-48, EL: of several lines that go where bars were, only the first finds its line empty. */
const eraseRestOfLine = '\x1b[K';
/** Speed is taken over this long, so that it is steady but not stale. */
const speedMs = 5_000;

/** Bars on a terminal, plain lines anywhere else, or where something else is printed on the same terminal. */
export function openProgress({ isPlain }: { isPlain: boolean }): Progress {
  if (process.stderr.isTTY && !isPlain) return new Bars();
  const note = (line: string): void => console.error(line);
  return { file: () => {}, finish: (_path, _bytes, line) => note(line), total: () => {}, note, end: () => {} };
}

class Bars implements Progress {
  readonly #bars = new MultiBar({
    format: '{name} {bar} {percentage}%  {amount}',
    barsize: 24,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    fps: 8,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    emptyOnZero: true,
  });
  readonly #files = new Map<string, { bar: SingleBar; bytes: number }>();
  readonly #speed = new Speed();
  #total: SingleBar | undefined;
  #filesTotal = 0;
  #filesDone = 0;
  #bytesTotal = 0;
  #bytesDone = 0;

  total(files: number, bytes: number): void {
    this.#filesTotal = files;
    this.#bytesTotal = bytes;
    this.#draw();
  }

  file(path: string, bytes: number, bytesTotal: number): void {
    // A file that is only looked at, or goes in one piece, needs no bar of its own.
    if (!this.#files.has(path) && (bytes === 0 || bytes === bytesTotal)) return;
    const known = this.#files.get(path) ?? { bar: this.#barFor(path, bytesTotal), bytes: 0 };
    this.#speed.add(bytes - known.bytes);
    known.bytes = bytes;
    this.#files.set(path, known);
    known.bar.update(bytes, { amount: `${formatBytes(bytes)} of ${formatBytes(bytesTotal)}` });
    this.#draw();
  }

  finish(path: string, bytesTotal: number, line: string): void {
    const known = this.#files.get(path);
    if (known) this.#bars.remove(known.bar);
    this.#files.delete(path);
    this.#filesDone += 1;
    this.#bytesDone += bytesTotal;
    this.note(line);
    this.#draw();
  }

  note(line: string): void {
    this.#bars.log(`${line}${eraseRestOfLine}\n`);
  }

  end(): void {
    // Lines wait for the next time the bars are drawn, and there is none after this.
    this.#bars.update();
    this.#bars.stop();
  }

  #barFor(path: string, bytesTotal: number): SingleBar {
    return this.#bars.create(Math.max(1, bytesTotal), 0, {
      name: shortName(basename(path), nameChars).padEnd(nameChars),
      amount: '',
    });
  }

  /** The bar of the whole, where a whole was announced. */
  #draw(): void {
    if (this.#filesTotal === 0) return;
    const inFlight = [...this.#files.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    const done = this.#bytesDone + inFlight;
    const left = (this.#bytesTotal - done) / this.#speed.bytesPerSecond();
    const pace = `${formatBytes(this.#speed.bytesPerSecond())}/s, ${formatSeconds(left)} left`;
    const name = `${this.#filesDone} of ${this.#filesTotal} files`.padEnd(nameChars);
    const amount = `${formatBytes(done)} of ${formatBytes(this.#bytesTotal)}, ${pace}`;
    this.#total ??= this.#bars.create(1, 0, { name, amount });
    this.#total.setTotal(Math.max(1, this.#bytesTotal));
    this.#total.update(Math.min(done, Math.max(1, this.#bytesTotal)), { name, amount });
  }
}

/** Octets a second over the last five. */
class Speed {
  #steps: { at: number; bytes: number }[] = [{ at: Date.now(), bytes: 0 }];

  add(bytes: number): void {
    const at = Date.now();
    this.#steps.push({ at, bytes });
    while (this.#steps.length > 2 && at - this.#steps[0]!.at > speedMs) this.#steps.shift();
  }

  bytesPerSecond(): number {
    const seconds = Math.max(0.2, (Date.now() - this.#steps[0]!.at) / 1000);
    return this.#steps.reduce((sum, { bytes }) => sum + bytes, 0) / seconds;
  }
}
