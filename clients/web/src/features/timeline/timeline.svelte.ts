/** What the page knows of a project's media, kept while one looks at a single one and comes back. Gone when locked. */
import { proxy } from 'comlink';
import type { Project } from '@aerie/sdk';
import { engine } from '../../platform/engine/connect.js';
import { session } from '../../shell/session.svelte.js';
import { noFilter, passes, type Cell, type Filter } from './cell.js';
import { Days } from './days.js';
import { Selection } from './selection.js';
import { Thumbs } from './thumbs.svelte.js';

export class Timeline {
  project: Project | null = $state.raw(null);
  /** Of media, so far. */
  readCount = $state(0);
  isReading = $state(false);
  error: unknown = $state.raw();
  filter: Filter = $state.raw(noFilter);
  selection = $state.raw(new Selection());
  /** Steps on whenever `shown` has changed. */
  version = $state(0);
  readonly thumbs: Thumbs;
  /** Where one was, to come back to. */
  scrollTopPx = 0;
  lastSeen: string | null = null;
  /** One came to a single media from the grid, and goes back in history. */
  isAhead = false;
  /** While this browser adds media: then coming back to the grid reads again. */
  isStale = false;
  #all = new Days();
  #shown: Days = this.#all;
  #reading = 0;

  constructor(readonly projectId: string) {
    this.thumbs = new Thumbs(projectId);
  }

  /** In the order of the grid, those that pass the filter. */
  get shown(): Days {
    void this.version;
    return this.#shown;
  }

  get count(): number {
    void this.version;
    return this.#all.count;
  }

  /** Reads the project, unless it was read. */
  async open(): Promise<void> {
    if (this.isReading || (this.project && !this.isStale && this.error === undefined)) return;
    await this.read();
  }

  /** Reads the project again; what is known already stays where it is. */
  async read(): Promise<void> {
    const turn = ++this.#reading;
    this.isReading = true;
    this.isStale = false;
    this.error = undefined;
    this.readCount = 0;
    try {
      this.project = await engine().projects.read(this.projectId);
      await engine().timeline.read(
        this.projectId,
        proxy(async (cells) => turn === this.#reading && this.#add(cells)),
      );
    } catch (error) {
      this.error = error;
    } finally {
      if (turn === this.#reading) this.isReading = false;
    }
  }

  show(filter: Filter): void {
    this.filter = filter;
    const isAll = filter.kind === 'all' && filter.text.trim() === '';
    this.#shown = isAll ? this.#all : Days.of([...this.#all.cells()].filter(passes(filter)));
    this.version++;
  }

  get(mediaId: string): Cell | undefined {
    return this.#all.get(mediaId);
  }

  close(): void {
    this.#reading++;
    this.thumbs.clear();
  }

  #add(cells: readonly Cell[]): boolean {
    this.#all.insert(cells);
    if (this.#shown !== this.#all) this.#shown.insert(cells.filter(passes(this.filter)));
    this.readCount += cells.length;
    this.version++;
    return true;
  }
}

/** One project is kept; another takes its place. */
let current: Timeline | undefined;

export function timelineOf(projectId: string): Timeline {
  if (current?.projectId !== projectId) {
    current?.close();
    current = new Timeline(projectId);
  }
  return current;
}

$effect.root(() => {
  $effect(() => {
    if (session.state.kind === 'open') return;
    current?.close();
    current = undefined;
  });
});
