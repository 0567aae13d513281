import { Injectable } from '@nestjs/common';
import { type Pkesk, type ReplyOf, type RenderingFailure, renderingLeaseSeconds, type routes } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import { ApiError } from '../http/api-error.js';
import { KeysService } from '../keys/keys.service.js';
import { changeUsage } from '../projects/quota.js';
import { Blob } from './blob.entity.js';
import type { Media } from './media.entity.js';
import type { NewMedia } from './media.service.js';
import { Rendering, Rendition } from './rendition.entity.js';

interface FailedRendering {
  readonly media_id: string;
  readonly failure: z.infer<typeof RenderingFailure>;
  readonly attempts: number;
  readonly committed_at: Date;
}

/** A renderer that failed so often at one media will fail again. */
const attemptsMax = 3;

/** The catalogue's side of assisted previews: pictures owed, and pictures handed in. */
@Injectable()
export class RenditionsService {
  constructor(
    private readonly database: DataSource,
    private readonly keys: KeysService,
    private readonly audit: AuditService,
  ) {}

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

  /** Adds the pictures of one media. Handing in twice is one effect. */
  async add(
    deviceId: string,
    media: Media,
    signed: { record: Buffer; signature: Buffer },
    blobs: NewMedia['blobs'],
    pkesks: readonly Pkesk[],
  ): Promise<void> {
    await this.database.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Rendition)
        .values({ mediaId: media.id, deviceId, ...signed })
        .orIgnore()
        .returning('media_id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) return;
      if (!(await this.keys.add(manager, media.id, pkesks))) throw new ApiError('media.unknown');
      await manager.insert(Blob, [...blobs]);
      await manager.update(Rendering, { mediaId: media.id, deviceId }, { state: 'done' });
      await this.audit.record(manager, 'rendition.added', deviceId, [media.id]);
      await changeUsage(manager, media.projectId, {
        used: blobs.reduce((sum, { bytes }) => sum + Number(bytes), 0),
        reserved: 0,
      });
    });
  }
}
