import { z } from 'zod';
import { Digest, Fingerprint, Id, Octets32, Timestamp } from '../ids.js';
import { blobBytesMax, blobsPerMediaMax, epochMembersMax } from '../limits.js';

/**
 * Signed records: the statements that members, devices and the organization root make. Each is JSON, signed as the
 * exact octets that travel, with its own context (`<type>.v1`) in a required notation, so that one can never be taken
 * for another. Clients believe these and nothing else that a server says.
 */

/** Who speaks, where it is a device that speaks for a member. */
export const Signer = z.strictObject({ memberId: Id, deviceId: Id });
export type Signer = z.infer<typeof Signer>;

/** By the root: the organization, and the key this server signs receipts with. */
export const OrganizationRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('organization'),
  organizationId: Id,
  name: z.string().min(1).max(200),
  rootFp: Fingerprint,
  /** C2SP signed-note key: origin and raw Ed25519 public key. */
  receiptKey: z.strictObject({ origin: z.string().max(200), publicKey: Octets32 }),
  createdAt: Timestamp,
});
export type OrganizationRecord = z.infer<typeof OrganizationRecord>;

export const MemberRole = z.enum(['owner', 'member']);
/** By the root: this certificate is that member's. */
export const MemberRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('member'),
  organizationId: Id,
  memberId: Id,
  name: z.string().min(1).max(200),
  role: MemberRole,
  certificateFp: Fingerprint,
  createdAt: Timestamp,
});
export type MemberRecord = z.infer<typeof MemberRecord>;

/**
 * `full` devices hold their member's secret key; `upload-only` devices can sign and seal but open nothing;
 * a `renderer` opens the previews of the projects whose record names it.
 */
export const DeviceKind = z.enum(['full', 'upload-only', 'renderer']);
export type DeviceKind = z.infer<typeof DeviceKind>;
/**
 * By the member: this certificate is a device of mine, for this purpose. Signed once more when the device is given another
 * name; nothing but `label` may differ then.
 */
export const DeviceRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('device'),
  organizationId: Id,
  memberId: Id,
  deviceId: Id,
  kind: DeviceKind,
  label: z.string().min(1).max(200),
  certificateFp: Fingerprint,
  /** The projects an upload-only device may add to; null for the other kinds, and only for them. */
  projects: z.array(Id).max(64).nullable(),
  expiresAt: Timestamp.nullable(),
  createdAt: Timestamp,
});
export type DeviceRecord = z.infer<typeof DeviceRecord>;

/** By a full device of the same member, or of an owner: trust that device no longer. */
export const RevocationRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('revocation'),
  organizationId: Id,
  deviceId: Id,
  reason: z.string().max(200),
  createdAt: Timestamp,
  signer: Signer,
});
export type RevocationRecord = z.infer<typeof RevocationRecord>;

/** How thumbnails come about: a promise to the members of the project, so it is signed. */
export const Previews = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('sealed') }),
  z.strictObject({ mode: z.literal('none') }),
  z.strictObject({
    mode: z.literal('assisted'),
    renderer: z.strictObject({ deviceId: Id, certificateFp: Fingerprint }),
  }),
]);
export type Previews = z.infer<typeof Previews>;

/** By a full device of an owner. The project's name is not here: it is in the envelope, sealed. */
export const ProjectRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('project'),
  organizationId: Id,
  projectId: Id,
  previews: Previews,
  createdAt: Timestamp,
  signer: Signer,
});
export type ProjectRecord = z.infer<typeof ProjectRecord>;

/** By a full device of an owner: from now on, seal to this certificate; these members hold its secret key. */
export const EpochRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('epoch'),
  organizationId: Id,
  projectId: Id,
  epoch: z.int().positive(),
  certificateFp: Fingerprint,
  members: z.array(Id).min(1).max(epochMembersMax),
  /** SHA-256 of the record before, null for the first epoch. */
  prev: Digest.nullable(),
  createdAt: Timestamp,
  signer: Signer,
});
export type EpochRecord = z.infer<typeof EpochRecord>;

/** By a full device of an owner: those sealed octets carry the secret key of that epoch for that member. */
export const EnvelopeRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('envelope'),
  organizationId: Id,
  projectId: Id,
  epoch: z.int().positive(),
  recipient: z.strictObject({ memberId: Id, certificateFp: Fingerprint }),
  /** SHA-256 of the sealed octets. */
  sealed: Digest,
  createdAt: Timestamp,
  signer: Signer,
});
export type EnvelopeRecord = z.infer<typeof EnvelopeRecord>;

/** By a device: the answer to a log-in challenge of one server. */
export const SessionRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('session'),
  organizationId: Id,
  deviceId: Id,
  challenge: Octets32,
});
export type SessionRecord = z.infer<typeof SessionRecord>;

/**
 * `source` is the one low-resolution picture that an assisted project's client supplies for the renderer.
 * `meta` is the encrypted description: name, type, size, digest, capture facts. `alias` is a further name of the file, and
 * the only role that never stands in a manifest.
 */
export const BlobRole = z.enum(['original', 'preview', 'thumb', 'meta', 'source', 'alias']);
export type BlobRole = z.infer<typeof BlobRole>;

/** One sealed object, as SPEC.md section 4 describes it. */
export const ManifestBlob = z.strictObject({
  role: BlobRole,
  blobId: Id,
  format: z.literal('seipd2-aes256-gcm-c12'),
  /** Octets of the sealed object. */
  bytes: z.int().positive().max(blobBytesMax),
  /** RFC 6962 Merkle tree hash over the SHA-256 of each segment. */
  root: Digest,
  /** HMAC-SHA256(session key, "aerie/key-commitment/v1" || mediaId || blobId): a swapped PKESK is found out. */
  keyCommitment: Digest,
});
export type ManifestBlob = z.infer<typeof ManifestBlob>;

/** By a device that may upload: the unit of truth about one media. */
export const MediaManifest = z.strictObject({
  v: z.literal(1),
  type: z.literal('media-manifest'),
  organizationId: Id,
  projectId: Id,
  mediaId: Id,
  epoch: z.int().positive(),
  epochFp: Fingerprint,
  uploader: Signer.extend({ certificateFp: Fingerprint }),
  createdAt: Timestamp,
  /** The damaged media that this one stands for: the same file once more, under new keys. */
  replaces: Id.nullable(),
  blobs: z.array(ManifestBlob).min(2).max(blobsPerMediaMax),
});
export type MediaManifest = z.infer<typeof MediaManifest>;

/** By the renderer that the project names: further blobs for a media, made from its `source`. */
export const RenditionRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('rendition'),
  organizationId: Id,
  projectId: Id,
  mediaId: Id,
  /** SHA-256 of the manifest this belongs to. */
  manifest: Digest,
  blobs: z.array(ManifestBlob).min(1).max(2),
  createdAt: Timestamp,
  signer: Signer,
});
export type RenditionRecord = z.infer<typeof RenditionRecord>;

/** By a device that may upload: the same content was found once more, under the name that is sealed in `blob`. */
export const AliasRecord = z.strictObject({
  v: z.literal(1),
  type: z.literal('alias'),
  organizationId: Id,
  projectId: Id,
  mediaId: Id,
  /** SHA-256 of the manifest this belongs to. */
  manifest: Digest,
  /** What the blob is sealed to: of an old media, a newer epoch than its own. */
  epoch: z.int().positive(),
  epochFp: Fingerprint,
  blob: ManifestBlob,
  createdAt: Timestamp,
  signer: Signer,
});
export type AliasRecord = z.infer<typeof AliasRecord>;

export const recordSchemas = {
  organization: OrganizationRecord,
  member: MemberRecord,
  device: DeviceRecord,
  revocation: RevocationRecord,
  project: ProjectRecord,
  epoch: EpochRecord,
  envelope: EnvelopeRecord,
  session: SessionRecord,
  'media-manifest': MediaManifest,
  rendition: RenditionRecord,
  alias: AliasRecord,
} as const;
export type RecordType = keyof typeof recordSchemas;
export type RecordOf<T extends RecordType> = z.infer<(typeof recordSchemas)[T]>;
