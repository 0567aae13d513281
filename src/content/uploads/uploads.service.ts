import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  type BodyOf,
  type Sealed,
  type UploadView,
  partBytesFor,
  partCountFor,
  routes,
  toBase64,
} from '@aerie/protocol';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';
import { MediaService } from '../media/media.service.js';
import { segmentDigestsOf } from '../media/segment-hasher.js';
import { ObjectsService } from '../objects/objects.service.js';
import { ProjectAccess } from '../projects/project-access.js';
import { changeUsage } from '../projects/quota.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { ObjectStore } from '../../platform/storage/object-store.port.js';
import { Intake } from './intake.js';
import { newObjectKey } from '../../platform/storage/object-key.js';
import { OpenUploadsService } from './open-uploads.service.js';
import { partDigestOf } from './part-digest.js';
import { Upload, UploadBlob, UploadPart } from './upload.entity.js';

type Plan = BodyOf<typeof routes.createUpload>;

/** Uploads in parts: created, and filled in any order and in parallel. Their ends are elsewhere: commits.service.ts, open-uploads.service.ts. */
@Injectable()
export class UploadsService {
  private readonly lifetimeMs: number;

  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly access: ProjectAccess,
    private readonly media: MediaService,
    private readonly objects: ObjectsService,
    private readonly open: OpenUploadsService,
    private readonly intake: Intake,
    config: Config,
  ) {
    this.lifetimeMs = config.environment.AERIE_UPLOAD_HOURS * 3_600_000;
  }

  /** Starts an upload, or finds it: the same plan by the same device may be sent any number of times. */
  async create(caller: Caller, projectId: string, mediaId: string, plan: Plan): Promise<UploadView> {
    await this.access.require(caller, projectId, 'add');
    await inTransaction(this.database, (manager) =>
      this.open.admit(manager, caller.deviceId, () => this.insert(manager, caller, projectId, mediaId, plan.blobs)),
    );
    failpoint('upload.created');
    const view = await this.read(caller, mediaId).catch((error: unknown) => {
      // The id is there, but another device's.
      throw error instanceof ApiError && error.code === 'upload.unknown'
        ? new ApiError('upload.conflict', { detail: 'mediaId' })
        : error;
    });
    if (view.projectId !== projectId) throw new ApiError('upload.conflict');
    if (view.state === 'aborted' || view.state === 'expired')
      throw new ApiError('upload.closed', { state: view.state });
    // Of a committed upload only the receipt is left; its blobs belong to the media.
    const planned = plan.blobs.every((blob) =>
      view.blobs.some((one) => one.blobId === blob.blobId && one.bytes === blob.bytes && one.role === blob.role),
    );
    if (view.state === 'open' && !planned) throw new ApiError('upload.conflict');
    return view;
  }

  /** Inserts an upload and its blobs and reserves their octets, unless that upload exists. */
  private async insert(
    manager: EntityManager,
    caller: Caller,
    projectId: string,
    mediaId: string,
    blobs: Plan['blobs'],
  ): Promise<void> {
    // It came in a bundle, and is answered as what it is.
    if (await this.media.addedBy(caller.deviceId, mediaId, manager)) return;
    const bytesReserved = blobs.reduce((sum, blob) => sum + blob.bytes, 0);
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(Upload)
      .values({
        mediaId,
        projectId,
        deviceId: caller.deviceId,
        state: 'open',
        bytesReserved: String(bytesReserved),
        expiresAt: new Date(Date.now() + this.lifetimeMs),
      })
      .orIgnore()
      .returning('media_id')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) return;
    await changeUsage(manager, projectId, { used: 0, reserved: bytesReserved });
    const rows = blobs.map(({ blobId, role, bytes }) => ({
      id: blobId,
      mediaId,
      role,
      bytes: String(bytes),
      objectKey: newObjectKey(),
    }));
    const { deviceId } = caller;
    await this.objects.announce(
      manager,
      rows.map(({ objectKey: key, bytes }) => ({
        ...{ key, projectId, deviceId, purpose: 'parts' as const, bytes: Number(bytes) },
        // The upload's row promises them.
        bytesReserved: 0,
      })),
    );
    const added = await manager
      .createQueryBuilder()
      .insert()
      .into(UploadBlob)
      .values(rows)
      .orIgnore()
      .returning('id')
      .execute();
    if ((added.raw as unknown[]).length !== rows.length) throw new ApiError('upload.conflict', { detail: 'blobId' });
  }

  async read(caller: Caller, mediaId: string): Promise<UploadView> {
    const upload = await this.database.getRepository(Upload).findOneBy({ mediaId, deviceId: caller.deviceId });
    if (!upload) return this.readBundled(caller, mediaId);
    const blobs = await this.database.getRepository(UploadBlob).findBy({ mediaId });
    const parts = await this.database.getRepository(UploadPart).find({
      where: { blobId: In(blobs.map(({ id }) => id)), tag: Not(IsNull()) },
      order: { number: 'ASC' },
      select: { blobId: true, number: true, digest: true },
    });
    const committed =
      upload.state === 'committed'
        ? (await this.media.committed(this.database.manager, [mediaId])).get(mediaId)
        : undefined;
    return {
      mediaId,
      projectId: upload.projectId,
      state: upload.state,
      expiresAt: upload.expiresAt.toISOString(),
      receipt: committed?.receipt ?? null,
      damagedAt: committed?.damagedAt?.toISOString() ?? null,
      blobs: blobs.map((blob) => ({
        blobId: blob.id,
        role: blob.role,
        bytes: Number(blob.bytes),
        partBytes: partBytesFor(Number(blob.bytes)),
        parts: parts
          .filter((part) => part.blobId === blob.id)
          .map(({ number, digest }) => ({ number, digest: toBase64(digest) })),
      })),
    };
  }

  /** Of what came in a bundle there is no upload; a device that may only add learns here what became of it. */
  private async readBundled({ deviceId }: Caller, mediaId: string): Promise<UploadView> {
    const media = await this.media.addedBy(deviceId, mediaId);
    if (!media) throw new ApiError('upload.unknown');
    const { projectId, receipt, committedAt, damagedAt } = media;
    return {
      ...{ mediaId, projectId, state: 'committed', receipt, blobs: [] },
      expiresAt: committedAt.toISOString(),
      damagedAt: damagedAt?.toISOString() ?? null,
    };
  }

  /** The caller's own upload. @throws ApiError upload.unknown, also for another device's */
  private async require(caller: Caller, mediaId: string): Promise<Upload> {
    const upload = await this.database.getRepository(Upload).findOneBy({ mediaId, deviceId: caller.deviceId });
    if (!upload) throw new ApiError('upload.unknown');
    return upload;
  }

  async putPart(
    caller: Caller,
    { mediaId, blobId, partNumber }: PartPlace,
    digest: Buffer,
    body: Readable,
  ): Promise<void> {
    const upload = await this.require(caller, mediaId);
    if (upload.state !== 'open') throw new ApiError('upload.closed', { state: upload.state });
    const blob = await this.database.getRepository(UploadBlob).findOneBy({ id: blobId, mediaId });
    if (!blob) throw new ApiError('blob.unknown');
    const bytesExpected = partBytesOf(Number(blob.bytes), partNumber);
    const stored = await this.database.getRepository(UploadPart).findOneBy({ blobId, number: partNumber });
    if (stored && !stored.digest.equals(digest)) throw new ApiError('upload.part_conflict');
    if (stored?.tag) {
      // Sent again after a lost answer: the body is read away, so that the connection can be used further.
      body.resume();
      return;
    }
    const tag = await this.intake.take(caller, body, bytesExpected, (octets) =>
      this.storePart(blob, partNumber, bytesExpected, digest, octets),
    );
    await this.database.getRepository(UploadPart).update({ blobId, number: partNumber }, { tag });
    failpoint('part.acknowledged');
  }

  /** @returns the store's tag of the part */
  private async storePart(
    blob: UploadBlob,
    number: number,
    bytesExpected: number,
    digest: Buffer,
    octets: Sealed,
  ): Promise<string> {
    if (octets.length !== bytesExpected)
      throw new ApiError('upload.part_size', { bytesExpected, bytesReceived: octets.length });
    const segmentDigests = segmentDigestsOf(octets);
    if (!partDigestOf(octets, segmentDigests).equals(digest)) throw new ApiError('upload.digest_mismatch');
    failpoint('part.checked');
    await this.claimPart(blob, number, digest, segmentDigests);
    failpoint('part.claimed');
    const tag = await this.writePart(blob, number, octets, digest);
    failpoint('part.stored');
    return tag;
  }

  /** One digest per part number, decided before the store is touched: two different parts cannot overwrite each other. */
  private async claimPart(blob: UploadBlob, number: number, digest: Buffer, segmentDigests: Buffer): Promise<void> {
    const claim = { blobId: blob.id, number, digest, segmentDigests };
    const claimed = await this.database.transaction(async (manager) => {
      await this.holdOpen(manager, blob.mediaId);
      await manager.createQueryBuilder().insert().into(UploadPart).values(claim).orIgnore().execute();
      return manager.findOneByOrFail(UploadPart, { blobId: blob.id, number });
    });
    if (!claimed.digest.equals(digest)) throw new ApiError('upload.part_conflict');
  }

  /**
   * Holds the upload open until the transaction ends. A body takes its time: the upload may have been closed since it was
   * looked up, and its rows removed. @throws ApiError upload.closed
   */
  private async holdOpen(manager: EntityManager, mediaId: string): Promise<void> {
    const upload = await manager.findOneOrFail(Upload, { where: { mediaId }, lock: { mode: 'pessimistic_read' } });
    if (upload.state !== 'open') throw new ApiError('upload.closed', { state: upload.state });
  }

  private async writePart(blob: UploadBlob, number: number, octets: Sealed, digest: Buffer): Promise<string> {
    const bytes = Number(blob.bytes);
    if (partCountFor(bytes) === 1) {
      await this.store.put(blob.objectKey, octets, digest);
      return 'whole';
    }
    const uploadRef = await this.uploadRefOf(blob);
    return this.store.putPart({ key: blob.objectKey, uploadRef }, number, number * partBytesFor(bytes), octets, digest);
  }

  /** Begins the store's own upload in parts at the first part. Two first parts at once: the row lock lets one begin it. */
  private async uploadRefOf(blob: UploadBlob): Promise<string> {
    if (blob.uploadRef) return blob.uploadRef;
    return this.database.transaction(async (manager) => {
      // An abort waits for this, so that its discard knows the reference: no other code could find those parts.
      await this.holdOpen(manager, blob.mediaId);
      const row = await manager.findOneOrFail(UploadBlob, {
        where: { id: blob.id },
        lock: { mode: 'pessimistic_write' },
      });
      if (row.uploadRef) return row.uploadRef;
      const uploadRef = await this.store.beginParts(row.objectKey);
      failpoint('part.begun');
      await manager.update(UploadBlob, { id: row.id }, { uploadRef });
      return uploadRef;
    });
  }
}

interface PartPlace {
  readonly mediaId: string;
  readonly blobId: string;
  readonly partNumber: number;
}

/** Octets of that part. @throws ApiError upload.part_out_of_range */
function partBytesOf(blobBytes: number, number: number): number {
  const partCount = partCountFor(blobBytes);
  if (number >= partCount) throw new ApiError('upload.part_out_of_range', { partsMax: partCount });
  const partBytes = partBytesFor(blobBytes);
  return Math.min(partBytes, blobBytes - number * partBytes);
}
