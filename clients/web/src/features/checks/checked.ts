import type { Explanation } from '@aerie/sdk';

/** What a check is about. */
export interface Subject {
  readonly projectId: string;
  readonly project: string;
  readonly organization: string;
  /** Fingerprint of the organization's root, which this browser holds every signature against. */
  readonly rootFp: string;
  /** Origin of the server. */
  readonly server: string;
  /** As the server says. */
  readonly mediaCount: number;
  /** Of ciphertext, as the server says: what is fetched. */
  readonly bytes: number;
}

/** What was found about one media. Null: nothing is known that anyone has signed. */
export interface CheckedMedia {
  readonly mediaId: string;
  readonly name: string | null;
  /** Its folders and its name, and every further path that the same content was found under. */
  readonly paths: readonly string[];
  /** Of the original. */
  readonly bytes: number | null;
  /** Of everything that is kept of it, encrypted. */
  readonly sealedBytes: number;
  /** Of the original, in hex, as its uploader signed it. */
  readonly sha256: string | null;
  readonly uploader: string | null;
  /** By the receipt of the server. RFC 3339. */
  readonly receivedAt: string | null;
  readonly isSound: boolean;
  /** What was found good. */
  readonly checks: readonly string[];
  readonly problem: Explanation | null;
}

/** A check under way in the engine. */
export interface Checking {
  result(): Promise<void>;
  stop(): void;
}
