import { z } from 'zod';
import { Digest, Fingerprint, Id, Timestamp, base64 } from '../ids.js';
import {
  blobBytesMax,
  blobsPerMediaMax,
  bundleMediaMax,
  listPageMax,
  pkeskBytesMax,
  pkesksPerBlobMax,
  segmentBytes,
} from '../limits.js';
import { BlobRole } from '../records/records.js';
import { Problem } from './problem.js';
import { owners, route, uploaders } from './route.js';
import { SignedRecord } from './shapes.js';

/** A PKESK v6 packet (RFC 9580, 5.1.2): the session key of a blob, for one recipient. */
export const Pkesk = z.object({ blobId: Id, recipientFp: Fingerprint, packet: base64(pkeskBytesMax) });
export type Pkesk = z.infer<typeof Pkesk>;

/** Everything about a media but its octets. */
export const Commit = z.object({
  manifest: SignedRecord,
  pkesks: z
    .array(Pkesk)
    .min(1)
    .max(blobsPerMediaMax * pkesksPerBlobMax),
  /** HMAC of the plaintext digest under the project's hash key: lets members skip what is stored. */
  contentToken: Digest.nullable(),
});
export type Commit = z.infer<typeof Commit>;

/** A sealed blob that follows the head of a frame: which, and how many octets. */
export const FrameBlob = z.object({ blobId: Id, bytes: z.int().positive().max(segmentBytes) });

/** The head of a frame that commits one media whose large blobs came in parts; the others follow in that order. */
export const CommitHead = z.object({ commit: Commit, blobs: z.array(FrameBlob).max(blobsPerMediaMax) });
/** The head of a frame that carries several small media whole; their blobs follow in that order, small ones first. */
export const BundleHead = z.object({
  commits: z.array(Commit).min(1).max(bundleMediaMax),
  blobs: z.array(FrameBlob).max(bundleMediaMax * blobsPerMediaMax),
});

export const UploadPlan = z.object({
  blobs: z
    .array(z.object({ blobId: Id, role: BlobRole, bytes: z.int().positive().max(blobBytesMax) }))
    .min(1)
    .max(blobsPerMediaMax),
});

export const UploadState = z.enum(['open', 'committed', 'aborted', 'expired']);
export const UploadView = z.object({
  mediaId: Id,
  projectId: Id,
  state: UploadState,
  expiresAt: Timestamp,
  blobs: z.array(
    z.object({
      blobId: Id,
      role: BlobRole,
      bytes: z.number().int(),
      partBytes: z.number().int(),
      /** The parts the server has acknowledged: number and SHA-256. */
      parts: z.array(z.object({ number: z.number().int(), digest: Digest })),
    }),
  ),
  receipt: z.string().nullable(),
  /** Of a committed one: when the server found that it is damaged. */
  damagedAt: Timestamp.nullable(),
});
export type UploadView = z.infer<typeof UploadView>;

/** An upload that is not finished, as owners see it. */
export const OpenUpload = z.object({
  mediaId: Id,
  projectId: Id,
  deviceId: Id,
  bytesReserved: z.int().nonnegative(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
});
export type OpenUpload = z.infer<typeof OpenUpload>;

/** The receipt is a signed note; see records/receipt.ts. */
export const Committed = z.object({ mediaId: Id, receipt: z.string() });
export const BundleOutcome = z.union([Committed, z.object({ mediaId: Id, problem: Problem })]);

const OfMedia = z.object({ mediaId: Id });
const commitErrors = [
  'project.unknown',
  'project.epoch_stale',
  'record.signature_invalid',
  'record.not_authorized',
  'record.mismatch',
  'media.manifest_invalid',
  'media.replayed',
  'blob.conflict',
  'upload.conflict',
  'upload.closed',
  'upload.part_missing',
  'upload.too_many',
  'quota.exceeded',
] as const;

export const uploadRoutes = {
  createUpload: route({
    method: 'PUT',
    path: '/api/v1/projects/:projectId/uploads/:mediaId',
    access: uploaders,
    summary: 'Start an upload, or find it again: the same plan answers the same',
    idempotent: true,
    params: z.object({ projectId: Id, mediaId: Id }),
    body: UploadPlan,
    reply: UploadView,
    status: 200,
    errors: [
      'project.unknown',
      'upload.conflict',
      'upload.closed',
      'upload.too_many',
      'quota.exceeded',
      'request.idempotency_mismatch',
      'request.in_progress',
    ],
  }),
  readUpload: route({
    method: 'GET',
    path: '/api/v1/uploads/:mediaId',
    summary: 'What has arrived of an upload',
    access: uploaders,
    params: OfMedia,
    reply: UploadView,
    status: 200,
    errors: ['upload.unknown'],
  }),
  putPart: route({
    method: 'PUT',
    path: '/api/v1/uploads/:mediaId/blobs/:blobId/parts/:partNumber',
    access: uploaders,
    summary: 'Send one part, in any order; its Content-Digest is checked before the store sees it',
    params: z.object({ mediaId: Id, blobId: Id, partNumber: z.coerce.number().int().nonnegative() }),
    body: 'octets',
    reply: 'nothing',
    status: 204,
    errors: [
      'upload.unknown',
      'upload.closed',
      'blob.unknown',
      'upload.part_out_of_range',
      'upload.part_size',
      'upload.digest_missing',
      'upload.digest_mismatch',
      'upload.part_conflict',
    ],
  }),
  commitUpload: route({
    method: 'POST',
    path: '/api/v1/uploads/:mediaId/commit',
    access: uploaders,
    summary: 'Commit an upload with its signed manifest; answers with a signed receipt',
    params: OfMedia,
    body: 'octets',
    reply: Committed,
    status: 201,
    errors: [...commitErrors, 'upload.unknown'],
  }),
  listUploads: route({
    method: 'GET',
    path: '/api/v1/uploads',
    summary: 'The uploads that are not finished, with what each reserves; the largest first',
    access: owners,
    reply: z.object({ uploads: z.array(OpenUpload).max(listPageMax) }),
    status: 200,
    errors: [],
  }),
  abortUpload: route({
    method: 'DELETE',
    path: '/api/v1/uploads/:mediaId',
    summary: 'Abort an upload and free its space; an owner may abort any',
    access: uploaders,
    params: OfMedia,
    reply: 'nothing',
    status: 204,
    errors: ['upload.unknown', 'upload.closed'],
  }),
  commitBundle: route({
    method: 'POST',
    path: '/api/v1/projects/:projectId/bundles',
    access: uploaders,
    summary: 'Commit several small media in one request; each has its own outcome',
    params: z.object({ projectId: Id }),
    body: 'octets',
    reply: z.object({ outcomes: z.array(BundleOutcome) }),
    status: 200,
    errors: [...commitErrors],
  }),
} as const;
