/** Keeps another name of a file that is stored already: sealed, and signed by this device. */
import { signedToWire, toBase64, utf8, type AliasContent, type AliasRecord } from '@aerie/protocol';
import { signRecord } from '../crypto/openpgp.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import type { Stored } from './file-content.js';
import { inForce } from './in-force.js';
import type { IngestItem } from './ingest-item.js';
import { nameOf, sealBlob } from './sealed-media.js';
import type { UploadContext } from './upload-context.js';

/** @throws ServerProblem, ServerUnreachable: the content is stored all the same */
export function addAlias(context: UploadContext, item: IngestItem, stored: Stored): Promise<void> {
  return inForce(context, (project) => addFor(project, context, item, stored));
}

async function addFor(
  project: VerifiedProject,
  { local, batchId, time, signal, onRetry }: UploadContext,
  item: IngestItem,
  stored: Stored,
): Promise<void> {
  const { mediaId, manifest } = stored;
  const { record, certificate } = project.epoch;
  const signerFp = local.deviceKey.certificate.fingerprint;
  const { projectId } = project;
  const content: AliasContent = { v: 1, mediaId, projectId, signerFp, ...nameOf(item), batchId };
  const blob = await sealBlob('alias', utf8(JSON.stringify(content)), mediaId, [certificate]);
  const alias: AliasRecord = {
    v: 1,
    type: 'alias',
    organizationId: local.keyring.organizationId,
    projectId,
    mediaId,
    manifest,
    epoch: record.epoch,
    epochFp: certificate.fingerprint,
    blob: blob.stated,
    createdAt: await time(),
    membership: (await local.membership()).head,
    signer: local.signer,
  };
  const signed = signedToWire(await signRecord('alias', alias, local.deviceKey));
  await local.http.call('addAlias', {
    params: { mediaId },
    body: { record: signed, pkesk: blob.pkesks[0]!, sealed: toBase64(blob.sealed!) },
    signal,
    onRetry: onRetry(item.path),
  });
}
