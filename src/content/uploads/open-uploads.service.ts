import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type ReplyOf, listPageMax, type routes } from '@aerie/protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor, AuditService } from '../../trust/audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError } from '../../platform/http/api-error.js';
import { OutboxService } from '../../platform/jobs/outbox.service.js';
import type { Caller } from '../../trust/identity/caller.js';
import { type DeviceAspect, DeviceAspects } from '../../trust/identity/device-aspects.js';
import { DevicesService } from '../../trust/identity/devices.service.js';
import { changeUsage } from '../projects/quota.js';
import { DiscardUpload } from './discard-upload.jobs.js';
import { Upload } from './upload.entity.js';

/** How much a device may hold open, and every end of an upload that is no commit. */
@Injectable()
export class OpenUploadsService implements OnModuleInit, DeviceAspect {
  private readonly uploadsMax: number;
  private readonly bytesMax: number;

  constructor(
    private readonly database: DataSource,
    private readonly devices: DevicesService,
    private readonly outbox: OutboxService,
    private readonly audit: AuditService,
    private readonly aspects: DeviceAspects,
    { environment }: Config,
  ) {
    this.uploadsMax = environment.AERIE_DEVICE_UPLOADS_MAX;
    this.bytesMax = environment.AERIE_DEVICE_RESERVED_BYTES_MAX;
  }

  onModuleInit(): void {
    this.aspects.all.push(this);
  }

  /**
   * Inserts an upload, or a bundle's object, of a device by `insert`, and lets it stand only if the device may act and has
   * not too many. The device's row is held until the transaction ends: uploads that begin at once are counted one after the other, and a
   * revocation comes before them or closes them. @throws ApiError upload.too_many, device.revoked, device.expired
   */
  async admit<T>(manager: EntityManager, deviceId: string, insert: () => Promise<T>): Promise<T> {
    await this.devices.holdActive(manager, deviceId);
    const inserted = await insert();
    const [open] = await manager.query<[{ uploads: number; bytes: string }]>(
      `SELECT count(*)::int AS uploads, coalesce(sum(bytes_reserved), 0) AS bytes FROM
         (SELECT bytes_reserved FROM upload WHERE device_id = $1 AND state = 'open' UNION ALL
          SELECT bytes_reserved FROM object WHERE device_id = $1 AND state = 'announced' AND purpose = 'bundle') AS row`,
      [deviceId],
    );
    const { uploadsMax, bytesMax } = this;
    if (open.uploads > uploadsMax || Number(open.bytes) > bytesMax)
      throw new ApiError('upload.too_many', { uploadsMax, bytesMax });
    return inserted;
  }

  /** What is open, for owners: the largest first. */
  async list(): Promise<ReplyOf<typeof routes.listUploads>> {
    const rows = await this.database
      .getRepository(Upload)
      .find({ where: { state: 'open' }, order: { bytesReserved: 'DESC', mediaId: 'ASC' }, take: listPageMax });
    return {
      uploads: rows.map((row) => ({
        mediaId: row.mediaId,
        projectId: row.projectId,
        deviceId: row.deviceId,
        bytesReserved: Number(row.bytesReserved),
        createdAt: row.createdAt.toISOString(),
        expiresAt: row.expiresAt.toISOString(),
      })),
    };
  }

  /** Of the caller's own device; an owner may abort any. @throws ApiError upload.unknown, upload.closed */
  async abort(caller: Caller, mediaId: string): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const upload = await manager.findOne(Upload, { where: { mediaId }, lock: { mode: 'pessimistic_write' } });
      const isTheirs = upload?.deviceId === caller.deviceId || (caller.kind === 'full' && caller.role === 'owner');
      if (!upload || !isTheirs) throw new ApiError('upload.unknown');
      if (upload.state === 'aborted') return;
      if (upload.state !== 'open') throw new ApiError('upload.closed', { state: upload.state });
      await this.close(manager, [upload], 'aborted', caller);
    });
  }

  /** A device that may act no longer finishes nothing, so what it reserved is free at once. */
  async deviceEnded(manager: EntityManager, deviceId: string, by: Actor): Promise<void> {
    const uploads = await manager.find(Upload, {
      where: { deviceId, state: 'open' },
      order: { mediaId: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    await this.close(manager, uploads, 'aborted', by);
  }

  /** Closes uploads whose time is over, or whose device may act no longer. @returns how many */
  async expireDue(rowsMax: number): Promise<number> {
    return inTransaction(this.database, async (manager) => {
      const due = await manager
        .createQueryBuilder(Upload, 'upload')
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .where(
          `upload.state = 'open' AND (upload.expiresAt <= now()
             OR upload.deviceId IN (SELECT id FROM device WHERE expires_at <= now() OR revoked_at IS NOT NULL))`,
        )
        .limit(rowsMax)
        .getMany();
      await this.close(manager, due, 'expired', null);
      return due.length;
    });
  }

  /** The rows say at once that the uploads are over; a job then removes what the store holds of each. */
  private async close(
    manager: EntityManager,
    uploads: readonly Upload[],
    state: 'aborted' | 'expired',
    by: Actor,
  ): Promise<void> {
    const reserved = new Map<string, number>();
    for (const { mediaId, projectId, bytesReserved } of uploads) {
      await manager.update(Upload, { mediaId }, { state, bytesReserved: '0' });
      await this.outbox.enqueue(manager, DiscardUpload, { mediaId });
      await this.audit.record(manager, `upload.${state}`, by, [mediaId]);
      reserved.set(projectId, (reserved.get(projectId) ?? 0) + Number(bytesReserved));
    }
    // Projects last and in id order, as everywhere: every commit waits for the row of its project.
    for (const [projectId, bytes] of [...reserved].sort(([a], [b]) => (a < b ? -1 : 1)))
      await changeUsage(manager, projectId, { used: 0, reserved: -bytes });
  }
}
