import { z } from 'zod';
import { Id, base64 } from '../ids.js';
import { epochMembersMax, listReplyBytesMax } from '../limits.js';
import { everyDevice, owners, route } from './route.js';
import { SignedRecord } from './shapes.js';

/** 16 KiB: one locked-down secret key, the project's name and its hash key, encrypted. */
const envelopeBytesMax = 16 * 1024;

const Sealed = base64(envelopeBytesMax);

/** Who the project is, and its epochs, stand in the membership chain. `envelopes` are those of the caller's member. */
export const ProjectView = z.object({
  projectId: Id,
  envelopes: z.array(z.object({ epoch: z.int().positive(), sealed: Sealed })),
  bytesUsed: z.number().int(),
  bytesQuota: z.number().int().nullable(),
  mediaCount: z.number().int(),
});
export type ProjectView = z.infer<typeof ProjectView>;

const InProject = z.object({ projectId: Id });

/** One for each member that the epoch names. */
const Envelopes = z
  .array(z.object({ memberId: Id, sealed: Sealed }))
  .min(1)
  .max(epochMembersMax);

export const projectRoutes = {
  createProject: route({
    method: 'POST',
    path: '/api/v1/projects',
    summary: 'Create a project with its first epoch',
    access: owners,
    idempotent: true,
    /** `entries`: the project, and its first epoch. */
    body: z.object({ entries: z.array(SignedRecord).length(2), envelopes: Envelopes }),
    reply: ProjectView,
    status: 201,
    errors: [
      'membership.moved',
      'record.signature_invalid',
      'record.not_authorized',
      'record.mismatch',
      'record.conflict',
      'device.unknown',
      'request.idempotency_mismatch',
      'request.in_progress',
    ],
  }),
  createEpoch: route({
    method: 'POST',
    path: '/api/v1/projects/:projectId/epochs',
    summary: 'Begin the next epoch of a project: from then on, files are sealed to its certificate',
    access: owners,
    params: InProject,
    body: z.object({ entry: SignedRecord, envelopes: Envelopes }),
    reply: ProjectView,
    status: 201,
    errors: [
      'project.unknown',
      'membership.moved',
      'record.signature_invalid',
      'record.not_authorized',
      'record.mismatch',
      'record.conflict',
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
    summary: 'One project: the envelopes for the caller, and what it takes up',
    access: everyDevice,
    params: InProject,
    reply: ProjectView,
    status: 200,
    errors: ['project.unknown'],
  }),
} as const;
