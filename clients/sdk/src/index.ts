/**
 * The public surface of the Aerie SDK; everything else may change. (Signatures first: the bodies move in behind them.)
 * Every error that leaves the SDK has `code` and `hint`; `explain(error)` gives both for any thrown value.
 */
import type { CaptureFacts, DeviceKind, MediaManifest, Previews as PreviewsPolicy, RenderingFailure, Receipt } from '@aerie/protocol';
import type { z } from 'zod';
import type { PlainSource } from './crypto/seal.js';

// ---- errors.ts --------------------------------------------------------------------------------------------------
export interface Explanation { code: string; message: string; hint: string; requestId?: string }
/** Works for every value that may be thrown, ours or not. */
export declare function explain(error: unknown): Explanation;

// ---- identity/keyring.ts ----------------------------------------------------------------------------------------
/** Plain JSON. Secret as a whole: store it with node/keyring-file.ts only. */
export interface Keyring {
  v: 1;
  type: 'aerie-keyring';
  server: string;
  organisationId: string;
  rootFp: string;
  memberId: string;
  deviceId: string;
  kind: DeviceKind;
  /** Base64 transferable secret key. */
  deviceSecretKey: string;
  memberSecretKey: string | null;
  /** 32 octets, base64: seals local state. */
  localKey: string;
  /** Project id to the highest epoch seen. */
  pins: Record<string, number>;
  /** Upload-only devices cannot open the project's name; it came with the enrolment. */
  projectNames: Record<string, string>;
}
export interface Enrolment {
  v: 1; type: 'aerie-enrolment'; server: string; organisationId: string; rootFp: string; memberId: string; deviceId: string;
  projectId: string; projectName: string; deviceSecretKey: string;
}
/** Parse untrusted JSON. @throws zod errors */
export declare const Keyring: z.ZodType<Keyring>;
export declare const Enrolment: z.ZodType<Enrolment>;
type Fetch = typeof fetch;

// ---- identity ---------------------------------------------------------------------------------------------------
/** `kit` is the text of the recovery kit file: write it, mode 0600, before anything else. It was tried out already. */
export declare function found(options: {
  server: string; setupToken: string; organisation: string; memberName: string; deviceLabel: string; fetch?: Fetch;
}): Promise<{ keyring: Keyring; kit: string }>;
/** `kit` is the text of the kit file. */
export declare function recover(options: { server: string; kit: string; deviceLabel: string; fetch?: Fetch }): Promise<Keyring>;
export declare function join(enrolment: Enrolment, options?: { fetch?: Fetch }): Promise<Keyring>;
/** What a renderer keeps of itself before anybody has signed it in. Plain JSON, secret. */
export interface RendererIdentity { v: 1; type: 'aerie-renderer'; deviceId: string; secretKey: string }
export declare const RendererIdentity: z.ZodType<RendererIdentity>;
export declare function createRendererIdentity(): Promise<RendererIdentity>;
/** Offers the renderer's certificate; repeat until `enrolled`. */
export declare function offerRenderer(options: {
  server: string; rendererToken: string; identity: RendererIdentity; fetch?: Fetch;
}): Promise<{ enrolled: boolean }>;
/** Once enrolled: logs in, pins the organisation's root on first use, answers the keyring to open Aerie with. */
export declare function adoptRenderer(options: { server: string; identity: RendererIdentity; fetch?: Fetch }): Promise<Keyring>;

// ---- aerie.ts ---------------------------------------------------------------------------------------------------
export interface AerieOptions {
  fetch?: Fetch;
  /** Called after a pin in `keyring.pins` has moved: save the keyring. */
  onKeyringChanged?: (keyring: Keyring) => Promise<void>;
}
export declare class Aerie {
  /** No request is made before one is needed. */
  static open(keyring: Keyring, options?: AerieOptions): Promise<Aerie>;
  readonly keyring: Keyring;
  readonly projects: Projects;
  readonly devices: Devices;
  readonly uploads: Uploads;
  readonly media: MediaLibrary;
  readonly previews: Previews;
  readonly renderings: Renderings;
  /** Octets and requests of this process: for benchmarks. */
  readonly traffic: { bytesSent: number; bytesReceived: number; requests: number };
  /** The member's OpenPGP key, armored: `secret` locked with the passphrase (null: unlocked). @throws for devices without it */
  exportKey(options: { secret: boolean; passphrase?: string | null }): Promise<string>;
  /** Ends the session. */
  close(): Promise<void>;
}

// ---- projects ---------------------------------------------------------------------------------------------------
export type PreviewsMode = PreviewsPolicy['mode'];
export interface Project {
  projectId: string;
  name: string;
  previews: PreviewsMode;
  /** Assisted projects only. */
  rendererFp: string | null;
  epoch: number;
  epochFp: string;
  createdAt: string;
  bytesUsed: number;
  bytesQuota: number | null;
  mediaCount: number;
}
export interface Projects {
  create(name: string, previews?: PreviewsMode): Promise<Project>;
  list(): Promise<Project[]>;
  read(projectId: string): Promise<Project>;
}

// ---- devices ----------------------------------------------------------------------------------------------------
export interface Device {
  deviceId: string; memberId: string; member: string; label: string; kind: DeviceKind; projects: string[] | null;
  expiresAt: string | null; createdAt: string; revokedAt: string | null; thisDevice: boolean; fingerprint: string;
}
export interface Devices {
  list(): Promise<Device[]>;
  enrolUploadOnly(options: { projectId: string; label: string; days?: number }): Promise<Enrolment>;
  revoke(deviceId: string, reason?: string): Promise<void>;
}

// ---- uploads ----------------------------------------------------------------------------------------------------
export interface IngestSource extends PlainSource {
  sha256(): Promise<Uint8Array>;
  /** Throws where the file is no longer what it was when opened. */
  assertUnchanged(): Promise<void>;
  /** Called by ingest once it is through with the file. */
  close(): Promise<void>;
}
export interface Picture { bytes: Uint8Array }
/** JPEG or WebP octets; `reason` says why there are none. */
export interface Pictures { thumb?: Uint8Array; preview?: Uint8Array; reason?: string }
export interface IngestItem {
  /** What the caller calls the file: reported back, never sent. */
  path: string;
  /** Sealed into `meta`. */
  name: string;
  mime: string;
  modifiedAt: Date | null;
  /** Path, size, times, inode: finds the journal entry of an interrupted upload. Null: not resumed. */
  resumeKey: string | null;
  source: IngestSource;
  captureFacts(): Promise<CaptureFacts>;
  makePictures(): Promise<Pictures>;
}
/** A file, or something that cannot be one: it comes out as `failed` with that problem. */
export type IngestInput = IngestItem | { path: string; problem: string };
export interface IngestResult {
  path: string;
  mediaId: string | null;
  bytes: number;
  status: 'stored' | 'already-stored' | 'failed';
  /** The signed note; null only where failed. */
  receipt: string | null;
  /** `made`, `none: <reason>`. */
  pictures: string;
  problem?: Explanation;
}
export type IngestEvent =
  | { kind: 'started'; path: string; bytes: number }
  | { kind: 'progress'; path: string; bytesDone: number; bytes: number }
  | { kind: 'resumed'; path: string; partsKept: number; parts: number }
  | { kind: 'retry'; path: string | null; attempt: number; waitMs: number; problem: Explanation };
export interface IngestOptions {
  projectId: string;
  /** Without one nothing is resumed after the process has ended. Node: `openFolderJournal(dir)`. */
  journal?: Journal;
  signal?: AbortSignal;
  onEvent?: (event: IngestEvent) => void;
  /** Files prepared at a time. */
  concurrency?: number;
}
export interface Uploads {
  /** Results come in the order in which files finish. Throws only where nothing at all can go on (no project, revoked). */
  ingest(items: AsyncIterable<IngestInput>, options: IngestOptions): AsyncIterable<IngestResult>;
}
/** Small records by name, each list append-only. Holds sealed octets only. */
export interface Journal {
  read(name: string): Promise<Uint8Array[]>;
  /** Replaces the list by one record, atomically. */
  write(name: string, record: Uint8Array): Promise<void>;
  append(name: string, record: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

// ---- media ------------------------------------------------------------------------------------------------------
export interface Media {
  mediaId: string;
  projectId: string;
  verified: boolean;
  /** Why it is not verified. */
  problem?: Explanation;
  /** Null, and empty, where not verified: nothing of such a media is decrypted. */
  name: string | null;
  bytes: number | null;
  mime: string | null;
  /** Base64. */
  sha256: string | null;
  capturedAt: string | null;
  capture: CaptureFacts | null;
  modifiedAt: string | null;
  uploader: { memberId: string; member: string; deviceId: string; device: string } | null;
  previews: ('thumb' | 'preview')[];
  rendering: 'none' | 'due' | 'done' | 'failed';
  committedAt: string;
  receipt: string;
}
export interface MediaCheck {
  mediaId: string;
  name: string | null;
  ok: boolean;
  /** Names of the checks that were passed, in order: manifest, receipt, meta, original, pictures. */
  checks: string[];
  problem?: Explanation;
}
/** Where an export goes. Paths are relative, use `/`, and are safe on every file system. */
export interface ExportSink { write(path: string, content: AsyncIterable<Uint8Array>): Promise<void> }
export interface ExportedFile { mediaId: string; path: string | null; name: string | null; bytes: number; problem?: Explanation }
export interface MediaLibrary {
  list(projectId: string): AsyncIterable<Media>;
  read(mediaId: string): Promise<Media>;
  /** `end` is exclusive. Without a range the SHA-256 of the whole is checked at the end: the last piece may throw. */
  download(mediaId: string, range?: { start: number; end: number }): Promise<{ media: Media; content: AsyncIterable<Uint8Array> }>;
  verify(projectId: string): AsyncIterable<MediaCheck>;
  exportTo(projectId: string, sink: ExportSink): AsyncIterable<ExportedFile>;
}

// ---- previews ---------------------------------------------------------------------------------------------------
export type PictureSize = 'thumb' | 'preview';
export interface SizedPicture { bytes: Uint8Array; mime: string }
export interface Previews {
  /** @throws NoPicture where there is none (yet). */
  read(mediaId: string, size: PictureSize): Promise<SizedPicture>;
  /** Thumbnails of a gallery page in few requests; media without one are left out. */
  page(projectId: string, mediaIds: readonly string[]): Promise<Map<string, SizedPicture>>;
}

// ---- renderings (renderer devices) ------------------------------------------------------------------------------
export interface RenderingTask {
  mediaId: string;
  leaseSeconds: number;
  /** The low-resolution picture, opened in memory, at most `bytesMax` octets. */
  source(bytesMax: number): Promise<Uint8Array>;
  /** Seals the pictures to the project and hands them over. */
  complete(pictures: { thumb: Uint8Array; preview?: Uint8Array }): Promise<void>;
  fail(reason: z.infer<typeof RenderingFailure>): Promise<void>;
}
export interface Renderings {
  /** Null where nothing is due. */
  lease(): Promise<RenderingTask | null>;
}

export type { CaptureFacts, MediaManifest, PlainSource, Receipt };

// ---- '@aerie/sdk/node' (node/index.ts) exports: -----------------------------------------------------------------
// readKeyringFile(path, passphrase): Promise<Keyring>            throws KeyringMissing, CryptoError('passphrase')
// writeKeyringFile(path, keyring, passphrase): Promise<void>     OpenPGP passphrase message, 0600, atomic
// changeable: openKeyringFile not offered; pass onKeyringChanged: (k) => writeKeyringFile(path, k, passphrase)
// openFolderJournal(dir): Promise<Journal>
// ingestItems(paths: Iterable<string>, options: { pictures: boolean }): AsyncIterable<IngestInput>   walk + sources + pictures
// openFolderSink(dir): Promise<ExportSink>                       never writes outside dir, never over an existing file
// writePrivateFile(path, bytes: Uint8Array | string): Promise<void>   0600, atomic
