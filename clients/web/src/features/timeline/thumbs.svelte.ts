/** Thumbnails of what is on the screen, as addresses for `<img>`; asked for in batches, kept within a limit of octets. */
import { SvelteMap } from 'svelte/reactivity';
import { engine } from '../../platform/engine/connect.js';
import type { Cell } from './cell.js';

/** About a screenful. A batch that has left cannot be called back, so it is small, and few are under way. */
const batchMedia = 48;
const batchesAtATime = 2;
/** While a person flies past, nothing is asked for. */
const settleMs = 120;
const keptBytesMax = 48 * 1024 * 1024;

export class Thumbs {
  readonly #urls = new SvelteMap<string, string>();
  /** Least recently seen first. */
  readonly #kept = new Map<string, number>();
  readonly #asked = new Set<string>();
  /** Damaged ones, and those of a page that could not be read: not asked for again in this session. */
  readonly #failed = new Set<string>();
  #keptBytes = 0;
  #wanted: string[] = [];
  #seen: ReadonlySet<string> = new Set();
  #batches = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly projectId: string) {}

  url(mediaId: string): string | undefined {
    return this.#urls.get(mediaId);
  }

  /** These are on the screen, and nothing else is: what was waiting and is not among them is not asked for. */
  want(cells: readonly Cell[], isPassing: boolean): void {
    this.#seen = new Set(cells.map(({ mediaId }) => mediaId));
    for (const id of this.#seen) {
      const bytes = this.#kept.get(id);
      if (bytes === undefined) continue;
      this.#kept.delete(id);
      this.#kept.set(id, bytes);
    }
    this.#wanted = cells
      .filter(({ hasThumb, mediaId }) => hasThumb && !this.#kept.has(mediaId) && !this.#failed.has(mediaId))
      .map(({ mediaId }) => mediaId);
    clearTimeout(this.#timer);
    if (isPassing) this.#timer = setTimeout(() => this.#ask(), settleMs);
    else this.#ask();
  }

  /** Gives every picture back to the browser. */
  clear(): void {
    clearTimeout(this.#timer);
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
    this.#kept.clear();
    this.#wanted = [];
    this.#keptBytes = 0;
  }

  #ask(): void {
    while (this.#batches < batchesAtATime) {
      const batch = this.#wanted.filter((id) => !this.#asked.has(id)).slice(0, batchMedia);
      if (batch.length === 0) return;
      for (const id of batch) this.#asked.add(id);
      this.#batches++;
      void this.#fetch(batch).finally(() => {
        this.#batches--;
        for (const id of batch) this.#asked.delete(id);
        this.#wanted = this.#wanted.filter((id) => !batch.includes(id));
        this.#ask();
      });
    }
  }

  async #fetch(batch: readonly string[]): Promise<void> {
    const missing = new Set(batch);
    try {
      for (const { mediaId, octets, mime } of await engine().timeline.thumbs(this.projectId, batch)) {
        missing.delete(mediaId);
        this.#keep(mediaId, new Blob([octets as BlobPart], { type: mime }));
      }
    } catch {
      // The cells stay without a picture and say so; the next look at them asks again.
      return;
    }
    for (const id of missing) this.#failed.add(id);
    this.#evict();
  }

  #keep(mediaId: string, picture: Blob): void {
    if (this.#kept.has(mediaId)) return;
    this.#kept.set(mediaId, picture.size);
    this.#keptBytes += picture.size;
    this.#urls.set(mediaId, URL.createObjectURL(picture));
  }

  #evict(): void {
    for (const [id, bytes] of this.#kept) {
      if (this.#keptBytes <= keptBytesMax) return;
      if (this.#seen.has(id)) continue;
      this.#kept.delete(id);
      this.#keptBytes -= bytes;
      URL.revokeObjectURL(this.#urls.get(id)!);
      this.#urls.delete(id);
    }
  }
}
