import { Injectable } from '@nestjs/common';
import { manifestDigest } from '@aerie/protocol';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { AuditService } from '../../trust/audit/audit.service.js';
import { ReceiptsService } from '../../trust/audit/receipts.service.js';
import { Config } from '../../platform/config/config.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';
import { MediaService } from '../media/media.service.js';
import type { NewMedia } from '../media/new-media.js';
import type { ProjectGrant } from '../projects/project-access.js';
import { changeUsage } from '../projects/quota.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { type Candidate, invalid, isPacked } from './candidate.js';
import { newObjectKey } from '../../platform/storage/object-key.js';
import { OpenUploadsService } from './open-uploads.service.js';
import { partDigestOf } from './part-digest.js';
import { type JoinedBlob, PartJoiner } from './part-joiner.js';
import { Upload, UploadBlob, UploadPart } from './upload.entity.js';

/** The database's side of a commit: announce the objects, then make the media exist, all rows or none. */
@Injectable()
export class CommitWriter {
  private readonly lifetimeMs: number;

  constructor(
    private readonly database: DataSource,
    private readonly parts: PartJoiner,
    private readonly media: MediaService,
    private readonly open: OpenUploadsService,
    private readonly receipts: ReceiptsService,
    private readonly audit: AuditService,
    config: Config,
  ) {
    this.lifetimeMs = config.environment.AERIE_UPLOAD_HOURS * 3_600_000;
  }

  /** Receipts of those that are committed already with this very manifest. @throws ApiError media.replayed for another */
  async receiptsOf(candidates: readonly Candidate[]): Promise<Map<string, string>> {
    const mediaIds = candidates.map(({ mediaId }) => mediaId);
    const committed = await this.media.committed(this.database.manager, mediaIds);
    for (const { mediaId, signed } of candidates) {
      const known = committed.get(mediaId);
      if (known && !known.manifest.equals(signed.bytes)) throw new ApiError('media.replayed');
    }
    return new Map([...committed].map(([mediaId, { receipt }]) => [mediaId, receipt]));
  }

  /**
   * Makes sure that every upload has its row and every object-to-be its key, and reserves the octets of new ones.
   * @returns object keys by blob id
   */
  async stage(
    caller: Caller,
    grant: ProjectGrant,
    candidates: readonly Candidate[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = candidates.flatMap((candidate) =>
      candidate.manifest.blobs
        .filter(({ blobId, role }) => candidate.inline.has(blobId) && !isPacked(role))
        .map(({ blobId, role, bytes }) => ({
          id: blobId,
          mediaId: candidate.mediaId,
          role,
          bytes: String(bytes),
          objectKey: newObjectKey(),
        })),
    );
    if (rows.length === 0) return new Map();
    return inTransaction(this.database, async (manager) => {
      const reserved = await this.open.admit(manager, caller.deviceId, () =>
        this.insertUploads(manager, caller, grant, candidates),
      );
      const uploads = await this.lock(manager, caller, grant, candidates);
      // What another request has committed meanwhile is not staged once more: nothing would ever remove it.
      const open = rows.filter(({ mediaId }) => uploads.get(mediaId)!.state === 'open');
      const staged = open.length > 0 ? await this.claimBlobs(manager, candidates, open) : [];
      if (reserved > 0) await changeUsage(manager, grant.projectId, { used: 0, reserved });
      return new Map(staged.map(({ id, objectKey }) => [id, objectKey]));
    });
  }

  /** One content per blob id, decided before the store is touched: two requests cannot overwrite each other's object. */
  private async claimBlobs(
    manager: EntityManager,
    candidates: readonly Candidate[],
    rows: readonly StagedBlob[],
  ): Promise<UploadBlob[]> {
    const inline = new Map(candidates.flatMap((candidate) => [...candidate.inline]));
    const claims = rows.map(({ id }) => {
      const { octets, segmentDigests } = inline.get(id)!;
      return { blobId: id, number: 0, digest: partDigestOf(octets, segmentDigests), segmentDigests };
    });
    await manager
      .createQueryBuilder()
      .insert()
      .into(UploadBlob)
      .values([...rows])
      .orIgnore()
      .execute();
    await manager.createQueryBuilder().insert().into(UploadPart).values(claims).orIgnore().execute();
    const ids = rows.map(({ id }) => id);
    const staged = await manager.findBy(UploadBlob, { id: In(ids) });
    const claimed = await manager.findBy(UploadPart, { blobId: In(ids), number: 0 });
    for (const [index, row] of rows.entries()) {
      const found = staged.find(({ id }) => id === row.id);
      const isThat = claimed.find(({ blobId }) => blobId === row.id)?.digest.equals(claims[index]!.digest);
      if (found?.mediaId !== row.mediaId || found.bytes !== row.bytes || !isThat)
        throw new ApiError('upload.conflict', { detail: 'blobId' });
    }
    return staged;
  }

  /** @returns the octets to reserve for those that are new */
  private async insertUploads(
    manager: EntityManager,
    caller: Caller,
    grant: ProjectGrant,
    candidates: readonly Candidate[],
  ): Promise<number> {
    const expiresAt = new Date(Date.now() + this.lifetimeMs);
    const rows = candidates.map((candidate) => ({
      mediaId: candidate.mediaId,
      projectId: grant.projectId,
      deviceId: caller.deviceId,
      state: 'open' as const,
      expiresAt,
      bytesReserved: String(totalBytes(candidate)),
    }));
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(Upload)
      .values(rows)
      .orIgnore()
      .returning('media_id')
      .execute();
    const fresh = new Set((inserted.raw as { media_id: string }[]).map((row) => row.media_id));
    return rows.filter(({ mediaId }) => fresh.has(mediaId)).reduce((sum, row) => sum + Number(row.bytesReserved), 0);
  }

  /** @returns receipts by media id */
  async write(caller: Caller, grant: ProjectGrant, candidates: readonly Candidate[]): Promise<Map<string, string>> {
    if (candidates.length === 0) return new Map();
    const joined = await this.parts.join(candidates);
    failpoint('commit.joined');
    return inTransaction(this.database, async (manager) => {
      const uploads = await this.lock(manager, caller, grant, candidates);
      const receipts = await this.receiptsOf(
        candidates.filter(({ mediaId }) => uploads.get(mediaId)!.state === 'committed'),
      );
      const open = candidates.filter(({ mediaId }) => !receipts.has(mediaId));
      const added: NewMedia[] = [];
      const sent = await manager.findBy(UploadBlob, { mediaId: In(open.map(({ mediaId }) => mediaId)) });
      for (const candidate of open) {
        const own = sent.filter(({ mediaId }) => mediaId === candidate.mediaId);
        added.push(await this.assemble(manager, caller, grant, candidate, own, joined));
      }
      if (added.length > 0)
        await this.finish(
          manager,
          caller,
          grant,
          added,
          open.map(({ mediaId }) => uploads.get(mediaId)!),
        );
      failpoint('commit.written');
      return new Map([...receipts, ...added.map(({ media }) => [media.id, media.receipt] as const)]);
    });
  }

  /** Locks the uploads, in id order. From here on neither an abort nor an expiry nor a second commit can interfere. */
  private async lock(
    manager: EntityManager,
    caller: Caller,
    grant: ProjectGrant,
    candidates: readonly Candidate[],
  ): Promise<Map<string, Upload>> {
    const rows = await manager.find(Upload, {
      where: {
        mediaId: In(candidates.map(({ mediaId }) => mediaId)),
        deviceId: caller.deviceId,
        projectId: grant.projectId,
      },
      order: { mediaId: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    const uploads = new Map(rows.map((row) => [row.mediaId, row]));
    for (const { mediaId } of candidates) {
      const upload = uploads.get(mediaId);
      if (!upload) throw new ApiError('upload.conflict', { detail: 'mediaId' });
      if (upload.state === 'aborted' || upload.state === 'expired')
        throw new ApiError('upload.closed', { state: upload.state });
    }
    return uploads;
  }

  /** Checks that every blob of the manifest is there, inline or joined, and makes the rows. */
  private async assemble(
    manager: EntityManager,
    caller: Caller,
    grant: ProjectGrant,
    candidate: Candidate,
    sent: readonly UploadBlob[],
    joined: ReadonlyMap<string, JoinedBlob>,
  ): Promise<NewMedia> {
    const { manifest, mediaId, inline } = candidate;
    await this.refuseStrays(
      manager,
      sent.filter(({ id }) => !manifest.blobs.some(({ blobId }) => blobId === id)),
    );
    const blobs: NewMedia['blobs'][number][] = [];
    for (const { blobId, role, bytes } of manifest.blobs) {
      const row = sent.find(({ id }) => id === blobId);
      const own = inline.get(blobId);
      const stored = own ?? (row && joined.get(blobId));
      if (!stored) throw new ApiError('upload.part_missing', { missing: [{ blobId, parts: [0] }] });
      const { segmentDigests } = stored;
      const place =
        isPacked(role) && own
          ? { objectKey: null, content: Buffer.from(own.octets) }
          : { objectKey: row!.objectKey, content: null };
      blobs.push({ id: blobId, mediaId, role, bytes: String(bytes), segmentDigests, ...place });
    }
    return { media: await this.mediaRow(caller, grant, candidate), blobs, pkesks: candidate.pkesks };
  }

  /**
   * Blobs that a client sent in parts and then does not name. What an earlier commit staged and could not finish is no such
   * blob: a client that starts again encrypts its pictures again, and the object is reclaimed.
   */
  private async refuseStrays(manager: EntityManager, strays: readonly UploadBlob[]): Promise<void> {
    if (strays.length === 0) return;
    const acknowledged = await manager.findBy(UploadPart, {
      blobId: In(strays.map(({ id }) => id)),
      tag: Not(IsNull()),
    });
    const sent = strays.find(({ id, uploadRef }) => uploadRef || acknowledged.some(({ blobId }) => blobId === id));
    if (sent) throw invalid(`blob ${sent.id} was uploaded, but is not in the manifest`);
  }

  private async mediaRow(caller: Caller, grant: ProjectGrant, candidate: Candidate): Promise<NewMedia['media']> {
    const committedAt = new Date();
    const bytes = totalBytes(candidate);
    const receipt = await this.receipts.sign({
      mediaId: candidate.mediaId,
      projectId: grant.projectId,
      manifest: await manifestDigest(candidate.signed.bytes),
      bytes,
      committedAt: committedAt.toISOString(),
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
  ): Promise<void> {
    const mediaIds = added.map(({ media }) => media.id);
    await this.media.store(manager, grant, added);
    await manager.query(
      'DELETE FROM upload_part USING upload_blob b WHERE b.id = upload_part.blob_id AND b.media_id = ANY($1::uuid[])',
      [mediaIds],
    );
    await manager.delete(UploadBlob, { mediaId: In(mediaIds) });
    await manager.update(Upload, mediaIds, { state: 'committed', bytesReserved: '0' });
    await this.audit.record(manager, 'media.committed', caller, mediaIds);
    const sum = (numbers: string[]) => numbers.reduce((total, text) => total + Number(text), 0);
    // Last, because every commit of the project waits for this one row until the transaction ends.
    await changeUsage(manager, grant.projectId, {
      used: sum(added.map(({ media }) => media.bytes)),
      reserved: -sum(uploads.map(({ bytesReserved }) => bytesReserved)),
    });
  }
}

type StagedBlob = Pick<UploadBlob, 'id' | 'mediaId' | 'role' | 'bytes' | 'objectKey'>;

const totalBytes = ({ manifest }: Candidate): number => manifest.blobs.reduce((sum, { bytes }) => sum + bytes, 0);
