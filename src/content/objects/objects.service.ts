import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Sealed } from '@aerie/protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { ApiError } from '../../platform/http/api-error.js';
import { newObjectKey } from '../../platform/storage/object-key.js';
import { ObjectStore } from '../../platform/storage/object-store.port.js';
import { changeUsage } from '../projects/quota.js';
import { ObjectRow } from './object.entity.js';

/** What is known of an object before its octets are sent. */
export type AnnouncedObject = Pick<ObjectRow, 'key' | 'projectId' | 'deviceId' | 'purpose'> & {
  readonly bytes: number;
  /** Octets to count as promised until blobs lie in them; 0 where something else promises them, or they are counted already. */
  readonly bytesReserved: number;
};

/** Every object of the store has a row, from before its octets are sent there until they are gone. */
@Injectable()
export class ObjectsService {
  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
  ) {}

  /** The rows of objects-to-be. @throws ApiError quota.exceeded */
  async announce(manager: EntityManager, objects: readonly AnnouncedObject[]): Promise<void> {
    await manager.insert(
      ObjectRow,
      objects.map((object) => ({
        ...object,
        state: 'announced' as const,
        bytes: String(object.bytes),
        bytesLive: '0',
        bytesReserved: String(object.bytesReserved),
      })),
    );
    await changeReserved(manager, objects);
  }

  /** Sends an announced object's octets. Where that fails, or may have, the object is given up. @throws StoreFull, StoreUnavailable */
  async put(key: string, octets: Sealed): Promise<void> {
    try {
      await this.store.put(key, octets, createHash('sha256').update(octets).digest());
    } catch (error) {
      await this.discard([key]);
      throw error;
    }
  }

  /**
   * Makes an object of octets that are stored and counted already. Row first, object second, places last: a crash leaves an
   * object in which nothing lies, and reclaiming finds it.
   * @param job whose failpoints these are
   * @param place has blobs lie in it; where that fails, the object is given up
   */
  async pack(
    job: 'pack' | 'compact',
    projectId: string,
    octets: Sealed,
    place: (key: string) => Promise<void>,
  ): Promise<void> {
    const key = newObjectKey();
    const bytes = octets.length;
    await this.announce(this.database.manager, [
      { key, projectId, deviceId: null, purpose: 'pack', bytes, bytesReserved: 0 },
    ]);
    failpoint(`${job}.claimed`);
    await this.put(key, octets);
    failpoint(`${job}.stored`);
    await place(key).catch(async (error: unknown) => {
      await this.discard([key]);
      throw error;
    });
    failpoint(`${job}.written`);
  }

  /**
   * Blobs now lie in so many octets of those objects: they are not promised any longer, but used.
   * @returns how many octets of the quota's promises that frees
   * @throws ApiError server.unavailable where one was given up, so that the client repeats its request
   */
  async refer(manager: EntityManager, lying: ReadonlyMap<string, number>): Promise<number> {
    if (lying.size === 0) return 0;
    const [rows] = await manager.query<[{ freed: string }[], number]>(
      `UPDATE object SET state = 'stored', bytes_live = object.bytes_live + lying.bytes,
                         bytes_reserved = greatest(0, object.bytes_reserved - lying.bytes)
         FROM (SELECT before.key, before.bytes_reserved, given.bytes
                 FROM unnest($1::text[], $2::bigint[]) AS given(key, bytes) JOIN object before ON before.key = given.key
                WHERE before.state <> 'dead' ORDER BY before.key FOR NO KEY UPDATE OF before) AS lying
        WHERE object.key = lying.key RETURNING lying.bytes_reserved - object.bytes_reserved AS freed`,
      [[...lying.keys()], [...lying.values()]],
    );
    if (rows.length !== lying.size) throw new ApiError('server.unavailable');
    return rows.reduce((sum, { freed }) => sum + Number(freed), 0);
  }

  /** Gives up those in which no blob lies and none ever will; the store is cleared of them soon after. */
  discard(keys: readonly string[]): Promise<void> {
    return inTransaction(this.database, (manager) => this.discardIn(manager, keys));
  }

  async discardIn(manager: EntityManager, keys: readonly string[]): Promise<void> {
    const [rows] = await manager.query<[Freed[], number]>(
      `UPDATE object SET state = 'dead', delete_at = now(), bytes_reserved = 0
         FROM (SELECT key, bytes_reserved FROM object WHERE key = ANY($1::text[]) AND state = 'announced'
                ORDER BY key FOR NO KEY UPDATE) AS before
        WHERE object.key = before.key RETURNING object.project_id, before.bytes_reserved`,
      [keys],
    );
    await release(manager, rows);
  }

  /**
   * All blobs of the object lie elsewhere now. It stays for a while, counted as before: for those who have just looked up
   * where one lies, and for a backup of the store that is being made for a database of before.
   */
  async retire(manager: EntityManager, key: string, graceMs: number): Promise<void> {
    await manager.query(
      `UPDATE object SET state = 'dead', delete_at = now() + $2 * interval '1 ms', bytes_live = 0
        WHERE key = $1 AND state = 'stored'`,
      [key, graceMs],
    );
  }

  /** Gives up what was announced so long ago that whoever meant to send it is gone. An upload's objects live as long as it. */
  async discardAbandoned(ageMs: number): Promise<void> {
    const rows = await this.database.query<{ key: string }[]>(
      `SELECT key FROM object WHERE state = 'announced' AND announced_at < now() - $1 * interval '1 ms'
          AND NOT EXISTS (SELECT FROM upload_blob WHERE object_key = key)`,
      [ageMs],
    );
    if (rows.length > 0) await this.discard(rows.map(({ key }) => key));
  }

  /** How long those objects are, by key. */
  async bytesOf(keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ key: string; bytes: string }[]>(
      'SELECT key, bytes FROM object WHERE key = ANY($1::text[])',
      [keys],
    );
    return new Map(rows.map(({ key, bytes }) => [key, Number(bytes)]));
  }

  /** Dead ones whose time is over. A blob in one of them would be a fault of ours, and is no reason to lose it. */
  async due(rowsMax: number): Promise<string[]> {
    const rows = await this.database.query<{ key: string }[]>(
      `SELECT key FROM object WHERE state = 'dead' AND delete_at <= now()
          AND NOT EXISTS (SELECT FROM blob WHERE object_key = key) ORDER BY delete_at LIMIT $1`,
      [rowsMax],
    );
    return rows.map(({ key }) => key);
  }

  /** The store has nothing under those keys any more. */
  async forget(manager: EntityManager, keys: readonly string[]): Promise<void> {
    const [rows] = await manager.query<[Freed[], number]>(
      'DELETE FROM object WHERE key = ANY($1::text[]) RETURNING project_id, bytes_reserved',
      [keys],
    );
    await release(manager, rows);
  }

  /** Objects of several blobs of which more than a quarter is dead, and has been long enough that nothing is under way. */
  async sparse(ageMs: number, rowsMax: number): Promise<Pick<ObjectRow, 'key' | 'projectId'>[]> {
    return this.database.query(
      `SELECT key, project_id AS "projectId" FROM object
        WHERE state = 'stored' AND purpose <> 'parts' AND bytes_live * 4 < bytes * 3
          AND announced_at < now() - $1 * interval '1 ms'
          AND NOT EXISTS (SELECT FROM blob WHERE object_key = key AND damaged_at IS NOT NULL)
        ORDER BY announced_at LIMIT $2`,
      [ageMs, rowsMax],
    );
  }
}

interface Freed {
  readonly project_id: string;
  readonly bytes_reserved: string;
}

const release = (manager: EntityManager, rows: readonly Freed[]): Promise<void> =>
  changeReserved(
    manager,
    rows.map((row) => ({ projectId: row.project_id, bytesReserved: -Number(row.bytes_reserved) })),
  );

/** Projects in id order, as everywhere: every commit waits for the row of its project. */
async function changeReserved(
  manager: EntityManager,
  objects: readonly { readonly projectId: string; readonly bytesReserved: number }[],
): Promise<void> {
  const byProject = new Map<string, number>();
  for (const { projectId, bytesReserved } of objects)
    byProject.set(projectId, (byProject.get(projectId) ?? 0) + bytesReserved);
  for (const [projectId, reserved] of [...byProject].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (reserved !== 0) await changeUsage(manager, projectId, { used: 0, reserved });
}
