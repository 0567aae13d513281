import { Injectable } from '@nestjs/common';
import type { ReplyOf, routes } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { QueueUnfit } from '../../platform/jobs/job-queue.port.js';
import { OutboxService } from '../../platform/jobs/outbox.service.js';
import { ObjectStore } from '../../platform/storage/object-store.port.js';
import { HealthService } from '../../platform/health/health.service.js';
import { type Facts, warningsFrom } from './warnings.js';

/** Gathers what warnings are judged by. */
@Injectable()
export class WarningsService {
  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly outbox: OutboxService,
    private readonly health: HealthService,
    private readonly config: Config,
  ) {}

  async list(): Promise<ReplyOf<typeof routes.listWarnings>> {
    const { HOST, DATABASE_URL } = this.config.environment;
    const [faults, disk, clockAheadMs, renderers, damagedMedia, jobs] = await Promise.all([
      this.health.faults(),
      this.disk(),
      this.clockAheadMs(),
      this.renderers(),
      this.damagedMedia(),
      this.jobs(),
    ]);
    const warnings = warningsFrom({
      faults: [...faults].map(([part, error]) => ({
        part,
        mayEvict: error instanceof QueueUnfit && error.fault === 'may-evict',
      })),
      disk,
      clockAheadMs,
      renderers,
      damagedMedia,
      jobs,
      host: HOST,
      isDatabaseEmbedded: DATABASE_URL === undefined,
    });
    return { warnings };
  }

  /** A store that does not answer is a fault of its own, and told as such. */
  private disk(): Promise<Facts['disk']> {
    return this.store.space().then(
      ({ disk }) => disk,
      () => null,
    );
  }

  /** In a transaction, so that waiting for a connection is not taken for a difference. */
  private clockAheadMs(): Promise<number> {
    return this.database.transaction(async (manager) => {
      const before = Date.now();
      const [{ now }] = await manager.query<[{ now: Date }]>('SELECT clock_timestamp() AS now');
      return (before + Date.now()) / 2 - now.getTime();
    });
  }

  /** A renderer is not missed before a project has named it. */
  private renderers(): Promise<Facts['renderers']> {
    return this.database.query(
      `SELECT d.id AS "deviceId", extract(epoch FROM now() - greatest(min(p.created_at), d.last_seen_at))::float8 AS "silentSeconds"
         FROM project p JOIN device d ON d.id = p.renderer_device_id GROUP BY d.id`,
    );
  }

  private async damagedMedia(): Promise<number> {
    const [{ count }] = await this.database.query<[{ count: number }]>(
      `SELECT count(DISTINCT b.media_id)::int AS count FROM blob b
         WHERE b.damaged_at IS NOT NULL AND NOT EXISTS (SELECT FROM media m WHERE m.replaces = b.media_id)`,
    );
    return count;
  }

  private async jobs(): Promise<Facts['jobs']> {
    const { kinds } = await this.outbox.report(0);
    return kinds.map(({ kind, stuck, oldestDueAt }) => ({
      kind,
      stuck,
      overdueSeconds: oldestDueAt ? (Date.now() - oldestDueAt.getTime()) / 1000 : 0,
    }));
  }
}
