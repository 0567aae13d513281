import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import { OutboxService } from '../../platform/jobs/outbox.service.js';
import { ObjectsService } from '../objects/objects.service.js';
import { Blob } from './blob.entity.js';
import { CheckMedia } from './check-media.js';

/** What is needed of a blob to move it. */
export type LyingBlob = Pick<Blob, 'id' | 'mediaId' | 'objectKey' | 'objectOffset' | 'bytes' | 'segmentDigests'>;

/** Blobs that come to lie in another object; nothing else about them changes. */
@Injectable()
export class MovesService {
  constructor(
    private readonly database: DataSource,
    private readonly objects: ObjectsService,
    private readonly outbox: OutboxService,
  ) {}

  /** What lies in an object, in the order in which it lies there. */
  blobsIn(objectKey: string): Promise<LyingBlob[]> {
    return this.database.getRepository(Blob).find({ where: { objectKey }, order: { objectOffset: 'ASC' } });
  }

  /**
   * Points those blobs into `to`, back to back in that order, and gives `from` up. All or none: where one of them has gone
   * meanwhile, the copy holds what must not be kept; where another came, it would be lost with `from`.
   * @param graceMs how much longer `from` stays in the store
   */
  async move(from: string, to: string, blobs: readonly LyingBlob[], graceMs: number): Promise<void> {
    const bytes = blobs.reduce((sum, blob) => sum + Number(blob.bytes), 0);
    await inTransaction(this.database, async (manager) => {
      // A commit locks the row before it places a blob there, and finds it dead once this has ended.
      await manager.query('SELECT FROM object WHERE key = $1 FOR UPDATE', [from]);
      const [, moved] = await manager.query<[unknown, number]>(
        `UPDATE blob SET object_key = $2, object_offset = place.at
           FROM (SELECT id, sum(bytes) OVER (ORDER BY ordinal) - bytes AS at
                   FROM unnest($3::uuid[], $4::bigint[]) WITH ORDINALITY AS given(id, bytes, ordinal)) AS place
          WHERE blob.id = place.id AND blob.object_key = $1`,
        [from, to, blobs.map(({ id }) => id), blobs.map((blob) => blob.bytes)],
      );
      if (moved !== blobs.length || (await manager.existsBy(Blob, { objectKey: from })))
        throw new Error('a blob came or went while its object was compacted');
      await this.objects.refer(manager, new Map([[to, bytes]]));
      await this.objects.retire(manager, from, graceMs);
    });
  }

  /** What was found damaged is looked at as after every commit, and marked. */
  requestCheck({ mediaId }: LyingBlob): Promise<void> {
    return this.outbox.enqueue(this.database.manager, CheckMedia, { mediaIds: [mediaId] }, { uniqueKey: mediaId });
  }
}
