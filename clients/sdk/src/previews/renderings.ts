/** The renderer's side: it opens the one picture a project lets it see, and seals what it makes of it to the project. */
import {
  manifestDigest,
  signedFromWire,
  signedToWire,
  type RenderingFailure,
  type RenditionRecord,
} from '@aerie/protocol';
import type { z } from 'zod';
import { signRecord } from '../crypto/openpgp.js';
import { TrustError } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { MediaLibrary } from '../media/library.js';
import type { VerifiedMedia } from '../media/verified-media.js';
import type { Projects } from '../projects/projects.js';
import { blobFrame } from '../uploads/commit-frame.js';
import { sealBlob } from '../uploads/sealed-media.js';

export interface RenderingTask {
  readonly mediaId: string;
  readonly leaseSeconds: number;
  /** The low-resolution picture, in memory. @throws TrustError where it is larger than `bytesMax`, or not what was signed */
  source(bytesMax: number): Promise<Uint8Array>;
  /** Seals the pictures to the project's epoch and hands them over. */
  complete(pictures: { readonly thumb: Uint8Array; readonly preview?: Uint8Array }): Promise<void>;
  fail(reason: z.infer<typeof RenderingFailure>): Promise<void>;
}

export class Renderings {
  constructor(
    readonly local: LocalDevice,
    readonly projects: Projects,
    readonly library: MediaLibrary,
  ) {}

  /** The next task, held for this renderer for `leaseSeconds`; null where nothing is due. */
  async lease(): Promise<RenderingTask | null> {
    const { mediaId, leaseSeconds } = await this.local.http.call('leaseRendering', {});
    if (mediaId === null) return null;
    return {
      mediaId,
      leaseSeconds,
      source: async (bytesMax) => {
        const { media, reader } = await this.library.verified(mediaId);
        return reader.read(media, 'source', bytesMax);
      },
      complete: async (pictures) => this.#complete((await this.library.verified(mediaId)).media, pictures),
      fail: async (reason) => {
        await this.local.http.call('failRendering', { params: { mediaId }, body: { reason } });
      },
    };
  }

  async #complete(
    { manifest, view }: VerifiedMedia,
    { thumb, preview }: { thumb: Uint8Array; preview?: Uint8Array },
  ): Promise<void> {
    const project = await this.projects.verified(manifest.projectId);
    const { mediaId, projectId, organizationId } = manifest;
    const epoch = project.epochs[manifest.epoch - 1];
    if (!epoch) throw new TrustError('trust.epoch', 'The media names an epoch that no owner signed');
    const sealing = [sealBlob('thumb', thumb, mediaId, [epoch.certificate])];
    if (preview) sealing.push(sealBlob('preview', preview, mediaId, [epoch.certificate]));
    const blobs = await Promise.all(sealing);
    const record: RenditionRecord = {
      v: 1,
      type: 'rendition',
      organizationId,
      projectId,
      mediaId,
      manifest: await manifestDigest(signedFromWire(view.manifest).bytes),
      blobs: blobs.map(({ stated }) => stated),
      createdAt: await this.local.time(),
      membership: (await this.local.membership()).head,
      signer: this.local.signer,
    };
    const head = {
      record: signedToWire(await signRecord('rendition', record, this.local.deviceKey)),
      pkesks: blobs.flatMap(({ pkesks }) => pkesks),
    };
    await this.local.http.call('addRendition', {
      params: { mediaId },
      body: blobFrame(
        head,
        blobs.map(({ stated: { blobId }, sealed }) => ({ blobId, sealed: sealed! })),
      ),
    });
  }
}
