import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import { ObjectsService } from '../objects/objects.service.js';
import { Blob } from './blob.entity.js';

/** What is needed of a blob to move it. */
export type LyingBlob = Pick<Blob, 'id' | 'mediaId' | 'objectKey' | 'objectOffset' | 'bytes' | 'segmentDigests'>;

/** Blobs that come to lie in another object; nothing else about them changes. */
@Injectable()
export class MovesService {
  constructor(
    private readonly database: DataSource,
    private readonly objects: ObjectsService,
  ) {}

  /** What lies in an object, in the order in which it lies there. */
  blobsIn(objectKey: string): Promise<LyingBlob[]> {
    return this.database.getRepository(Blob).find({ where: { objectKey }, order: { objectOffset: 'ASC' } });
  }

  /**
   * Points those blobs, which lie in their rows, into `to`, back to back in that order. All or none: where another run has
   * packed one of them meanwhile, `to` stays empty.
   */
  pack(to: string, blobIds: readonly string[]): Promise<void> {
    return inTransaction(this.database, (manager) => this.point(manager, null, to, blobIds));
  }

  /**
   * Points those blobs into `to`, back to back in that order, and gives `from` up. All or none: where one of them has gone
   * meanwhile, the copy holds what must not be kept; where another came, it would be lost with `from`.
   * @param graceMs how much longer `from` stays in the store
   */
  move(from: string, to: string, blobIds: readonly string[], graceMs: number): Promise<void> {
    return inTransaction(this.database, async (manager) => {
      // A commit locks the row before it places a blob there, and finds it dead once this has ended.
      await manager.query('SELECT FROM object WHERE key = $1 FOR UPDATE', [from]);
      await this.point(manager, from, to, blobIds);
      if (await manager.existsBy(Blob, { objectKey: from }))
        throw new Error('a blob came to lie in an object while it was compacted');
      await this.objects.retire(manager, from, graceMs);
    });
  }

  /** @param from the object in which all of them lie, or null for their rows */
  private async point(
    manager: EntityManager,
    from: string | null,
    to: string,
    blobIds: readonly string[],
  ): Promise<void> {
    const [moved] = await manager.query<[{ bytes: string }[], number]>(
      `UPDATE blob SET content = NULL, object_key = $2, object_offset = place.at
         FROM (SELECT b.id, sum(b.bytes) OVER (ORDER BY given.ordinal) - b.bytes AS at
                 FROM unnest($3::uuid[]) WITH ORDINALITY AS given(id, ordinal) JOIN blob b USING (id)) AS place
        WHERE blob.id = place.id AND blob.object_key IS NOT DISTINCT FROM $1::text RETURNING blob.bytes`,
      [from, to, blobIds],
    );
    if (moved.length !== blobIds.length) throw new Error('one of these blobs has gone, or lies elsewhere by now');
    await this.objects.refer(manager, new Map([[to, moved.reduce((sum, { bytes }) => sum + Number(bytes), 0)]]));
  }
}
