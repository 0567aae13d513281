/** The files of one upload and how far each has come. Plain objects: twenty thousand of them change ten times a second. */
import type { Explanation, PicturesOutcome } from '@aerie/sdk';
import type { Found, Picked } from './found.js';
import type { FileResult, Report } from './report.js';

export type FileState = 'waiting' | 'active' | 'stored' | 'already-stored' | 'failed';

export interface UploadFile {
  readonly id: number;
  readonly path: string;
  /** Null where there is nothing to read: a folder that cannot be listed. */
  readonly picked: Picked | null;
  bytes: number;
  bytesDone: number;
  /** Of those, the ones that were not sent by this run. */
  bytesKept: number;
  state: FileState;
  mediaId: string | null;
  /** Of one that was there already, under another name: its path there. */
  storedAs: string | null;
  receipt: string | null;
  pictures: PicturesOutcome | null;
  problem: Explanation | null;
}

export interface Totals {
  readonly files: number;
  readonly bytes: number;
  readonly bytesDone: number;
  readonly bytesSent: number;
  /** System files and folders, which are not uploaded. */
  readonly skipped: number;
  readonly states: Readonly<Record<FileState, number>>;
}

/** These failures are not the file's: the run ends for them, and the file is put back. */
const passingCodes = ['ingest.aborted', 'network.unreachable'];

export class Selection {
  readonly files: UploadFile[] = [];
  /** Names of the folders that were chosen; a card is one. */
  readonly folders = new Set<string>();
  /** Paths of system files and folders that were found besides. A set: a folder may come once for each file in it. */
  readonly skipped = new Set<string>();
  /** In the order in which they began. */
  readonly active = new Set<UploadFile>();
  readonly failed = new Set<UploadFile>();
  /** Those whose turn has not come. */
  readonly #queue = new Set<UploadFile>();
  /** Given to the engine, which has not begun with them. */
  readonly #taken = new Set<UploadFile>();
  readonly #states: Record<FileState, number> = { waiting: 0, active: 0, stored: 0, 'already-stored': 0, failed: 0 };
  #bytes = 0;
  #bytesDone = 0;
  #bytesSent = 0;

  get totals(): Totals {
    return {
      files: this.files.length,
      bytes: this.#bytes,
      bytesDone: this.#bytesDone,
      bytesSent: this.#bytesSent,
      skipped: this.skipped.size,
      states: { ...this.#states },
    };
  }

  /**
   * Adds a file. One of the same path that failed before stays in the list: it may be another card's, as cameras give
   * the same names again and again.
   */
  add(found: Found): void {
    if ('skipped' in found) {
      this.skipped.add(found.path);
      return;
    }
    const [folder, ...below] = found.path.split('/');
    if (folder && below.length > 0) this.folders.add(folder);
    const file: UploadFile = {
      id: this.files.length,
      path: found.path,
      picked: found.picked,
      bytes: 'bytes' in found ? found.bytes : 0,
      bytesDone: 0,
      bytesKept: 0,
      state: 'waiting',
      mediaId: null,
      storedAs: null,
      receipt: null,
      pictures: null,
      problem: 'code' in found ? { code: found.code, message: found.code, hint: '' } : null,
    };
    this.files.push(file);
    this.#bytes += file.bytes;
    this.#states.waiting += 1;
    this.#queue.add(file);
    if (file.problem) this.#move(file, 'failed');
  }

  get hasWaiting(): boolean {
    return this.#queue.size > 0;
  }

  /** The next files, for the engine; they are under way once it says that it has started. */
  take(count: number): UploadFile[] {
    const taken: UploadFile[] = [];
    for (const file of this.#queue) {
      if (taken.length === count) break;
      taken.push(file);
    }
    for (const file of taken) {
      this.#queue.delete(file);
      this.#taken.add(file);
    }
    return taken;
  }

  /** @returns whether the network was lost */
  apply(report: Report): boolean {
    for (const { id, bytes } of report.started) {
      this.#resize(this.files[id]!, bytes);
      this.#move(this.files[id]!, 'active');
    }
    for (const { id, share } of report.resumed) {
      const file = this.files[id]!;
      file.bytesKept = Math.round(file.bytes * share);
    }
    for (const { id, bytesDone } of report.progress) this.#progress(this.files[id]!, bytesDone);
    for (const result of report.results) this.#finish(this.files[result.id]!, result);
    return report.results.some(({ problem }) => problem?.code === 'network.unreachable');
  }

  /** What a run that has ended left over waits again, before all others. */
  putBack(): void {
    const cut = [...this.active, ...this.#taken];
    const later = [...this.#queue];
    this.#queue.clear();
    for (const file of cut) this.#move(file, 'waiting');
    for (const file of later) this.#queue.add(file);
  }

  /** @returns whether there was any that can be tried again */
  retryFailed(): boolean {
    const again = [...this.failed].filter(({ picked }) => picked !== null);
    for (const file of again) {
      file.problem = null;
      this.#move(file, 'waiting');
    }
    return again.length > 0;
  }

  #finish(file: UploadFile, { mediaId, status, storedAs, receipt, pictures, problem }: FileResult): void {
    if (problem && passingCodes.includes(problem.code)) return;
    Object.assign(file, { mediaId, storedAs, receipt, pictures, problem: problem ?? null });
    if (status === 'already-stored') file.bytesKept = file.bytes;
    if (status !== 'failed') this.#progress(file, file.bytes);
    this.#move(file, status);
  }

  #move(file: UploadFile, state: FileState): void {
    this.#states[file.state] -= 1;
    this.#states[state] += 1;
    this.#queue.delete(file);
    this.#taken.delete(file);
    this.active.delete(file);
    this.failed.delete(file);
    if (state === 'waiting') this.#queue.add(file);
    if (state === 'active') this.active.add(file);
    if (state === 'failed') this.failed.add(file);
    file.state = state;
    if (state === 'failed') this.#progress(file, 0);
    // The server keeps what it has acknowledged: it is not sent again, nor does it count as sent again.
    if (state === 'waiting') file.bytesKept = file.bytesDone;
  }

  #progress(file: UploadFile, bytesDone: number): void {
    const sent = ({ bytesDone: done, bytesKept }: UploadFile) => Math.max(0, done - bytesKept);
    const before = { ...file };
    file.bytesDone = bytesDone;
    this.#bytesDone += bytesDone - before.bytesDone;
    this.#bytesSent += Math.max(0, sent(file) - sent(before));
  }

  /** A file may have grown between the listing and its turn. */
  #resize(file: UploadFile, bytes: number): void {
    this.#bytes += bytes - file.bytes;
    file.bytes = bytes;
  }
}
