import {
  type Commit,
  type ManifestBlob,
  type MediaManifest,
  type Membership,
  type Pkesk,
  type SignedBytes,
  signedFromWire,
  smallBlobBytesMax,
  verifyRecord,
} from '@aerie/protocol';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';
import { trustedDevice } from '../../trust/membership/trusted-device.js';
import { rootOf, segmentDigestsOf } from '../media/segment-hasher.js';
import type { ProjectGrant } from '../projects/project-access.js';
import { type CarriedBlob, isSmall } from './bundle-store.js';

/** A media that is about to be committed: everything checked that can be checked without the database. */
export interface Candidate {
  readonly mediaId: string;
  readonly manifest: MediaManifest;
  readonly signed: SignedBytes;
  readonly pkesks: readonly Pkesk[];
  readonly contentToken: Buffer | null;
  /** The blobs that came with it; the others came in parts. */
  readonly carried: readonly CarriedBlob[];
}

/**
 * Verifies signature, author, place and shape of one commit, and the octets that came with it.
 * @param blobs all that came in the request, by id
 * @throws RecordError, ApiError record.mismatch, project.epoch_stale, media.manifest_invalid
 */
export async function verifyCommit(
  commit: Commit,
  blobs: ReadonlyMap<string, Uint8Array>,
  caller: Caller,
  grant: ProjectGrant,
  membership: Membership,
): Promise<Candidate> {
  const { certificate: device } = trustedDevice(membership, caller.deviceId);
  const signed = signedFromWire(commit.manifest);
  const manifest = await verifyRecord('media-manifest', signed, device);
  const { uploader } = manifest;
  mustHold(uploader.deviceId === caller.deviceId && uploader.memberId === caller.memberId, 'manifest.uploader');
  mustHold(uploader.certificateFp === device.fingerprint, 'manifest.uploader.certificateFp');
  mustHold(manifest.organizationId === grant.organizationId, 'manifest.organizationId');
  mustHold(manifest.projectId === grant.projectId, 'manifest.projectId');
  mustHold(membership.agreesWith(manifest.membership) === true, 'manifest.membership');
  if (manifest.epoch !== grant.epoch || manifest.epochFp !== grant.epochFp)
    throw new ApiError('project.epoch_stale', { epoch: grant.epoch });
  checkRoles(manifest, grant);
  const renderer = grant.rendererDeviceId ? trustedDevice(membership, grant.rendererDeviceId).certificate : null;
  checkPkesks(manifest, commit.pkesks, renderer?.fingerprint ?? null);
  const carried = manifest.blobs.flatMap(({ blobId, role }) => {
    const octets = blobs.get(blobId);
    return octets ? [{ blobId, role, octets, segmentDigests: segmentDigestsOf(octets) }] : [];
  });
  for (const { blobId, octets, segmentDigests } of carried)
    await checkOctets(manifest, blobId, octets.length, segmentDigests);
  const contentToken = commit.contentToken === null ? null : Buffer.from(commit.contentToken, 'base64');
  return { mediaId: manifest.mediaId, manifest, signed, pkesks: commit.pkesks, contentToken, carried };
}

/** What was received of a blob must be what the manifest says. @throws ApiError media.manifest_invalid */
export async function checkOctets(
  manifest: MediaManifest,
  blobId: string,
  bytes: number,
  segmentDigests: Buffer,
): Promise<ManifestBlob> {
  const blob = manifest.blobs.find((one) => one.blobId === blobId);
  if (!blob) throw invalid(`blob ${blobId} is not in the manifest`);
  if (blob.bytes !== bytes) throw invalid(`blob ${blobId} has ${bytes} octets, the manifest says ${blob.bytes}`);
  if (isSmall(blob.role) && bytes > smallBlobBytesMax)
    throw invalid(`a ${blob.role} has at most ${smallBlobBytesMax} octets`);
  const root = await rootOf(segmentDigests);
  if (root !== blob.root) throw invalid(`blob ${blobId} does not have the root that the manifest says`);
  return blob;
}

function checkRoles(manifest: MediaManifest, grant: ProjectGrant): void {
  const roles = manifest.blobs.map(({ role }) => role);
  const allowed = { sealed: ['thumb', 'preview'], assisted: ['source'], none: [] }[grant.previews];
  const pictures = roles.filter((role) => role !== 'original' && role !== 'meta');
  if (new Set(roles).size !== roles.length || !roles.includes('original') || !roles.includes('meta')) {
    throw invalid('a media has one original, one meta, and no role twice');
  }
  const stray = pictures.find((role) => !(allowed as string[]).includes(role));
  if (stray) throw invalid(`a project with ${grant.previews} previews takes no ${stray}`);
  if (new Set(manifest.blobs.map(({ blobId }) => blobId)).size !== manifest.blobs.length)
    throw invalid('a blob id occurs twice');
}

function checkPkesks(manifest: MediaManifest, pkesks: readonly Pkesk[], rendererFp: string | null): void {
  for (const blob of manifest.blobs) {
    const recipients = pkesks.filter((one) => one.blobId === blob.blobId).map((one) => one.recipientFp);
    if (!recipients.includes(manifest.epochFp)) throw invalid(`blob ${blob.blobId} has no session key for the epoch`);
    if (blob.role === 'source' && !recipients.includes(rendererFp ?? ''))
      throw invalid('the source has no session key for the renderer');
    if (new Set(recipients).size !== recipients.length) throw invalid('a session key is there twice');
  }
  for (const { blobId, recipientFp, packet } of pkesks) {
    const role = manifest.blobs.find((blob) => blob.blobId === blobId)?.role;
    const expected = recipientFp === manifest.epochFp || (role === 'source' && recipientFp === rendererFp);
    if (role === undefined || !expected) throw invalid('a session key is for somebody else');
    checkPkeskPacket(Buffer.from(packet, 'base64'));
  }
}

/** New-format tag 1, one-octet length, version 6, then a version 6 fingerprint: of an encryption subkey (RFC 9580, 5.1.2). */
export function checkPkeskPacket(packet: Buffer): void {
  const start = Buffer.from([0xc1, packet.length - 2, 6, 33, 6]);
  if (!packet.subarray(0, start.length).equals(start)) throw invalid('a session key is not a version 6 packet');
}

export const invalid = (detail: string): ApiError => new ApiError('media.manifest_invalid', { detail });
