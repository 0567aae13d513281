/** Seals everything about one media and signs for it: blobs, session keys for their recipients, manifest, commit. */
import {
  ContainerLayout,
  manifestDigest,
  sha256,
  signedToWire,
  smallBlobBytesMax,
  toBase64,
  utf8,
  type BlobRole,
  type CaptureFacts,
  type Certificate,
  type Commit,
  type ManifestBlob,
  type MediaManifest,
  type MediaMeta,
  type Pkesk,
  type Previews,
  type Sealed,
} from '@aerie/protocol';
import { keyCommitment } from '../crypto/commitment.js';
import { signRecord, wrapSessionKey } from '../crypto/openpgp.js';
import { sealWhole } from '../crypto/seal.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import type { IngestItem, NoPicture, Pictures, PicturesOutcome } from './ingest-item.js';
import { requireOpens } from './sealed-check.js';

/** A blob as the manifest states it, with its session key wrapped; `sealed` is null where it is sent in parts. */
export interface SealedBlob {
  readonly stated: ManifestBlob;
  readonly pkesks: readonly Pkesk[];
  readonly sealed: Sealed | null;
  /** Kept to be wrapped for another epoch. */
  readonly sessionKey: Uint8Array;
}

/** A sealed blob on its way. */
export interface CarriedBlob {
  readonly blobId: string;
  readonly role: BlobRole;
  readonly sealed: Sealed;
}

/** One media ready to be committed. */
export interface SealedMedia {
  readonly mediaId: string;
  readonly commit: Commit;
  /** The blobs that travel with the commit. */
  readonly carried: readonly CarriedBlob[];
  /** SHA-256 of the manifest, base64. */
  readonly manifestDigest: string;
  /** Octets of ciphertext, all blobs together. */
  readonly sealedBytes: number;
  /** Entries of the membership chain that this device had seen when it signed. */
  readonly membership: number;
  readonly pictures: PicturesOutcome;
}

const nameCharsMax = 4096;
/** Pictures travel inside the commit; 1600 px never come near this. */
const pictureBytesMax = 2 * 1024 * 1024;

export async function sealBlob(
  role: BlobRole,
  plain: Uint8Array,
  mediaId: string,
  recipients: readonly Certificate[],
): Promise<SealedBlob> {
  const blobId = crypto.randomUUID();
  const { sealed, sessionKey, ctRoot } = await sealWhole(plain);
  await requireOpens(sealed, sessionKey, plain);
  return {
    ...(await stateBlob({ role, blobId, bytes: sealed.length, root: ctRoot, sessionKey, mediaId }, recipients)),
    sealed,
  };
}

/** What manifest and PKESKs say of a blob whose sealed octets are known by length and root. */
export async function stateBlob(
  known: { role: BlobRole; blobId: string; bytes: number; root: Uint8Array; sessionKey: Uint8Array; mediaId: string },
  recipients: readonly Certificate[],
): Promise<Omit<SealedBlob, 'sealed'>> {
  const { role, blobId, bytes, root, sessionKey, mediaId } = known;
  const stated: ManifestBlob = {
    role,
    blobId,
    format: 'seipd2-aes256-gcm-c12',
    bytes,
    root: toBase64(root),
    keyCommitment: await keyCommitment(sessionKey, mediaId, blobId),
  };
  return { stated, sessionKey, pkesks: await wrapped(blobId, sessionKey, recipients) };
}

/** The same blob, octet for octet, for other recipients. */
export const rewrapped = async (blob: SealedBlob, recipients: readonly Certificate[]): Promise<SealedBlob> => ({
  ...blob,
  pkesks: await wrapped(blob.stated.blobId, blob.sessionKey, recipients),
});

const wrapped = (blobId: string, sessionKey: Uint8Array, recipients: readonly Certificate[]): Promise<Pkesk[]> =>
  Promise.all(
    recipients.map(async (recipient) => ({
      blobId,
      recipientFp: recipient.fingerprint,
      packet: toBase64(await wrapSessionKey(sessionKey, recipient)),
    })),
  );

/** What is known of a file before its small blobs are sealed. */
export interface DescribedFile {
  readonly item: IngestItem;
  readonly batchId: string;
  readonly sha256: Uint8Array;
  readonly capture: CaptureFacts;
  readonly pictures: Pictures;
  readonly contentToken: string | null;
  /** The damaged media that the file is stored in place of. */
  readonly replaces: string | null;
}

/**
 * Seals meta and pictures beside the given original, and signs the manifest.
 * @param original from `sealBlob`, or stated only where its octets went in parts
 */
export async function sealMedia(
  file: DescribedFile,
  original: SealedBlob,
  mediaId: string,
  project: VerifiedProject,
  local: LocalDevice,
): Promise<SealedMedia> {
  const { blobs: pictures, digests, outcome } = await sealPictures(file.pictures, mediaId, project);
  const meta = await sealBlob('meta', printMeta(file, digests, mediaId, project.projectId, local), mediaId, [
    project.epoch.certificate,
  ]);
  const blobs = [original, meta, ...pictures];
  const manifest: MediaManifest = {
    v: 1,
    type: 'media-manifest',
    organizationId: local.keyring.organizationId,
    projectId: project.projectId,
    mediaId,
    epoch: project.epoch.record.epoch,
    epochFp: project.epoch.certificate.fingerprint,
    uploader: { ...local.signer, certificateFp: local.deviceKey.certificate.fingerprint },
    createdAt: new Date().toISOString(),
    membership: (await local.membership()).head,
    replaces: file.replaces,
    blobs: blobs.map(({ stated }) => stated),
  };
  const signed = await signRecord('media-manifest', manifest, local.deviceKey);
  return {
    mediaId,
    commit: {
      manifest: signedToWire(signed),
      pkesks: blobs.flatMap(({ pkesks }) => pkesks),
      contentToken: file.contentToken,
    },
    carried: blobs.flatMap(({ stated: { blobId, role }, sealed }) => (sealed ? [{ blobId, role, sealed }] : [])),
    manifestDigest: await manifestDigest(signed.bytes),
    sealedBytes: blobs.reduce((sum, { stated }) => sum + stated.bytes, 0),
    membership: manifest.membership.size,
    pictures: outcome,
  };
}

/** `sealed`: thumbnail and preview to the epoch. `assisted`: one source to the epoch and the renderer. `none`: nothing. */
async function sealPictures({ thumb, preview, reason }: Pictures, mediaId: string, project: VerifiedProject) {
  const { previews } = project.record;
  const epoch = project.epoch.certificate;
  const wanted: { role: BlobRole; plain: Uint8Array; recipients: Certificate[] }[] = [];
  if (previews.mode === 'sealed') {
    if (thumb && ContainerLayout.of(thumb.length).objectBytes <= smallBlobBytesMax)
      wanted.push({ role: 'thumb', plain: thumb, recipients: [epoch] });
    if (preview && preview.length < pictureBytesMax)
      wanted.push({ role: 'preview', plain: preview, recipients: [epoch] });
  }
  const source = preview ?? thumb;
  if (previews.mode === 'assisted' && project.renderer && source && source.length < pictureBytesMax) {
    wanted.push({ role: 'source', plain: source, recipients: [epoch, project.renderer] });
  }
  const blobs = await Promise.all(
    wanted.map(({ role, plain, recipients }) => sealBlob(role, plain, mediaId, recipients)),
  );
  const digests: [string, string][] = [];
  for (const [i, { stated }] of blobs.entries())
    digests.push([stated.blobId, toBase64(await sha256(wanted[i]!.plain))]);
  return { blobs, digests, outcome: blobs.length > 0 ? ({ made: true } as const) : without(previews.mode, reason) };
}

function without(mode: Previews['mode'], reason?: NoPicture): PicturesOutcome {
  if (mode === 'none') return { made: false, code: 'not_kept', text: 'the project keeps none' };
  return { made: false, ...(reason ?? { code: 'unreadable', text: 'no picture could be made' }) };
}

/** What is sealed of a file's place, within the bounds of the format. */
export const nameOf = ({
  name,
  folder,
  modifiedAt,
}: IngestItem): Pick<MediaMeta, 'name' | 'folder' | 'modifiedAt'> => ({
  name: name.slice(0, nameCharsMax),
  // Of a longer path the end: it is nearer to the file.
  folder: folder.slice(-nameCharsMax),
  modifiedAt: modifiedAt?.toISOString() ?? null,
});

function printMeta(
  { item, batchId, sha256: digest, capture }: DescribedFile,
  pictures: [string, string][],
  mediaId: string,
  projectId: string,
  local: LocalDevice,
): Uint8Array {
  const meta: MediaMeta = {
    v: 1,
    mediaId,
    projectId,
    uploaderFp: local.deviceKey.certificate.fingerprint,
    ...nameOf(item),
    batchId,
    mime: item.mime,
    bytes: item.source.bytes,
    sha256: toBase64(digest),
    capture,
    pictures: Object.fromEntries(pictures),
  };
  return utf8(JSON.stringify(meta));
}
