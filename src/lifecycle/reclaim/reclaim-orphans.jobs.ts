import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { AuditService } from '../../trust/audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { defineJob } from '../../platform/jobs/define-job.js';
import { HandlesJob } from '../../platform/jobs/handles-job.decorator.js';
import { OutboxRelay } from '../../platform/jobs/outbox-relay.js';
import { ObjectStore, type StoredObject } from '../../platform/storage/object-store.port.js';
import { ObjectsService } from '../../content/objects/objects.service.js';

/**
 * Gives up objects that were announced and never sent, and removes those that have no row. The latter is the most dangerous
 * job there is, so four things must hold for each object: it is old, it was seen without a row twice and well apart, a
 * re-check under lock finds none, and orphans are few.
 */
export const ReclaimOrphans = defineJob('reclaim.reclaim-orphans', z.object({}));

/** More than this share of all objects without a row means that the database is wrong, not the store. */
const orphanShareMax = 0.01;
/** Below this number a share says nothing. */
const orphansAlwaysAllowed = 100;
const pageObjects = 500;

@Injectable()
export class ReclaimOrphansJobs implements OnModuleInit {
  private readonly log = new Logger('reclaim');
  private readonly ageMs: number;

  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly objects: ObjectsService,
    private readonly audit: AuditService,
    private readonly relay: OutboxRelay,
    config: Config,
  ) {
    this.ageMs = config.environment.AERIE_ORPHAN_AGE_SECONDS * 1000;
  }

  /** An object must be seen unreferenced twice, a quarter of the age apart, so looking that often is enough. */
  onModuleInit(): void {
    this.relay.every(ReclaimOrphans, this.ageMs / 4);
  }

  @HandlesJob(ReclaimOrphans)
  async reclaim(): Promise<void> {
    await this.objects.discardAbandoned(this.ageMs);
    const { objects, orphans } = await this.survey();
    if (orphans.length > Math.max(orphansAlwaysAllowed, objects * orphanShareMax)) {
      this.log.error(
        { objects, orphans: orphans.length },
        'too many objects without a row; nothing is reclaimed until somebody looks',
      );
      return;
    }
    for (const objectKey of await this.remember(orphans)) await this.reclaimOne(objectKey);
  }

  private async survey(): Promise<{ objects: number; orphans: string[] }> {
    const orphans: string[] = [];
    let objects = 0;
    const look = async (page: StoredObject[]) => {
      objects += page.length;
      const old = page
        .filter(({ modifiedAt }) => Date.now() - modifiedAt.getTime() >= this.ageMs)
        .map(({ key }) => key);
      const known = await named(this.database.manager, old);
      orphans.push(...old.filter((key) => !known.has(key)));
    };
    let page: StoredObject[] = [];
    for await (const object of this.store.list('')) {
      if (page.push(object) < pageObjects) continue;
      await look(page);
      page = [];
    }
    await look(page);
    return { objects, orphans };
  }

  /** Notes first sightings, forgets those that were explained since. @returns keys whose first sighting is long enough ago */
  private async remember(orphans: readonly string[]): Promise<string[]> {
    return this.database.transaction(async (manager) => {
      await manager.query('DELETE FROM orphan WHERE NOT (object_key = ANY($1::text[]))', [orphans]);
      await manager.query(
        'INSERT INTO orphan (object_key, first_seen_at) SELECT key, now() FROM unnest($1::text[]) AS key ON CONFLICT DO NOTHING',
        [orphans],
      );
      const rows = await manager.query<{ object_key: string }[]>(
        `SELECT object_key FROM orphan WHERE first_seen_at < now() - $1 * interval '1 ms'`,
        [this.ageMs / 4],
      );
      return rows.map((row) => row.object_key);
    });
  }

  private async reclaimOne(objectKey: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const [row] = await manager.query<unknown[]>('SELECT FROM orphan WHERE object_key = $1 FOR UPDATE', [objectKey]);
      if (!row || (await named(manager, [objectKey])).has(objectKey)) return;
      await this.store.delete(objectKey);
      await manager.query('DELETE FROM orphan WHERE object_key = $1', [objectKey]);
      await this.audit.record(manager, 'orphan.reclaimed', null, [objectKey]);
    });
  }
}

/** Which of those objects have a row: every object of ours has one, from before it is sent until it is gone. */
async function named(manager: EntityManager, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await manager.query<{ key: string }[]>('SELECT key FROM object WHERE key = ANY($1::text[])', [keys]);
  return new Set(rows.map((row) => row.key));
}
