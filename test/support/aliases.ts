import { randomUUID } from 'node:crypto';
import { manifestDigest, fromBase64, signedToWire, toBase64, utf8, type AliasRecord } from '@aerie/protocol';
import { signRecord } from '../../clients/sdk/src/crypto/openpgp.js';
import { sealBlob } from '../../clients/sdk/src/uploads/sealed-media.js';
import type { RawDevice, SealedFile } from './raw.js';

/** The body that names a file, as an honest client would make it but for `change`, which is signed as well. */
export async function aliasBody(
  { aerie }: RawDevice,
  { mediaId, projectId, commit }: SealedFile,
  path: string,
  change: Partial<AliasRecord> = {},
) {
  const { epoch, record } = await aerie.projects.verified(projectId);
  const { local } = aerie;
  const content = {
    v: 1,
    mediaId,
    projectId,
    signerFp: local.deviceKey.certificate.fingerprint,
    name: path.split('/').at(-1),
    folder: path.split('/').slice(0, -1).join('/'),
    batchId: randomUUID(),
    modifiedAt: null,
  };
  const { stated, pkesks, sealed } = await sealBlob('alias', utf8(JSON.stringify(content)), mediaId, [
    epoch.certificate,
  ]);
  const alias: AliasRecord = {
    v: 1,
    type: 'alias',
    organizationId: record.organizationId,
    projectId,
    mediaId,
    manifest: await manifestDigest(fromBase64(commit.manifest.bytes)),
    epoch: epoch.record.epoch,
    epochFp: epoch.certificate.fingerprint,
    blob: stated,
    createdAt: new Date().toISOString(),
    membership: (await local.membership()).head,
    signer: local.signer,
    ...change,
  };
  const signed = signedToWire(await signRecord('alias', alias, local.deviceKey));
  return { record: signed, pkesk: pkesks[0]!, sealed: toBase64(sealed!) };
}
