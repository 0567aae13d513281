import { z } from 'zod';
import { Digest, Id, Octets32, Timestamp, base64 } from '../ids.js';
import {
  listReplyBytesMax,
  memberKeysMax,
  sealedBackupBytesMax,
  sealedMemberKeyBytesMax,
  signatureBytesMax,
} from '../limits.js';
import { From, MembershipPage } from './membership.js';
import { everyDevice, owners, readers, route } from './route.js';
import { CertificateBytes, SignedRecord } from './shapes.js';

/** What a server tells without a session: enough to choose the next step. */
export const ServerInfo = z.object({
  product: z.literal('aerie'),
  version: z.string(),
  organizationId: Id.nullable(),
  receiptKey: z.object({ origin: z.string(), publicKey: Octets32 }),
  time: Timestamp,
});

export const FoundOrganization = z.object({
  setupToken: z.string().min(1).max(200),
  /** The first of the chain: the organization, its owner, and the owner's device. */
  entries: z.array(SignedRecord).length(3),
  /** The secret keys of root, member and kit, sealed with the account key of the kit. */
  sealedBackup: base64(sealedBackupBytesMax),
  /** SHA-256 of the recovery token, which the kit alone yields. */
  recoveryTokenDigest: Digest,
});

export const Challenge = z.object({ challenge: Octets32, organizationId: Id, expiresAt: Timestamp });
export const Session = z.object({ token: z.string(), deviceId: Id, expiresAt: Timestamp });
/** A session as others may know it: its id is random, and neither the token nor what the token is looked up by. */
export const SessionView = z.object({
  sessionId: Id,
  deviceId: Id,
  createdAt: Timestamp,
  /** Noted once a minute at most. */
  lastUsedAt: Timestamp,
  expiresAt: Timestamp,
  /** Whether it is the one that asks. */
  current: z.boolean(),
});
export type SessionView = z.infer<typeof SessionView>;

const SealedMemberKey = base64(sealedMemberKeyBytesMax);
/** A member's secret key, sealed to a device or to the kit, and the place of the entry that named it. */
export const KeyAtPlace = z.object({ seq: z.int().nonnegative(), sealed: SealedMemberKey });
export type KeyAtPlace = z.infer<typeof KeyAtPlace>;

/** Whoever has the kit has no session yet: the chain comes along, page by page. */
export const Recovered = z.object({
  memberId: Id,
  sealedBackup: base64(sealedBackupBytesMax),
  /** The keys that the member was given since, sealed to the key in the kit. */
  backups: z.array(KeyAtPlace),
  membership: MembershipPage,
});

export const identityRoutes = {
  describeServer: route({
    method: 'GET',
    path: '/api/v1/server',
    summary: 'Which server this is, and whether it is set up',
    access: 'public',
    reply: ServerInfo,
    status: 200,
    errors: [],
  }),
  foundOrganization: route({
    method: 'POST',
    path: '/api/v1/organization',
    summary: 'Found the organization with the one-time set-up token',
    access: 'public',
    body: FoundOrganization,
    reply: z.object({ organizationId: Id }),
    status: 201,
    errors: ['setup.already_done', 'setup.token_invalid', 'record.signature_invalid', 'record.mismatch'],
  }),
  askChallenge: route({
    method: 'POST',
    path: '/api/v1/sessions/challenges',
    summary: 'Ask for a log-in challenge',
    access: 'public',
    body: z.object({ deviceId: Id }),
    subject: 'deviceId',
    reply: Challenge,
    status: 201,
    errors: ['device.unknown', 'device.revoked', 'device.expired'],
  }),
  openSession: route({
    method: 'POST',
    path: '/api/v1/sessions',
    summary: 'Answer a challenge; the token that comes back opens ciphertext only',
    access: 'public',
    body: z.object({ record: SignedRecord }),
    reply: Session,
    status: 201,
    errors: [
      'session.challenge_invalid',
      'session.signature_invalid',
      'device.unknown',
      'device.revoked',
      'device.expired',
    ],
  }),
  endSession: route({
    method: 'DELETE',
    path: '/api/v1/sessions/current',
    summary: 'End this session',
    access: everyDevice,
    reply: 'nothing',
    status: 204,
    errors: [],
  }),
  listSessions: route({
    method: 'GET',
    path: '/api/v1/sessions',
    summary: "The open sessions of the caller's member; for an owner, of everybody",
    access: readers,
    reply: z.object({ sessions: z.array(SessionView) }),
    replyBytesMax: listReplyBytesMax,
    status: 200,
    errors: [],
  }),
  endSessionOf: route({
    method: 'DELETE',
    path: '/api/v1/sessions/:sessionId',
    summary: "End a session of the caller's member; an owner may end any",
    access: readers,
    params: z.object({ sessionId: Id }),
    reply: 'nothing',
    status: 204,
    errors: ['session.unknown'],
  }),
  recover: route({
    method: 'POST',
    path: '/api/v1/recovery',
    summary: 'Fetch the sealed backup that answers to a recovery kit',
    access: 'public',
    body: z.object({ recoveryToken: Octets32, from: From }),
    reply: Recovered,
    replyBytesMax: listReplyBytesMax,
    status: 200,
    errors: ['recovery.unknown'],
  }),
  enrollDevice: route({
    method: 'POST',
    path: '/api/v1/devices',
    summary: 'Enroll a device; the entry, signed by another of its member or with the kit, is the permission',
    access: 'public',
    body: z.object({ entry: SignedRecord }),
    reply: z.object({ deviceId: Id }),
    status: 201,
    errors: [
      'membership.moved',
      'record.signature_invalid',
      'record.not_authorized',
      'record.mismatch',
      'record.conflict',
      'device.name_taken',
    ],
  }),
  renameDevice: route({
    method: 'POST',
    path: '/api/v1/devices/:deviceId/name',
    summary: "Give a device of the caller's member another name",
    access: readers,
    params: z.object({ deviceId: Id }),
    body: z.object({ entry: SignedRecord }),
    reply: z.object({ deviceId: Id }),
    status: 201,
    errors: [
      'device.unknown',
      'device.revoked',
      'device.expired',
      'membership.moved',
      'record.signature_invalid',
      'record.not_authorized',
      'record.mismatch',
      'device.name_taken',
    ],
  }),
  revokeDevice: route({
    method: 'POST',
    path: '/api/v1/devices/:deviceId/revocation',
    summary: 'Revoke a device',
    access: readers,
    params: z.object({ deviceId: Id }),
    body: z.object({ entry: SignedRecord }),
    reply: z.object({ deviceId: Id }),
    status: 201,
    errors: [
      'device.unknown',
      'membership.moved',
      'record.signature_invalid',
      'record.not_authorized',
      'record.mismatch',
    ],
  }),
  rotateCertificate: route({
    method: 'POST',
    path: '/api/v1/members/:memberId/certificate',
    summary: "Replace the certificate of the caller's member; its secret key comes sealed to each of its full devices",
    access: readers,
    params: z.object({ memberId: Id }),
    /** `keys`: one for each device that the entry names. `backup`: the same key, sealed to the one in the kit. */
    body: z.object({
      entry: SignedRecord,
      keys: z.array(z.object({ deviceId: Id, sealed: SealedMemberKey })).max(memberKeysMax),
      backup: SealedMemberKey,
    }),
    reply: z.object({ memberId: Id }),
    status: 201,
    errors: [
      'membership.moved',
      'record.signature_invalid',
      'record.not_authorized',
      'record.mismatch',
      'record.conflict',
    ],
  }),
  readMemberKeys: route({
    method: 'GET',
    path: '/api/v1/members/current/keys',
    summary: "The secret keys of the caller's member that were sealed to the calling device, the oldest first",
    access: readers,
    query: z.object({ from: From }),
    reply: z.object({ keys: z.array(KeyAtPlace) }),
    replyBytesMax: listReplyBytesMax,
    status: 200,
    errors: [],
  }),
  offerRenderer: route({
    method: 'POST',
    path: '/api/v1/renderer',
    summary: 'A renderer offers its certificate, for an owner to sign in',
    access: 'public',
    body: z.object({
      rendererToken: z.string().min(1).max(200),
      deviceId: Id,
      certificate: CertificateBytes,
      proof: base64(signatureBytesMax),
    }),
    subject: 'deviceId',
    reply: z.object({ deviceId: Id, enrolled: z.boolean() }),
    status: 201,
    errors: ['access.denied', 'record.signature_invalid', 'record.mismatch'],
  }),
  readRenderer: route({
    method: 'GET',
    path: '/api/v1/renderer',
    summary: 'The certificate of the renderer that waits to be signed in',
    access: owners,
    /** `proof` is null where the renderer is signed in already. */
    reply: z.object({ deviceId: Id, certificate: CertificateBytes, proof: base64(signatureBytesMax).nullable() }),
    status: 200,
    errors: ['renderer.unknown'],
  }),
} as const;
