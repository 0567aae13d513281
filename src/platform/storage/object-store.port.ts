import type { Readable } from 'node:stream';
import type { Sealed } from '@aerie/protocol';

/** Nothing is stored under this key. */
export class ObjectMissing extends Error {
  override readonly name = 'ObjectMissing';
}
/** Whether a `get` failed because the store does not hold that: there is no such object, or it ends before the range. */
export const isAbsence = (error: unknown): boolean => error instanceof ObjectMissing || error instanceof RangeError;
/** The store has no such upload (any more), or not all of the parts it was asked to join. */
export class UploadMissing extends Error {
  override readonly name = 'UploadMissing';
}
/** The bytes do not have the SHA-256 that came with them. Nothing of them is visible. */
export class DigestRefused extends Error {
  override readonly name = 'DigestRefused';
}
/** The store has no space left. Nothing of the call is visible; what was acknowledged before is kept. */
export class StoreFull extends Error {
  override readonly name = 'StoreFull';
}
/** The store did not answer in time, or not as it should. The outcome is unknown; every call may be repeated. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
/** Not a key of ours. Keys are made by the server, so this is a mistake in the server. */
export class KeyRefused extends Error {
  override readonly name = 'KeyRefused';
}

export interface StoredObject {
  key: string;
  bytes: number;
  modifiedAt: Date;
}
/** Names one upload in parts. Both fields are plain text, so a database row is enough to go on after a restart. */
export interface PartsRef {
  key: string;
  uploadRef: string;
}
export interface StoredPart {
  /** Counted from 0, without gaps. */
  number: number;
  /** What `putPart` answered. */
  tag: string;
  bytes: number;
}
/** Octets `start` to `end`, without `end`. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface StoreSpace {
  kind: 'filesystem' | 's3';
  disk: { bytesFree: number; bytesTotal: number } | null;
}

/** Shorter than the 1,024 octets of S3, and each name far below the 255 of file systems. */
const keyCharsMax = 512;

/**
 * Refuses whatever is not lower-case hex digits in names separated by single slashes: such a key means the same to
 * every file system, URL and S3 engine. @throws KeyRefused
 */
export function checkKey(key: string): void {
  if (key.length > keyCharsMax || !/^[0-9a-f]{1,128}(\/[0-9a-f]{1,128})*$/.test(key)) {
    throw new KeyRefused('an object key is lower-case hex digits and single slashes');
  }
}

/** @throws KeyRefused unless `prefix` could begin a key; the empty prefix begins every key */
export function checkPrefix(prefix: string): void {
  if (prefix.length > keyCharsMax || !/^[0-9a-f/]*$/.test(prefix)) {
    throw new KeyRefused('a key prefix is lower-case hex digits and slashes');
  }
}

/** @throws RangeError unless the range holds at least one octet */
export function checkRange({ start, end }: ByteRange): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end <= start) {
    throw new RangeError('a range holds at least one octet');
  }
}

/**
 * Holds sealed bytes by key. What every adapter promises:
 *
 * - A write that was answered survives a crash of the process and, as far as the store beneath allows, of the machine.
 * - A reader sees a whole object or none, and sees it as soon as the write was answered.
 * - The store checks the SHA-256 it is given, so that callers need not hash the bytes a second time.
 * - Any call may be repeated after any failure, also after a lost answer; repeating changes nothing.
 * - No call waits without end: a silent store becomes `StoreUnavailable`.
 *
 * Keys obey `checkKey`, and no key is a folder of another. Every method may throw `KeyRefused` and `StoreUnavailable`.
 */
export abstract class ObjectStore {
  /**
   * Stores a whole object at once. Another object under the key is replaced.
   * @param sha256 digest of `bytes`, 32 octets
   * @throws DigestRefused, StoreFull
   */
  abstract put(key: string, bytes: Sealed, sha256: Uint8Array): Promise<void>;

  /**
   * Begins an upload in parts, or finds the one that was begun under this key: who asks again because the answer was lost, or
   * died with it, leaves no second one. One call at a time for one key. Nothing is visible under `key` yet.
   * @returns the `uploadRef`. @throws StoreFull
   */
  abstract beginParts(key: string): Promise<string>;

  /**
   * Stores one part; parts may come in any order and in parallel. A part that is sent again must have the same bytes.
   * @param partNumber counted from 0
   * @param offset where the part begins in the object, in octets; every part before it has its final length
   * @param sha256 digest of `bytes`, 32 octets
   * @returns the tag to hand to `completeParts`
   * @throws DigestRefused, StoreFull, UploadMissing
   */
  abstract putPart(
    ref: PartsRef,
    partNumber: number,
    offset: number,
    bytes: Sealed,
    sha256: Uint8Array,
  ): Promise<string>;

  /**
   * Joins the parts into the object. Succeeds as well when the object of `objectBytes` octets is already there, so a
   * call after a lost answer, or a second one, succeeds. Keys must therefore not be used twice.
   * @param parts all parts, in order of their number
   * @throws UploadMissing, StoreFull
   */
  abstract completeParts(ref: PartsRef, parts: readonly StoredPart[], objectBytes: number): Promise<void>;

  /** Forgets the parts that were begun under the key. Succeeds when there is nothing to forget; a completed object stays. */
  abstract abortParts(key: string): Promise<void>;

  /** Size in octets and time of the last write, or null where nothing is stored. */
  abstract head(key: string): Promise<{ bytes: number; modifiedAt: Date } | null>;

  /**
   * Streams the object, or a range of it. A range that ends behind the object ends with the object.
   * The caller reads the stream to its end or destroys it.
   * @throws ObjectMissing, and RangeError for a range that begins behind the object
   */
  abstract get(key: string, range?: ByteRange): Promise<Readable>;

  /** Removes the object. Succeeds when there is none. */
  abstract delete(key: string): Promise<void>;

  /** Every object whose key begins with `prefix` and comes after the key `after`, in the order of the keys' octets. */
  abstract list(prefix: string, after?: string): AsyncIterable<StoredObject>;

  /** Where the objects lie, and what is left of that disk in octets; null where the store does not say. */
  abstract space(): Promise<StoreSpace>;

  /**
   * For readiness: whether the store answers, is the right one, may be written to and is not full. Writes nothing where the
   * latest write went well. @throws StoreFull
   */
  abstract check(): Promise<void>;
}
