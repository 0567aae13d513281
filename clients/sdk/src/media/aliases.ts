/** Further names of a file that is stored once. */
import {
  AliasContent,
  fromUtf8,
  parseRecord,
  signedFromWire,
  verifyRecord,
  type ManifestBlob,
  type MediaView,
  type SignedRecord,
  type Membership,
} from '@aerie/protocol';
import { TrustError } from '../errors.js';
import { requireAgrees } from '../identity/chain.js';
import { mayAddTo, speakerOf } from '../identity/speaker.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import type { BlobHolder, BlobReader } from './blob-reader.js';

/** A name that a device signed for, not opened yet. */
export interface VerifiedAlias {
  readonly holder: BlobHolder;
  readonly blob: ManifestBlob;
  readonly signerFp: string;
}

/**
 * The names that verify; others are left out, as is what a server does not show.
 * @throws TrustError `trust.fork`, `trust.rollback` where a name was signed by one who was shown another membership chain
 * @param manifest SHA-256 of the manifest, base64
 */
export async function verifyAliases(
  view: Pick<MediaView, 'mediaId' | 'aliases' | 'pkesks'>,
  manifest: string,
  project: VerifiedProject,
  membership: Membership,
): Promise<VerifiedAlias[]> {
  const verified = await Promise.all(
    view.aliases.map((wire) => verifyAlias(wire, view, manifest, project, membership).catch(leaveOut)),
  );
  return verified.filter((alias) => alias !== null);
}

/** A head of another history is no fault of the name: it is the server's. */
export function leaveOut(error: unknown): null {
  if (error instanceof TrustError && ['trust.fork', 'trust.rollback'].includes(error.code)) throw error;
  return null;
}

/** @throws whatever keeps it from being believed */
async function verifyAlias(
  wire: SignedRecord,
  { mediaId, pkesks }: Pick<MediaView, 'mediaId' | 'pkesks'>,
  manifest: string,
  project: VerifiedProject,
  membership: Membership,
): Promise<VerifiedAlias | null> {
  const signed = signedFromWire(wire);
  const claimed = parseRecord('alias', signed.bytes);
  requireAgrees(membership, claimed.membership);
  const when = { size: claimed.membership.size, at: claimed.createdAt };
  const signer = speakerOf(membership, claimed.signer, when);
  const { projectId, epoch, epochFp, blob, ...alias } = await verifyRecord('alias', signed, signer.certificate);
  project.requireEpoch(epoch, epochFp);
  const isForThis =
    alias.mediaId === mediaId &&
    alias.manifest === manifest &&
    alias.organizationId === project.record.organizationId &&
    projectId === project.projectId &&
    blob.role === 'alias';
  if (!isForThis || !mayAddTo(projectId, signer.record)) return null;
  const own = pkesks.filter(({ blobId }) => blobId === blob.blobId);
  const holder: BlobHolder = {
    manifest: { mediaId, projectId, epoch, epochFp },
    view: { pkesks: own },
    blobs: new Map([['alias', blob]]),
  };
  return { holder, blob, signerFp: signer.certificate.fingerprint };
}

/** Opens the names of many media in as few requests as can be; one that does not open is left out. */
export async function openAliases(
  medias: readonly (readonly VerifiedAlias[])[],
  reader: BlobReader,
): Promise<AliasContent[][]> {
  const opened = await reader.readEach(medias.flat());
  return medias.map((aliases) =>
    aliases.flatMap(({ holder, blob, signerFp }) => {
      const plain = opened.get(blob.blobId);
      const content = plain instanceof Uint8Array ? parse(plain) : null;
      const isThis =
        content?.mediaId === holder.manifest.mediaId &&
        content.projectId === holder.manifest.projectId &&
        content.signerFp === signerFp;
      return isThis ? [content] : [];
    }),
  );
}

function parse(plain: Uint8Array): AliasContent | null {
  try {
    return AliasContent.parse(JSON.parse(fromUtf8(plain)));
  } catch {
    return null;
  }
}
