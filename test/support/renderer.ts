import { randomUUID } from 'node:crypto';
import { adoptRenderer, createRendererIdentity, offerRenderer } from '@aerie/sdk';
import { manifestDigest, printFrame, signedFromWire, signedToWire, type RenditionRecord } from '@aerie/protocol';
import { signRecord } from '../../clients/sdk/src/crypto/openpgp.js';
import { sealBlob } from '../../clients/sdk/src/uploads/sealed-media.js';
import { RawDevice, type SealedFile } from './raw.js';
import type { RunningServer } from './server.js';

/** A renderer that `ada` has signed in by a project of hers with assisted previews. */
export async function signInRenderer(
  server: Pick<RunningServer, 'url' | 'rendererToken'>,
  ada: RawDevice,
): Promise<{ renderer: RawDevice; projectId: string }> {
  const identity = await createRendererIdentity();
  await offerRenderer({ server: server.url, identity, rendererToken: server.rendererToken });
  const { projectId } = await ada.aerie.projects.create('Assisted', 'assisted');
  return { renderer: await RawDevice.open(await adoptRenderer({ server: server.url, identity })), projectId };
}

/** What a renderer hands in for a media: one thumbnail, and a preview under `previewId`, both signed and sealed. */
export async function renditionFrame(
  renderer: RawDevice,
  file: SealedFile,
  pictures: { thumb: Uint8Array; preview: Uint8Array },
  previewId: string = randomUUID(),
): Promise<Uint8Array> {
  const { mediaId, projectId } = file;
  const project = await renderer.aerie.projects.verified(projectId);
  const blobs = [
    await sealBlob('thumb', pictures.thumb, mediaId, [project.epoch.certificate]),
    await sealBlob('preview', pictures.preview, mediaId, [project.epoch.certificate]),
  ].map(({ stated, pkesks, sealed }) => {
    const blobId = stated.role === 'preview' ? previewId : stated.blobId;
    return { stated: { ...stated, blobId }, pkesks: pkesks.map((one) => ({ ...one, blobId })), sealed: sealed! };
  });
  const record: RenditionRecord = {
    v: 1,
    type: 'rendition',
    organizationId: renderer.aerie.keyring.organizationId,
    projectId,
    mediaId,
    manifest: await manifestDigest(signedFromWire(file.commit.manifest).bytes),
    blobs: blobs.map(({ stated }) => stated),
    createdAt: new Date().toISOString(),
    membership: (await renderer.aerie.local.membership()).head,
    signer: renderer.aerie.local.signer,
  };
  const head = {
    record: signedToWire(await signRecord('rendition', record, renderer.aerie.local.deviceKey)),
    pkesks: blobs.flatMap(({ pkesks }) => pkesks),
    blobs: blobs.map(({ stated }) => ({ blobId: stated.blobId, bytes: stated.bytes })),
  };
  return printFrame(
    head,
    blobs.map(({ sealed }) => sealed),
  );
}
