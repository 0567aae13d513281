import { Injectable } from '@nestjs/common';
import { manifestDigest } from '@aerie/protocol';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { AuditService } from '../../trust/audit/audit.service.js';
import { ReceiptsService } from '../../trust/audit/receipts.service.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';
import { DevicesService } from '../../trust/identity/devices.service.js';
import { MembershipService } from '../../trust/membership/membership.service.js';
import { MediaService } from '../media/media.service.js';
import { type NewMedia, bytesByObject } from '../media/new-media.js';
import { ObjectsService } from '../objects/objects.service.js';
import type { ProjectGrant } from '../projects/project-access.js';
import { requireInForce } from '../projects/epoch-in-force.js';
import { changeUsage } from '../projects/quota.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { type Candidate, invalid } from './candidate.js';
import { PartJoiner } from './part-joiner.js';
import type { PlacedMedia, StoredBlob } from './placed-media.js';
import { Upload, UploadBlob, UploadPart } from './upload.entity.js';

/** The database's side of a commit: makes the media exist, all rows or none. */
@Injectable()
export class CommitWriter {
  constructor(
    private readonly database: DataSource,
    private readonly parts: PartJoiner,
    private readonly media: MediaService,
    private readonly objects: ObjectsService,
    private readonly devices: DevicesService,
    private readonly membership: MembershipService,
    private readonly receipts: ReceiptsService,
    private readonly audit: AuditService,
  ) {}

  /** Receipts of those that are committed already with this very manifest. @throws ApiError media.replayed for another */
  async receiptsOf(
    candidates: readonly Pick<Candidate, 'mediaId' | 'signed'>[],
    manager = this.database.manager,
  ): Promise<Map<string, string>> {
    const mediaIds = candidates.map(({ mediaId }) => mediaId);
    const committed = await this.media.committed(manager, mediaIds);
    for (const { mediaId, signed } of candidates) {
      const known = committed.get(mediaId);
      if (known && !known.manifest.equals(signed.bytes)) throw new ApiError('media.replayed');
    }
    return new Map([...committed].map(([mediaId, { receipt }]) => [mediaId, receipt]));
  }

  async isCommitted(mediaId: string, manifest: Uint8Array): Promise<boolean> {
    const committed = await this.media.committed(this.database.manager, [mediaId]);
    return committed.get(mediaId)?.manifest.equals(manifest) ?? false;
  }

  /**
   * Before anything is stored for them in vain. The same commit beside this one may be done by now, and has the same blobs.
   * @throws ApiError blob.conflict where a blob id is another's
   */
  async requireNewBlobs(candidates: readonly Candidate[]): Promise<void> {
    const ids = candidates.flatMap(({ carried }) => carried.map(({ blobId }) => blobId));
    const mediaIds = candidates.map(({ mediaId }) => mediaId);
    if (ids.length > 0 && (await this.media.othersHaveBlob(ids, mediaIds))) throw new ApiError('blob.conflict');
  }

  /** @returns receipts by media id */
  async write(caller: Caller, grant: ProjectGrant, media: readonly PlacedMedia[]): Promise<Map<string, string>> {
    if (media.length === 0) return new Map();
    const joined = await this.parts.join(media);
    failpoint('commit.joined');
    return inTransaction(this.database, async (manager) => {
      await this.devices.shareActive(manager, caller.deviceId);
      // Only now: while that row is held as active, no entry that revokes the device is there, and so none behind it.
      const membership = await this.membership.sizeIn(manager);
      const uploads = await this.lock(manager, caller, grant, media);
      const receipts = await this.receiptsOf(media, manager);
      const open = media.filter(({ mediaId }) => !receipts.has(mediaId));
      const added: NewMedia[] = [];
      const sent = await manager.findBy(UploadBlob, { mediaId: In(open.map(({ mediaId }) => mediaId)) });
      for (const one of open) {
        await this.refuseStrays(
          manager,
          one,
          sent.filter(({ mediaId }) => mediaId === one.mediaId),
        );
        added.push(await this.assemble(caller, grant, one, joined, membership));
      }
      const ended = uploads.filter(({ mediaId }) => !receipts.has(mediaId));
      if (added.length > 0) await this.finish(manager, caller, grant, added, ended, sent);
      failpoint('commit.written');
      return new Map([...receipts, ...added.map((one) => [one.media.id, one.media.receipt] as const)]);
    });
  }

  /**
   * Locks the ids, and those of them that are uploads in parts. From here on neither an abort nor an expiry nor a second
   * commit can interfere. @returns the uploads
   */
  private async lock(
    manager: EntityManager,
    caller: Caller,
    grant: ProjectGrant,
    media: readonly PlacedMedia[],
  ): Promise<Upload[]> {
    const mediaIds = media.map(({ mediaId }) => mediaId);
    // A media in a bundle has no row to lock before it is written.
    await manager.query(
      `SELECT pg_advisory_xact_lock(lock) FROM
         (SELECT DISTINCT hashtextextended(id, 0) AS lock FROM unnest($1::text[]) AS id ORDER BY lock) AS sorted`,
      [mediaIds],
    );
    const uploads = await manager.find(Upload, {
      where: { mediaId: In(mediaIds) },
      order: { mediaId: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    for (const { deviceId, projectId, state } of uploads) {
      if (deviceId !== caller.deviceId || projectId !== grant.projectId)
        throw new ApiError('upload.conflict', { detail: 'mediaId' });
      if (state === 'aborted' || state === 'expired') throw new ApiError('upload.closed', { state });
    }
    return uploads;
  }

  /**
   * Checks that every blob of the manifest is there, carried or joined, and makes the rows.
   * @param membership entries that the chain has
   */
  private async assemble(
    caller: Caller,
    grant: ProjectGrant,
    media: PlacedMedia,
    joined: ReadonlyMap<string, StoredBlob>,
    membership: number,
  ): Promise<NewMedia> {
    const { mediaId } = media;
    const blobs = media.manifest.blobs.map(({ blobId, role, bytes }) => {
      const stored = media.stored.get(blobId) ?? joined.get(blobId);
      if (!stored) throw new ApiError('upload.part_missing', { missing: [{ blobId, parts: [0] }] });
      const { place, segmentDigests } = stored;
      return { id: blobId, mediaId, role, bytes: String(bytes), segmentDigests, ...place };
    });
    return { media: await this.mediaRow(caller, grant, media, membership), blobs, pkesks: media.pkesks };
  }

  /** Blobs that a client sent in parts and then does not name, or brings along once more. */
  private async refuseStrays(
    manager: EntityManager,
    { manifest, stored }: PlacedMedia,
    sent: readonly UploadBlob[],
  ): Promise<void> {
    const strays = sent.filter(({ id }) => stored.has(id) || !manifest.blobs.some(({ blobId }) => blobId === id));
    if (strays.length === 0) return;
    const acknowledged = await manager.findBy(UploadPart, {
      blobId: In(strays.map(({ id }) => id)),
      tag: Not(IsNull()),
    });
    const stray = strays.find(({ id, uploadRef }) => uploadRef || acknowledged.some(({ blobId }) => blobId === id));
    if (stray) throw invalid(`blob ${stray.id} was sent in parts, which the commit leaves out`);
  }

  private async mediaRow(
    caller: Caller,
    grant: ProjectGrant,
    candidate: PlacedMedia,
    membership: number,
  ): Promise<NewMedia['media']> {
    const committedAt = new Date();
    const bytes = totalBytes(candidate);
    const receipt = await this.receipts.sign({
      mediaId: candidate.mediaId,
      projectId: grant.projectId,
      manifest: await manifestDigest(candidate.signed.bytes),
      bytes,
      committedAt: committedAt.toISOString(),
      membership,
    });
    return {
      id: candidate.mediaId,
      projectId: grant.projectId,
      deviceId: caller.deviceId,
      manifest: Buffer.from(candidate.signed.bytes),
      signature: Buffer.from(candidate.signed.signature),
      bytes: String(bytes),
      contentToken: candidate.contentToken,
      replaces: candidate.manifest.replaces,
      receipt,
      committedAt,
    };
  }

  private async finish(
    manager: EntityManager,
    caller: Caller,
    grant: ProjectGrant,
    added: readonly NewMedia[],
    uploads: readonly Upload[],
    sent: readonly UploadBlob[],
  ): Promise<void> {
    const mediaIds = added.map(({ media }) => media.id);
    const lying = bytesByObject(added.flatMap(({ blobs }) => blobs));
    const freed = await this.objects.refer(manager, lying);
    await this.media.store(manager, grant, added);
    await this.endUploads(manager, uploads, sent);
    // Planned, but never sent.
    const unused = sent.map(({ objectKey }) => objectKey).filter((key) => !lying.has(key));
    if (unused.length > 0) await this.objects.discardIn(manager, unused);
    await this.audit.record(manager, 'media.committed', caller, mediaIds);
    const sum = (numbers: string[]) => numbers.reduce((total, text) => total + Number(text), 0);
    // Last, because every commit of the project waits for this one row until the transaction ends.
    await changeUsage(manager, grant.projectId, {
      used: sum(added.map(({ media }) => media.bytes)),
      reserved: -freed - sum(uploads.map(({ bytesReserved }) => bytesReserved)),
    });
    await requireInForce(manager, grant);
  }

  /** Of an upload only its row stays, which answers that it is committed. */
  private async endUploads(
    manager: EntityManager,
    uploads: readonly Upload[],
    sent: readonly UploadBlob[],
  ): Promise<void> {
    if (uploads.length === 0) return;
    const blobIds = sent.map(({ id }) => id);
    await manager.delete(UploadPart, { blobId: In(blobIds) });
    await manager.delete(UploadBlob, { id: In(blobIds) });
    const mediaIds = uploads.map(({ mediaId }) => mediaId);
    await manager.update(Upload, mediaIds, { state: 'committed', bytesReserved: '0' });
  }
}

const totalBytes = ({ manifest }: Pick<Candidate, 'manifest'>): number =>
  manifest.blobs.reduce((sum, { bytes }) => sum + bytes, 0);
