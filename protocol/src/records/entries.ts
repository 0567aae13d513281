import { z } from 'zod';
import { Digest, Fingerprint, Id, Octets32, Timestamp, base64 } from '../ids.js';
import { certificateBytesMax, epochMembersMax, memberKeysMax, signatureBytesMax } from '../limits.js';

/**
 * The entries of an organization's membership chain: who is who, and who may do what, in one order that everybody sees.
 * Each is a signed record that names its place and the entry before it, so none can be left out, moved or put between.
 */

/** Who signs an entry. A member's own key signs none: a device that was revoked still holds it. */
const ByRoot = z.strictObject({ by: z.literal('root') });
const ByDevice = z.strictObject({ by: z.literal('device'), memberId: Id, deviceId: Id });
/** The key in a member's recovery kit. */
const ByRecovery = z.strictObject({ by: z.literal('recovery'), memberId: Id });
export const EntrySigner = z.discriminatedUnion('by', [ByRoot, ByDevice, ByRecovery]);
export type EntrySigner = z.infer<typeof EntrySigner>;

const Certificate = base64(certificateBytesMax);

/** What every entry of every version has; other members belong to its type. A reader that does not know the type reads this. */
export const EntryHead = z.looseObject({
  v: z.int().positive(),
  type: z.string().regex(/^[a-z-]{1,40}$/),
  /** Whether a reader that does not know the type must stop; otherwise it goes on as if the entry said nothing. */
  critical: z.boolean(),
  organizationId: Id,
  /** Its place in the chain, from 0. */
  seq: z.int().nonnegative(),
  /** SHA-256 of the entry before: its record, then its signature; null for the first. */
  prev: Digest.nullable(),
  createdAt: Timestamp,
  signer: EntrySigner,
});
export type EntryHead = z.infer<typeof EntryHead>;

const place = {
  v: z.literal(1),
  organizationId: Id,
  seq: z.int().nonnegative(),
  prev: Digest.nullable(),
  createdAt: Timestamp,
};

/** The first entry: the organization, its root, and the key this server signs receipts with. */
export const OrganizationRecord = z.strictObject({
  type: z.literal('organization'),
  critical: z.literal(true),
  ...place,
  signer: ByRoot,
  name: z.string().min(1).max(200),
  certificate: Certificate,
  /** C2SP signed-note key: origin and raw Ed25519 public key. */
  receiptKey: z.strictObject({ origin: z.string().max(200), publicKey: Octets32 }),
});
export type OrganizationRecord = z.infer<typeof OrganizationRecord>;

export const MemberRole = z.enum(['owner', 'member']);
export type MemberRole = z.infer<typeof MemberRole>;
/** This certificate is that member's. By the root for an owner, by a full device of an owner for everybody else. */
export const MemberRecord = z.strictObject({
  type: z.literal('member'),
  critical: z.literal(true),
  ...place,
  signer: z.discriminatedUnion('by', [ByRoot, ByDevice]),
  memberId: Id,
  name: z.string().min(1).max(200),
  role: MemberRole,
  certificate: Certificate,
  /** Of the key in the recovery kit: what brings a member back who has no device left. */
  recoveryCertificate: Certificate,
});
export type MemberRecord = z.infer<typeof MemberRecord>;

/**
 * From here on this certificate is the member's, and its secret key is with these devices. A device that was revoked holds
 * the key of the one before, and is not given this one. By a full device of the member, or with the kit.
 */
export const CertificateRecord = z.strictObject({
  type: z.literal('certificate'),
  critical: z.literal(true),
  ...place,
  signer: z.discriminatedUnion('by', [ByDevice, ByRecovery]),
  memberId: Id,
  certificate: Certificate,
  /** Each full device of the member: the secret key is sealed to it, in octets of which `sealed` is the SHA-256. */
  keys: z.array(z.strictObject({ deviceId: Id, sealed: Digest })).max(memberKeysMax),
  /** SHA-256 of the same secret key, sealed to the member's recovery certificate. */
  backup: Digest,
});
export type CertificateRecord = z.infer<typeof CertificateRecord>;

/**
 * `full` devices hold their member's secret key; `upload-only` devices can sign and seal but open nothing;
 * a `renderer` opens the previews of the projects whose record names it.
 */
export const DeviceKind = z.enum(['full', 'upload-only', 'renderer']);
export type DeviceKind = z.infer<typeof DeviceKind>;
/** This certificate is a device of that member, for this purpose. By a full device of the member, or with the kit. */
export const DeviceRecord = z.strictObject({
  type: z.literal('device'),
  critical: z.literal(true),
  ...place,
  signer: z.discriminatedUnion('by', [ByDevice, ByRecovery]),
  memberId: Id,
  deviceId: Id,
  kind: DeviceKind,
  label: z.string().min(1).max(200),
  certificate: Certificate,
  /** The device's own signature over its `device-proof` record: it holds the key, and wants to be that device. */
  proof: base64(signatureBytesMax),
  /** The projects an upload-only device may add to; null for the other kinds, and only for them. */
  projects: z.array(Id).max(64).nullable(),
  expiresAt: Timestamp.nullable(),
});
export type DeviceRecord = z.infer<typeof DeviceRecord>;

/** Another name for a device, by a full device of its member. */
export const DeviceNameRecord = z.strictObject({
  type: z.literal('device-name'),
  critical: z.literal(false),
  ...place,
  signer: ByDevice,
  deviceId: Id,
  label: z.string().min(1).max(200),
});
export type DeviceNameRecord = z.infer<typeof DeviceNameRecord>;

/** Trust that device no longer. By a full device of the same member or of an owner, or with the member's kit. */
export const RevocationRecord = z.strictObject({
  type: z.literal('revocation'),
  critical: z.literal(true),
  ...place,
  signer: z.discriminatedUnion('by', [ByDevice, ByRecovery]),
  deviceId: Id,
  reason: z.string().max(200),
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

/** By a full device of an owner. The project's name is not here: it is in the envelopes, sealed. */
export const ProjectRecord = z.strictObject({
  type: z.literal('project'),
  critical: z.literal(true),
  ...place,
  signer: ByDevice,
  projectId: Id,
  previews: Previews,
});
export type ProjectRecord = z.infer<typeof ProjectRecord>;

/** By a full device of an owner: from now on, seal to this certificate; these members hold its secret key. */
export const EpochRecord = z.strictObject({
  type: z.literal('epoch'),
  critical: z.literal(true),
  ...place,
  signer: ByDevice,
  projectId: Id,
  /** Counts from 1, without a gap. */
  epoch: z.int().positive(),
  certificate: Certificate,
  /** Who holds the secret key: each in an envelope, of which `sealed` is the SHA-256. */
  members: z
    .array(z.strictObject({ memberId: Id, sealed: Digest }))
    .min(1)
    .max(epochMembersMax),
});
export type EpochRecord = z.infer<typeof EpochRecord>;

export const entrySchemas = {
  organization: OrganizationRecord,
  member: MemberRecord,
  certificate: CertificateRecord,
  device: DeviceRecord,
  'device-name': DeviceNameRecord,
  revocation: RevocationRecord,
  project: ProjectRecord,
  epoch: EpochRecord,
} as const;
export type EntryType = keyof typeof entrySchemas;
export type EntryOf<T extends EntryType> = z.infer<(typeof entrySchemas)[T]>;

/** How far somebody has seen the chain: so many entries, the last of which has that digest. */
export const MembershipHead = z.strictObject({ size: z.int().positive(), head: Digest });
export type MembershipHead = z.infer<typeof MembershipHead>;

/** By a device: that this certificate is its own, and that it wants to be that device of that organization. Stands in no chain. */
export const DeviceProof = z.strictObject({
  v: z.literal(1),
  type: z.literal('device-proof'),
  organizationId: Id,
  deviceId: Id,
  certificateFp: Fingerprint,
});
export type DeviceProof = z.infer<typeof DeviceProof>;
