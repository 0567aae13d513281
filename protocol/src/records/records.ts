import { z } from 'zod';
import { Digest, Fingerprint, Id, Octets32, Timestamp } from '../ids.js';
import { blobBytesMax, blobsPerMediaMax } from '../limits.js';
import { DeviceProof, MembershipHead, entrySchemas } from './entries.js';

/**
 * Signed records: the statements that members, devices and the organization root make. Each is JSON, signed as the
 * exact octets that travel, with its own context (`<type>.v1`) in a required notation, so that one can never be taken
 * for another. Clients believe these and nothing else that a server says.
 */

/** Who speaks, where it is a device that speaks for a member. */
export const Signer = z.strictObject({ memberId: Id, deviceId: Id });
export type Signer = z.infer<typeof Signer>;

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
  /** How far the uploader has seen the membership chain: who was shown another one is found out. */
  membership: MembershipHead,
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
  membership: MembershipHead,
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
  membership: MembershipHead,
  signer: Signer,
});
export type AliasRecord = z.infer<typeof AliasRecord>;

export const recordSchemas = {
  ...entrySchemas,
  'device-proof': DeviceProof,
  session: SessionRecord,
  'media-manifest': MediaManifest,
  rendition: RenditionRecord,
  alias: AliasRecord,
} as const;
export type RecordType = keyof typeof recordSchemas;
export type RecordOf<T extends RecordType> = z.infer<(typeof recordSchemas)[T]>;
