import { z } from 'zod';
import { Digest, Id, Timestamp, base64 } from '../ids.js';
import { listPageMax, listReplyBytesMax, smallBlobBytesMax, smallBlobsPerRead } from '../limits.js';
import { openers, readers, renderers, route, uploaders } from './route.js';
import { SignedRecord } from './shapes.js';
import { FrameBlob, Pkesk } from './uploads.js';

const SingleMedia = z.object({
  mediaId: Id,
  projectId: Id,
  manifest: SignedRecord,
  renditions: z.array(SignedRecord),
  /** Further names: the `alias` records; what they name is in blobs. */
  aliases: z.array(SignedRecord),
  pkesks: z.array(Pkesk),
  receipt: z.string(),
  committedAt: Timestamp,
  /** When the server last read the stored octets back and found them whole; null until the first time. */
  checkedAt: Timestamp.nullable(),
  /** When it last found that they are not, or are gone; null where they are whole as far as it knows. */
  damagedAt: Timestamp.nullable(),
  /** For assisted projects: whether the renderer still owes, has made, or could not make the pictures. */
  rendering: z.enum(['none', 'due', 'done', 'failed']),
});

/** What the server keeps about a media. Only the signed parts are to be believed. */
export const MediaView = SingleMedia.extend({
  /** Of a damaged one: media whose manifests say that they replace it, or one of these, in the order of their commits. */
  replacements: z.array(SingleMedia),
});
export type MediaView = z.infer<typeof MediaView>;

const InProject = z.object({ projectId: Id });
const OfBlob = z.object({ mediaId: Id, blobId: Id });

export const mediaRoutes = {
  listMedia: route({
    method: 'GET',
    path: '/api/v1/projects/:projectId/media',
    summary: 'The media of a project, in pages, by when they were committed',
    access: readers,
    params: InProject,
    query: z.object({
      after: z
        .string()
        .regex(/^\d{1,18}$/)
        .optional(),
      limit: z.coerce.number().int().min(1).max(listPageMax).default(200),
      order: z.enum(['oldest', 'newest']).default('oldest'),
    }),
    reply: z.object({ media: z.array(MediaView), next: z.string().nullable() }),
    replyBytesMax: listReplyBytesMax,
    status: 200,
    errors: ['project.unknown'],
  }),
  findMedia: route({
    method: 'POST',
    path: '/api/v1/projects/:projectId/media/lookup',
    summary: 'Which of these contents are stored already',
    access: readers,
    params: InProject,
    body: z.object({ contentTokens: z.array(Digest).min(1).max(1000) }),
    reply: z.object({ found: z.array(z.object({ contentToken: Digest, mediaId: Id })) }),
    status: 200,
    errors: ['project.unknown'],
  }),
  readMedia: route({
    method: 'GET',
    path: '/api/v1/media/:mediaId',
    summary: 'One media',
    access: openers,
    params: z.object({ mediaId: Id }),
    reply: MediaView,
    status: 200,
    errors: ['media.unknown'],
  }),
  checkMedia: route({
    method: 'POST',
    path: '/api/v1/media/:mediaId/check',
    summary: 'Ask the server to read the stored octets back: what came does not look like what was stored',
    access: openers,
    params: z.object({ mediaId: Id }),
    reply: 'nothing',
    status: 204,
    errors: ['media.unknown'],
  }),
  addAlias: route({
    method: 'POST',
    path: '/api/v1/media/:mediaId/aliases',
    summary: 'Keep another name of a file that is stored already; the same record again has no effect',
    access: uploaders,
    params: z.object({ mediaId: Id }),
    body: z.object({ record: SignedRecord, pkesk: Pkesk, sealed: base64(smallBlobBytesMax) }),
    reply: 'nothing',
    status: 204,
    errors: [
      'media.unknown',
      'project.epoch_stale',
      'record.signature_invalid',
      'record.mismatch',
      'media.manifest_invalid',
      'media.too_many_names',
      'blob.conflict',
      'quota.exceeded',
    ],
  }),
  readBlob: route({
    method: 'GET',
    path: '/api/v1/media/:mediaId/blobs/:blobId',
    summary: 'The sealed octets of a blob; honors Range',
    access: openers,
    params: OfBlob,
    reply: 'octets',
    status: 200,
    errors: ['media.unknown', 'blob.unknown', 'blob.missing', 'blob.range'],
  }),
  readSegments: route({
    method: 'GET',
    path: '/api/v1/media/:mediaId/blobs/:blobId/segments',
    access: openers,
    summary: 'The SHA-256 of each segment, 32 octets each: the leaves under the root that the manifest signs',
    params: OfBlob,
    reply: 'octets',
    status: 200,
    errors: ['media.unknown', 'blob.unknown'],
  }),
  readSmallBlobs: route({
    method: 'POST',
    path: '/api/v1/projects/:projectId/small-blobs',
    access: openers,
    summary: 'Many small blobs in one answer: a frame whose head counts them out',
    params: InProject,
    body: z.object({ blobIds: z.array(Id).min(1).max(smallBlobsPerRead) }),
    reply: 'octets',
    status: 200,
    errors: ['project.unknown', 'blob.missing'],
  }),
} as const;

/** The head of the frame that readSmallBlobs answers with; blobs that do not exist are left out. */
export const SmallBlobsHead = z.object({ blobs: z.array(FrameBlob) });

/** The head of the frame that adds renditions; the sealed blobs follow in that order. */
export const RenditionHead = z.object({
  record: SignedRecord,
  pkesks: z.array(Pkesk).min(1).max(8),
  blobs: z.array(FrameBlob).min(1).max(2),
});

/** Why a renderer could not make pictures: a closed list, so that nothing of the content leaks into it. */
export const RenderingFailure = z.enum(['unreadable', 'unsupported', 'too_large', 'timed_out']);

export const previewRoutes = {
  leaseRendering: route({
    method: 'POST',
    path: '/api/v1/renderings/lease',
    summary: 'The renderer asks for its next task, held for it for a while',
    access: renderers,
    reply: z.object({ mediaId: Id.nullable(), leaseSeconds: z.int() }),
    status: 200,
    errors: [],
  }),
  addRendition: route({
    method: 'POST',
    path: '/api/v1/media/:mediaId/renditions',
    summary: 'The renderer hands over the pictures it made and sealed',
    access: renderers,
    params: z.object({ mediaId: Id }),
    body: 'octets',
    reply: 'nothing',
    status: 204,
    errors: [
      'media.unknown',
      'record.signature_invalid',
      'record.not_authorized',
      'record.mismatch',
      'media.manifest_invalid',
      'blob.conflict',
      'quota.exceeded',
    ],
  }),
  failRendering: route({
    method: 'POST',
    path: '/api/v1/media/:mediaId/renditions/failure',
    summary: 'The renderer says that it cannot',
    access: renderers,
    params: z.object({ mediaId: Id }),
    body: z.object({ reason: RenderingFailure }),
    reply: 'nothing',
    status: 204,
    errors: ['media.unknown'],
  }),
} as const;
