import { z } from 'zod';
import { Id, Timestamp } from '../ids.js';
import { listReplyBytesMax, bundleMediaMax, stuckRowsMax } from '../limits.js';
import { RenderingFailure } from './media.js';
import { owners, route } from './route.js';

/** What owners are told so that they can run the service: numbers, ids and codes, nothing of what is stored. */
const Count = z.int().nonnegative();
/** Sealed octets, unless it says otherwise. */
const Bytes = z.int().nonnegative();

export const StorageView = z.object({
  store: z.object({
    kind: z.enum(['filesystem', 's3']),
    /** Of the disk that holds the files; null for S3, which does not say. */
    disk: z.object({ bytesFree: Bytes, bytesTotal: Bytes }).nullable(),
  }),
  /** Of the database on its disk, small blobs that wait to be packed included. */
  databaseBytes: Bytes,
  projects: z.array(
    z.object({
      projectId: Id,
      mediaCount: Count,
      bytesUsed: Bytes,
      bytesReserved: Bytes,
      bytesQuota: Bytes.nullable(),
    }),
  ),
  openUploads: z.object({ count: Count, bytesReserved: Bytes, oldestAt: Timestamp.nullable() }),
  unpacked: z.object({ blobs: Count, bytes: Bytes }),
});
export type StorageView = z.infer<typeof StorageView>;

/** `retrying` has failed and will be tried again, `given-up` will not. */
const StuckState = z.enum(['retrying', 'given-up']);

export const JobsView = z.object({
  kinds: z.array(
    z.object({
      kind: z.string(),
      /** To be done now. */
      due: Count,
      running: Count,
      /** To be done later: announced for then, or waiting after a failure. */
      later: Count,
      givenUp: Count,
      /** Of all of these: given up, or failed so often that the operator should look. */
      stuck: Count,
      /** Since when the oldest due one could have run. */
      oldestDueAt: Timestamp.nullable(),
    }),
  ),
  /** Those that are stuck: the ones given up first, then by failures. */
  stuck: z
    .array(
      z.object({
        jobId: Id,
        kind: z.string(),
        state: StuckState,
        attempts: Count,
        /** A code of ours or of the platform; never a message, which may quote data. */
        error: z.string().nullable(),
        since: Timestamp,
        mediaIds: z.array(Id).max(bundleMediaMax),
      }),
    )
    .max(stuckRowsMax),
  /** Pictures that renderers owe. A failed one is final: the renderer could not read that source. */
  renderings: z.object({
    due: Count,
    running: Count,
    failed: Count,
    oldestDueAt: Timestamp.nullable(),
    failures: z
      .array(z.object({ mediaId: Id, reason: RenderingFailure, attempts: Count, since: Timestamp }))
      .max(stuckRowsMax),
  }),
});
export type JobsView = z.infer<typeof JobsView>;

/** What can be wrong with a server, by what is told beside it in `details`. A closed list: clients have words for each. */
export const WarningCode = z.enum([
  /** bytesFree, bytesTotal */
  'store.space_low',
  /** Stored octets are gone or not what was acknowledged, and no replacement is there: media. */
  'media.damaged',
  /** A part does not answer: part. */
  'part.not_ready',
  /** Redis may drop jobs. */
  'queue.may_evict',
  /** Clients must come through TLS: host. */
  'network.beyond_loopback',
  /** Back it up with the data folder. */
  'database.embedded',
  /** seconds by which the server's clock is ahead of the database's (negative: behind). */
  'clock.differs',
  /** A project wants it and it does not ask for work: deviceId, seconds. */
  'renderer.silent',
  /** Given up, or failing again and again: jobs. */
  'jobs.stuck',
  /** Workers do not keep up, or there are none: kind of what waits longest, seconds. */
  'jobs.overdue',
]);
export type WarningCode = z.infer<typeof WarningCode>;

export const Warning = z.object({
  code: WarningCode,
  severity: z.enum(['notice', 'warning', 'critical']),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Warning = z.infer<typeof Warning>;

export const adminRoutes = {
  readStorage: route({
    method: 'GET',
    path: '/api/v1/admin/storage',
    summary: 'What is stored, and how much space is left',
    access: owners,
    reply: StorageView,
    replyBytesMax: listReplyBytesMax,
    status: 200,
    errors: [],
  }),
  readJobs: route({
    method: 'GET',
    path: '/api/v1/admin/jobs',
    summary: 'Background work: what is due, what is stuck and why',
    access: owners,
    reply: JobsView,
    status: 200,
    errors: [],
  }),
  retryJob: route({
    method: 'POST',
    path: '/api/v1/admin/jobs/:jobId/retry',
    summary: 'Try a job again now that failed or was given up',
    access: owners,
    params: z.object({ jobId: Id }),
    reply: 'nothing',
    status: 204,
    errors: ['job.unknown'],
  }),
  listWarnings: route({
    method: 'GET',
    path: '/api/v1/admin/warnings',
    summary: 'What is wrong with this server, or soon will be; the most severe first',
    access: owners,
    reply: z.object({ warnings: z.array(Warning) }),
    status: 200,
    errors: [],
  }),
} as const;
