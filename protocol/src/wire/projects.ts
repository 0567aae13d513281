import { z } from 'zod';
import { Id, base64 } from '../ids.js';
import { epochMembersMax, listReplyBytesMax } from '../limits.js';
import { everyDevice, owners, route } from './route.js';
import { CertificateBytes, SignedRecord } from './shapes.js';

/** 16 KiB: one locked-down secret key, the project's name and its hash key, encrypted. */
const envelopeBytesMax = 16 * 1024;

export const Envelope = z.object({ record: SignedRecord, sealed: base64(envelopeBytesMax) });
export const Epoch = z.object({ record: SignedRecord, certificate: CertificateBytes });

/** `envelope` is the caller's own for the newest epoch, where the caller is a member's device. */
export const ProjectView = z.object({
  projectId: Id,
  record: SignedRecord,
  epochs: z.array(Epoch),
  envelopes: z.array(Envelope),
  bytesUsed: z.number().int(),
  bytesQuota: z.number().int().nullable(),
  mediaCount: z.number().int(),
});
export type ProjectView = z.infer<typeof ProjectView>;

const InProject = z.object({ projectId: Id });

export const projectRoutes = {
  createProject: route({
    method: 'POST',
    path: '/api/v1/projects',
    summary: 'Create a project with its first epoch',
    access: owners,
    idempotent: true,
    body: z.object({ record: SignedRecord, epoch: Epoch, envelopes: z.array(Envelope).min(1).max(epochMembersMax) }),
    reply: ProjectView,
    status: 201,
    errors: [
      'record.signature_invalid',
      'record.not_authorized',
      'record.mismatch',
      'record.conflict',
      'device.unknown',
      'request.idempotency_mismatch',
      'request.in_progress',
    ],
  }),
  listProjects: route({
    method: 'GET',
    path: '/api/v1/projects',
    summary: 'The projects that this device has a part in',
    access: everyDevice,
    reply: z.object({ projects: z.array(ProjectView) }),
    replyBytesMax: listReplyBytesMax,
    status: 200,
    errors: [],
  }),
  readProject: route({
    method: 'GET',
    path: '/api/v1/projects/:projectId',
    summary: 'One project: record, epochs, own envelopes',
    access: everyDevice,
    params: InProject,
    reply: ProjectView,
    status: 200,
    errors: ['project.unknown'],
  }),
} as const;
