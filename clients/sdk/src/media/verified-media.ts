/** A media as its uploader signed it. Everything else that the server says about it is a hint. */
import {
  ContainerLayout,
  MediaMeta,
  fromUtf8,
  manifestDigest,
  parseRecord,
  signedFromWire,
  verifyReceipt,
  verifyRecord,
  type BlobRole,
  type ManifestBlob,
  type MediaManifest,
  type MediaView,
  type Receipt,
  type RenditionRecord,
  type SignedRecord,
  type Membership,
  type TrustedDevice,
} from '@aerie/protocol';
import { leaveOut, verifyAliases, type VerifiedAlias } from './aliases.js';
import { TrustError, type DistrustCode } from '../errors.js';
import { requireAgrees, requireSize } from '../identity/chain.js';
import { mayAddTo, speakerOf } from '../identity/speaker.js';
import type { VerifiedProject } from '../projects/verified-project.js';

export interface VerifiedMedia {
  readonly view: MediaView;
  readonly manifest: MediaManifest;
  /** SHA-256 of the manifest, base64: what receipt, renditions and aliases name. */
  readonly manifestDigest: string;
  readonly uploader: TrustedDevice;
  /** Of the certificate that the uploader's member had then. */
  readonly memberFp: string;
  /** By role: those of the manifest, and those that the project's renderer added. */
  readonly blobs: ReadonlyMap<BlobRole, ManifestBlob>;
  /** Its further names. */
  readonly aliases: readonly VerifiedAlias[];
  /** Out of the receipt. */
  readonly committedAt: string;
}

/** @throws TrustError `trust.manifest`, `trust.receipt`, `trust.epoch`, `trust.rollback`, `trust.fork` */
export async function verifyMedia(
  view: MediaView,
  project: VerifiedProject,
  membership: Membership,
): Promise<VerifiedMedia> {
  const signed = signedFromWire(view.manifest);
  const claimed = await attempt('trust.manifest', async () => parseRecord('media-manifest', signed.bytes));
  const digest = await manifestDigest(signed.bytes);
  const receipt = await verifyMediaReceipt(view, claimed, digest, membership);
  const { committedAt } = receipt;
  requireAgrees(membership, claimed.membership);
  requireSize(membership, receipt.membership);
  const when = { size: receipt.membership, at: committedAt };
  const uploader = await attempt('trust.manifest', async () => speakerOf(membership, claimed.uploader, when));
  const manifest = await attempt('trust.manifest', () => verifyRecord('media-manifest', signed, uploader.certificate));
  requireFits(manifest, view, project, uploader);
  project.requireEpoch(manifest.epoch, manifest.epochFp);
  const blobs = blobsByRole(manifest.blobs);
  for (const wire of view.renditions) {
    const rendition = await verifyRendition(wire, view, digest, project, membership);
    for (const blob of rendition?.blobs ?? [])
      if (blob.role === 'thumb' || blob.role === 'preview') blobs.set(blob.role, blob);
  }
  const aliases = await verifyAliases(view, digest, project, membership);
  const memberFp = membership.certificateOf(manifest.uploader.memberId, receipt.membership)!.certificate.fingerprint;
  return { view, manifest, manifestDigest: digest, uploader, memberFp, blobs, aliases, committedAt };
}

async function verifyMediaReceipt(
  view: MediaView,
  manifest: MediaManifest,
  digest: string,
  membership: Membership,
): Promise<Receipt> {
  const receipt = await attempt('trust.receipt', () => verifyReceipt(view.receipt, membership.receiptKey));
  const bytes = manifest.blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  if (
    receipt.mediaId !== view.mediaId ||
    receipt.projectId !== view.projectId ||
    receipt.manifest !== digest ||
    receipt.bytes !== bytes ||
    receipt.membership < manifest.membership.size
  ) {
    throw new TrustError('trust.receipt', 'The server shows the receipt of another media');
  }
  return receipt;
}

function requireFits(
  manifest: MediaManifest,
  view: MediaView,
  project: VerifiedProject,
  { record, label, certificate }: TrustedDevice,
): void {
  const isHere =
    manifest.mediaId === view.mediaId &&
    manifest.projectId === project.projectId &&
    view.projectId === project.projectId &&
    manifest.organizationId === project.record.organizationId;
  if (!isHere) throw new TrustError('trust.manifest', 'The server shows the manifest of another media');
  if (!mayAddTo(project.projectId, record))
    throw new TrustError('trust.manifest', `The device "${label}" may not add to this project`);
  if (manifest.uploader.certificateFp !== certificate.fingerprint)
    throw new TrustError('trust.manifest', 'The manifest names another certificate of its uploader');
}

function blobsByRole(blobs: readonly ManifestBlob[]): Map<BlobRole, ManifestBlob> {
  const byRole = new Map(blobs.map((blob) => [blob.role, blob]));
  const isPlain = byRole.size === blobs.length && new Set(blobs.map(({ blobId }) => blobId)).size === blobs.length;
  if (!isPlain || !byRole.has('original') || !byRole.has('meta'))
    throw new TrustError('trust.manifest', 'The manifest does not list one original and one meta');
  return byRole;
}

/** Null unless it is by the very renderer that the project's signed record names, for this very manifest. */
async function verifyRendition(
  wire: SignedRecord,
  view: MediaView,
  manifest: string,
  project: VerifiedProject,
  membership: Membership,
): Promise<RenditionRecord | null> {
  const { previews } = project.record;
  if (previews.mode !== 'assisted') return null;
  try {
    const signed = signedFromWire(wire);
    const claimed = parseRecord('rendition', signed.bytes);
    requireAgrees(membership, claimed.membership);
    const when = { size: claimed.membership.size, at: claimed.createdAt };
    const renderer = speakerOf(membership, claimed.signer, when);
    const isNamed =
      renderer.record.deviceId === previews.renderer.deviceId &&
      renderer.certificate.fingerprint === previews.renderer.certificateFp;
    const record = await verifyRecord('rendition', signed, renderer.certificate);
    const isForThis =
      record.mediaId === view.mediaId && record.projectId === project.projectId && record.manifest === manifest;
    return isNamed && isForThis ? record : null;
  } catch (error) {
    return leaveOut(error);
  }
}

/**
 * Parses the opened `meta` of a media and checks that it is about this one.
 * @throws TrustError `trust.blob`
 */
export async function readMeta(plain: Uint8Array, { manifest, blobs }: VerifiedMedia): Promise<MediaMeta> {
  const meta = await attempt('trust.blob', async () => MediaMeta.parse(JSON.parse(fromUtf8(plain))));
  const isThis =
    meta.mediaId === manifest.mediaId &&
    meta.projectId === manifest.projectId &&
    meta.uploaderFp === manifest.uploader.certificateFp;
  if (!isThis) throw new TrustError('trust.blob', 'The description belongs to another media');
  if (ContainerLayout.of(meta.bytes).objectBytes !== blobs.get('original')!.bytes)
    throw new TrustError('trust.blob', 'The description states another size than the manifest');
  return meta;
}

async function attempt<T>(code: DistrustCode, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new TrustError(code, (error as Error).message, { cause: error });
  }
}
