/**
 * What a feature of the web app brings. Each has a folder below features/ and registers itself there, in
 * `<feature>.feature.ts`; features.ts lists them. A feature knows platform/, shell/ and the three core features, never
 * another one: what it needs of others it finds among the offers here, or does without.
 */
import type { Remote } from 'comlink';
import type { Component } from 'svelte';
import type { ZipPull } from '../platform/engine/zip-pull.js';
import type { IconName } from '../platform/ui/Icon.svelte';
import type { Right } from './rights.svelte.js';
import type { SessionState } from './session.svelte.js';

export interface Page {
  /** With `:names`, handed to the component as properties. */
  readonly path: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each page names its own properties
  readonly component: Component<any>;
  /** `for`: who sees it there; everybody, unless it says. */
  readonly menu?: { readonly text: () => string; readonly icon: IconName; readonly for?: Right };
  /** Fills the window, without the menu beside it. */
  readonly whole?: boolean;
  /** The page is rebuilt only when this value changes, and takes the others as they come. Otherwise with every path. */
  readonly remadeBy?: string;
}

/** Shown in place of the menu and the pages: before there are keys, or while they are locked. */
export interface Entry {
  isWanted(state: SessionState, path: string): boolean;
  readonly component: Component;
}

/** A way to a page of this feature that others show: in the menu of a project, or above the list of devices. */
export interface Link {
  readonly at: 'project' | 'devices';
  readonly text: () => string;
  readonly icon: IconName;
  path(projectId: string): string;
}

/** What a person chose or dropped. */
export type Chosen = DataTransfer | FileList | readonly File[] | FileSystemDirectoryHandle;

export interface Uploads {
  /** Call it in the handler of the event: afterwards a browser knows nothing of a drop any more. */
  start(projectId: string, chosen: Chosen): void;
  /** Whether this browser has added files to that project since it was opened. */
  isKnown(projectId: string): boolean;
  /** Takes drops, and opens pickers. */
  readonly Area: Component<{ projectId: string }>;
}

export interface Download {
  readonly mediaId: string;
  readonly name: string;
  readonly bytes: number;
}
/** Several files as one zip that the engine makes. */
export interface ZipDownload {
  readonly name: string;
  /** About how many. */
  readonly bytes: number;
  begin(): Promise<Remote<ZipPull>>;
  /** After a fault: the sentence that says at which file. @param current what the zip was about, if known */
  failedAt(current: string | null): (() => string) | null;
  /** After its end: the sentence that says what is not in it; null where all of it is. */
  leftOut?(): Promise<(() => string) | null>;
}
/** One at a time. */
export interface Downloads {
  readonly isRunning: boolean;
  file(wanted: Download): Promise<void>;
  files(name: string, wanted: readonly Download[]): Promise<void>;
  zip(wanted: ZipDownload): Promise<void>;
}

/** What features do for one another. Each may be missing. */
export interface Offers {
  readonly uploads: Uploads;
  readonly downloads: Downloads;
  readonly VideoPlayer: Component<{ mediaId: string; name: string; poster?: string; ondownload?: () => void }>;
}

export interface Feature {
  readonly pages?: readonly Page[];
  readonly entries?: readonly Entry[];
  readonly links?: readonly Link[];
  /** Over every page, in its corner: what goes on, or has happened, while a person looks at something else. */
  readonly pills?: readonly Component[];
  /** Paths whose `#` holds a secret. */
  readonly secretPaths?: readonly string[];
  readonly offers?: Partial<Offers>;
  /** How many files would stand still if the keys left memory now; the person is asked before. */
  unfinished?(): number;
  /** Called once, before the page is shown. */
  start?(): void;
}
