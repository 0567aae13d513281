import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  type MediaManifest,
  type Pkesk,
  RenditionHead,
  type RenditionRecord,
  bundleBytesMax,
  cutBlobs,
  manifestDigest,
  parseRecord,
  renderingLeaseSeconds,
  signedFromWire,
  smallBlobBytesMax,
  verifyRecord,
} from '@aerie/protocol';
import type { z } from 'zod';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import { refusalOf } from '../../platform/refusals/refusal-of.js';
import { readFrame } from '../../platform/http/read-frame.js';
import type { Caller } from '../../trust/identity/caller.js';
import { MembershipService } from '../../trust/membership/membership.service.js';
import { trustedDevice } from '../../trust/membership/trusted-device.js';
import type { Media } from '../media/media.entity.js';
import { MediaService } from '../media/media.service.js';
import type { NewMedia } from '../media/new-media.js';
import { RenditionsService } from './renditions.service.js';
import { rootOf, segmentDigestsOf } from '../media/segment-hasher.js';
import { BundleStore, type CarriedBlob, type Placed, isSmall } from '../uploads/bundle-store.js';
import { checkPkeskPacket, invalid } from '../uploads/candidate.js';
import { Intake } from '../uploads/intake.js';

/** Pictures that the store has, and of which only the rows are missing. */
interface StoredPictures {
  readonly stated: { readonly record: Buffer; readonly signature: Buffer };
  readonly placed: Placed;
  readonly rows: NewMedia['blobs'];
  readonly pkesks: readonly Pkesk[];
}

/** What a renderer may do: take a task, hand in its pictures, or say that it cannot. */
@Injectable()
export class RenderingsService {
  constructor(
    private readonly media: MediaService,
    private readonly renditions: RenditionsService,
    private readonly membership: MembershipService,
    private readonly bundles: BundleStore,
    private readonly intake: Intake,
  ) {}

  async lease(caller: Caller): Promise<{ mediaId: string | null; leaseSeconds: number }> {
    return { mediaId: await this.renditions.lease(caller.deviceId), leaseSeconds: renderingLeaseSeconds };
  }

  async fail(caller: Caller, mediaId: string, reason: string): Promise<void> {
    await this.media.require(caller, mediaId);
    await this.renditions.fail(caller.deviceId, mediaId, reason);
  }

  async add(caller: Caller, mediaId: string, body: Readable): Promise<void> {
    const media = await this.media.require(caller, mediaId);
    const stored = await this.intake.take(caller, body, bundleBytesMax, async (octets) => {
      const { head, bodies } = readFrame(octets, RenditionHead);
      return this.verifyAndStore(caller, media, head, cutBlobs(bodies, head.blobs));
    });
    if (stored) await this.addStored(caller, media, stored);
  }

  private async verifyAndStore(
    caller: Caller,
    media: Media,
    head: z.output<typeof RenditionHead>,
    blobs: ReadonlyMap<string, Uint8Array>,
  ): Promise<StoredPictures | null> {
    const signed = signedFromWire(head.record);
    const membership = await this.membership.require();
    const record = await verifyRecord('rendition', signed, trustedDevice(membership, caller.deviceId).certificate);
    mustHold(membership.agreesWith(record.membership) === true, 'rendition.membership');
    const manifest = parseRecord('media-manifest', media.manifest);
    await checkPlace(caller, media, record, manifest);
    if (await this.renditions.exists(caller.deviceId, media.id)) return null;
    const drawn = await Promise.all([...blobs].map(([blobId, octets]) => checkBlob(record, blobId, octets)));
    if (drawn.length !== record.blobs.length) throw invalid('a picture of the record is missing');
    checkPkesks(head, record, manifest.epochFp);
    const placed = await this.bundles.place(media.projectId, caller.deviceId, 1, drawn);
    return {
      stated: { record: Buffer.from(signed.bytes), signature: Buffer.from(signed.signature) },
      placed,
      rows: drawn.map(({ blobId: id, role, octets, segmentDigests }) => ({
        ...{ id, mediaId: media.id, role, bytes: String(octets.length), segmentDigests },
        ...placed.places.get(id)!,
      })),
      pkesks: head.pkesks,
    };
  }

  /** Adds what the store has already; where that is refused, or was done before, the store need not keep it. */
  private async addStored(
    caller: Caller,
    media: Media,
    { stated, placed, rows, pkesks }: StoredPictures,
  ): Promise<void> {
    const isAdded = await this.renditions
      .add(caller.deviceId, media, stated, rows, pkesks)
      .catch(async (error: unknown) => {
        // Where it is not certain that nothing was written, the object stays, and reclaiming decides.
        if (isCertainlyRefused(error)) await this.bundles.discard(placed);
        throw error;
      });
    if (!isAdded) await this.bundles.discard(placed);
  }
}

async function checkBlob(record: RenditionRecord, blobId: string, octets: Uint8Array): Promise<CarriedBlob> {
  const blob = record.blobs.find((one) => one.blobId === blobId);
  if (!blob) throw invalid('a picture is not in the record');
  const segmentDigests = segmentDigestsOf(octets);
  const root = await rootOf(segmentDigests);
  if (blob.bytes !== octets.length || blob.root !== root) throw invalid(`blob ${blobId} is not what the record says`);
  if (isSmall(blob.role) && octets.length > smallBlobBytesMax)
    throw invalid(`a ${blob.role} has at most ${smallBlobBytesMax} octets`);
  return { blobId, role: blob.role, octets, segmentDigests };
}

function checkPkesks({ pkesks }: z.output<typeof RenditionHead>, record: RenditionRecord, epochFp: string): void {
  for (const blob of record.blobs) {
    if (!pkesks.some((one) => one.blobId === blob.blobId)) throw invalid('a picture has no session key for the epoch');
  }
  for (const { recipientFp, blobId, packet } of pkesks) {
    if (recipientFp !== epochFp || !record.blobs.some((blob) => blob.blobId === blobId))
      throw invalid('a session key is for somebody else');
    checkPkeskPacket(Buffer.from(packet, 'base64'));
  }
}

/** The database refused, and said so: the transaction was rolled back. */
const isCertainlyRefused = (error: unknown): boolean => {
  const refusal = refusalOf(error);
  return refusal !== undefined && refusal.code !== 'server.unavailable';
};

async function checkPlace(
  caller: Caller,
  media: Media,
  record: RenditionRecord,
  manifest: MediaManifest,
): Promise<void> {
  const faults = [
    record.signer.deviceId !== caller.deviceId && 'signer',
    record.organizationId !== manifest.organizationId && 'organizationId',
    record.mediaId !== media.id && 'mediaId',
    record.projectId !== media.projectId && 'projectId',
    record.manifest !== (await manifestDigest(media.manifest)) && 'manifest',
    record.blobs.some(({ role }) => role !== 'thumb' && role !== 'preview') && 'blobs.role',
    record.blobs.some(({ blobId }) => manifest.blobs.some((blob) => blob.blobId === blobId)) && 'blobs.blobId',
  ];
  const fault = faults.find((one) => one !== false);
  if (fault) throw new ApiError('record.mismatch', { detail: `rendition.${fault}` });
}
