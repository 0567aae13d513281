import type { CaptureFacts } from '@aerie/protocol';
import type { PlainSource } from '../crypto/seal.js';
import type { Explanation } from '../errors.js';
import type { Journal } from './journal.js';

export interface IngestSource extends PlainSource {
  sha256(): Promise<Uint8Array>;
  /** Throws where the file is no longer what it was when it was opened. */
  assertUnchanged(): Promise<void>;
  /** Called when ingest is through with the file; calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * Why a file has no picture. `no_picture_type`: no pictures are made of such files, which needs no remark; `not_kept`: the
 * project wants none; `not_stored`: nothing of the file was stored; `as_before`: it was stored earlier, with or without.
 */
export type NoPictureCode =
  | 'no_picture_type'
  | 'unsupported'
  | 'no_decoder'
  | 'too_large'
  | 'timed_out'
  | 'unreadable'
  | 'not_kept'
  | 'not_stored'
  | 'as_before';
/** `code` is the contract; `text` is for a person. */
export interface NoPicture {
  readonly code: NoPictureCode;
  readonly text: string;
}

/** JPEG or WebP octets; `reason` says why there are none. */
export interface Pictures {
  readonly thumb?: Uint8Array;
  readonly preview?: Uint8Array;
  readonly reason?: NoPicture;
}

/** What became of the pictures of a file. */
export type PicturesOutcome = { readonly made: true } | ({ readonly made: false } & NoPicture);
export const picturesOfNothing: PicturesOutcome = { made: false, code: 'not_stored', text: 'the file was not stored' };
export const picturesAsBefore: PicturesOutcome = { made: false, code: 'as_before', text: 'as they were stored before' };

export interface IngestItem {
  /** What the caller calls the file: reported back, never sent. */
  readonly path: string;
  /** Sealed into `meta`. */
  readonly name: string;
  /** Sealed into `meta` too: the folders it lies in, with `/` between; empty where there are none. */
  readonly folder: string;
  readonly mime: string;
  readonly modifiedAt: Date | null;
  /** Path, size, times and inode: finds the journal entry of an interrupted upload. Null: it is not resumed. */
  readonly resumeKey: string | null;
  readonly source: IngestSource;
  captureFacts(): Promise<CaptureFacts>;
  makePictures(): Promise<Pictures>;
}

/** A file; something that cannot be ingested, which comes out as `failed`; or a file of the operating system's own. */
export type IngestInput =
  IngestItem | { readonly path: string; readonly problem: string } | { readonly path: string; readonly skipped: true };

export interface IngestResult {
  readonly path: string;
  readonly mediaId: string | null;
  /** Of plaintext. */
  readonly bytes: number;
  readonly status: 'stored' | 'already-stored' | 'skipped' | 'failed';
  /** Of one that is stored already under another name: its path there. */
  readonly storedAs: string | null;
  /** The server's signed note; null only where failed or skipped. */
  readonly receipt: string | null;
  readonly pictures: PicturesOutcome;
  readonly problem?: Explanation;
}

export type IngestEvent =
  | { readonly kind: 'started'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'progress'; readonly path: string; readonly bytesDone: number; readonly bytes: number }
  | { readonly kind: 'resumed'; readonly path: string; readonly partsKept: number; readonly parts: number }
  | {
      readonly kind: 'retry';
      readonly path: string | null;
      readonly attempt: number;
      readonly waitMs: number;
      readonly problem: Explanation;
    };

export interface IngestOptions {
  readonly projectId: string;
  /** Without one nothing is resumed after the process has ended. */
  readonly journal?: Journal;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: IngestEvent) => void;
  /** Files prepared at a time. */
  readonly concurrency?: number;
}

/** The folders of a path whose pieces are separated by `/`. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
