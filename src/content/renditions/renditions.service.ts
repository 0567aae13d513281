import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type MediaView,
  type Pkesk,
  type ReplyOf,
  type RenderingFailure,
  renderingLeaseSeconds,
  type routes,
} from '@aerie/protocol';
import { DataSource, type EntityManager, In } from 'typeorm';
import type { z } from 'zod';
import { AuditService } from '../../trust/audit/audit.service.js';
import { signedRecordOf } from '../../trust/identity/wire.js';
import type { MediaAspect } from '../media/media-aspects.js';
import { MediaAspects } from '../media/media-aspects.js';
import type { ProjectGrant } from '../projects/project-access.js';
import { changeUsage } from '../projects/quota.js';
import type { Media } from '../media/media.entity.js';
import { MediaService } from '../media/media.service.js';
import { type NewMedia, bytesByObject } from '../media/new-media.js';
import { ObjectsService } from '../objects/objects.service.js';
import { Rendering, Rendition } from './rendition.entity.js';

interface FailedRendering {
  readonly media_id: string;
  readonly failure: z.infer<typeof RenderingFailure>;
  readonly attempts: number;
  readonly committed_at: Date;
}

/** A renderer that failed so often at one media will fail again. */
const attemptsMax = 3;

/** Assisted previews: pictures owed, and pictures handed in. */
@Injectable()
export class RenditionsService implements OnModuleInit, MediaAspect {
  constructor(
    private readonly database: DataSource,
    private readonly media: MediaService,
    private readonly objects: ObjectsService,
    private readonly audit: AuditService,
    private readonly aspects: MediaAspects,
  ) {}

  onModuleInit(): void {
    this.aspects.all.push(this);
  }

  async committed(manager: EntityManager, grant: ProjectGrant, added: readonly NewMedia[]): Promise<void> {
    const { rendererDeviceId } = grant;
    const owed = added.filter(({ blobs }) => blobs.some((blob) => blob.role === 'source'));
    if (!rendererDeviceId || owed.length === 0) return;
    await manager.insert(
      Rendering,
      owed.map(({ media }) => ({ mediaId: media.id, deviceId: rendererDeviceId, state: 'due' as const })),
    );
  }

  async views(manager: EntityManager, mediaIds: readonly string[]): Promise<(mediaId: string) => Partial<MediaView>> {
    const renditions = await manager.findBy(Rendition, { mediaId: In([...mediaIds]) });
    const renderings = await manager.findBy(Rendering, { mediaId: In([...mediaIds]) });
    const states = new Map(renderings.map((row) => [row.mediaId, row.state]));
    return (mediaId) => ({
      renditions: renditions.filter((one) => one.mediaId === mediaId).map(signedRecordOf),
      rendering: states.get(mediaId) ?? 'none',
    });
  }

  /** The next picture that this renderer owes, held for it for a while; null where it owes none. */
  async lease(deviceId: string): Promise<string | null> {
    await this.database.query(
      `UPDATE rendering SET state = 'failed', failure = 'timed_out' WHERE state = 'due' AND attempts >= $1 AND leased_until < now()`,
      [attemptsMax],
    );
    const [rows] = await this.database.query<[{ media_id: string }[], number]>(
      `UPDATE rendering SET attempts = attempts + 1, leased_until = now() + $2 * interval '1 second' WHERE media_id = (
         SELECT media_id FROM rendering WHERE device_id = $1 AND state = 'due' AND (leased_until IS NULL OR leased_until < now())
          LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING media_id`,
      [deviceId, renderingLeaseSeconds],
    );
    return rows[0]?.media_id ?? null;
  }

  async fail(deviceId: string, mediaId: string, failure: string): Promise<void> {
    await this.database
      .getRepository(Rendering)
      .update({ mediaId, deviceId, state: 'due' }, { state: 'failed', failure });
  }

  /** What renderers owe and could not make, with up to `rowsMax` rows of the latter, newest first. */
  async report(rowsMax: number): Promise<ReplyOf<typeof routes.readJobs>['renderings']> {
    const [counts] = await this.database.query<[{ due: number; running: number; failed: number; oldest: Date | null }]>(
      `SELECT count(*) FILTER (WHERE state = 'due' AND NOT is_leased)::int AS due,
              count(*) FILTER (WHERE state = 'due' AND is_leased)::int AS running,
              count(*) FILTER (WHERE state = 'failed')::int AS failed,
              min(committed_at) FILTER (WHERE state = 'due' AND NOT is_leased) AS oldest
         FROM (SELECT r.state, m.committed_at, coalesce(r.leased_until >= now(), false) AS is_leased
                 FROM rendering r JOIN media m ON m.id = r.media_id WHERE r.state <> 'done') AS row`,
    );
    const failures = await this.database.query<FailedRendering[]>(
      `SELECT r.media_id, r.failure, r.attempts, m.committed_at FROM rendering r JOIN media m ON m.id = r.media_id
        WHERE r.state = 'failed' ORDER BY m.position DESC LIMIT $1`,
      [rowsMax],
    );
    return {
      due: counts.due,
      running: counts.running,
      failed: counts.failed,
      oldestDueAt: counts.oldest?.toISOString() ?? null,
      failures: failures.map((row) => ({
        mediaId: row.media_id,
        reason: row.failure,
        attempts: row.attempts,
        since: row.committed_at.toISOString(),
      })),
    };
  }

  exists(deviceId: string, mediaId: string): Promise<boolean> {
    return this.database.getRepository(Rendition).existsBy({ deviceId, mediaId });
  }

  /** Adds the pictures of one media. Handing in twice is one effect. @returns whether it was this call's */
  async add(
    deviceId: string,
    media: Media,
    signed: { record: Buffer; signature: Buffer },
    blobs: NewMedia['blobs'],
    pkesks: readonly Pkesk[],
  ): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Rendition)
        .values({ mediaId: media.id, deviceId, ...signed })
        .orIgnore()
        .returning('media_id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) return false;
      await this.media.addBlobs(manager, media.id, blobs, pkesks);
      await manager.update(Rendering, { mediaId: media.id, deviceId }, { state: 'done' });
      await this.audit.record(manager, 'rendition.added', { deviceId }, [media.id]);
      const freed = await this.objects.refer(manager, bytesByObject(blobs));
      await changeUsage(manager, media.projectId, {
        used: blobs.reduce((sum, { bytes }) => sum + Number(bytes), 0),
        reserved: -freed,
      });
      return true;
    });
  }
}
