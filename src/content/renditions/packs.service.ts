import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import { ObjectsService } from '../objects/objects.service.js';

/** A pack is worth writing for that many blobs, or for fewer once the oldest has waited an hour. */
const blobsMin = 128;
const waitMax = '1 hour';

/** The catalog's side of packing: which small blobs wait in the database, and where they went. */
@Injectable()
export class PacksService {
  constructor(
    private readonly database: DataSource,
    private readonly objects: ObjectsService,
  ) {}

  async projectsWithEnough(): Promise<string[]> {
    const rows = await this.database.query<{ project_id: string }[]>(
      `SELECT m.project_id FROM blob b JOIN media m ON m.id = b.media_id WHERE b.content IS NOT NULL
        GROUP BY m.project_id HAVING count(*) >= $1 OR min(m.committed_at) < now() - $2::interval`,
      [blobsMin, waitMax],
    );
    return rows.map((row) => row.project_id);
  }

  /** The blobs that wait longest, in commit order, as many as fit in one pack. */
  async waiting(projectId: string, bytesMax: number): Promise<{ id: string; content: Buffer }[]> {
    return this.database.query(
      `SELECT id, content FROM (
         SELECT b.id, b.content, m.position, b.role, sum(b.bytes) OVER (ORDER BY b.role DESC, m.position, b.id) AS total
           FROM (SELECT * FROM media WHERE project_id = $1) m JOIN blob b ON b.media_id = m.id WHERE b.content IS NOT NULL) AS waiting
        WHERE total <= $2 ORDER BY total`,
      [projectId, bytesMax],
    );
  }

  /**
   * Points those blobs into the pack, in that order. All or none: where another run has packed one of them meanwhile, this
   * pack stays empty and is given up.
   */
  async fill(objectKey: string, blobIds: readonly string[]): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const [filled] = await manager.query<[{ bytes: string }[], number]>(
        `UPDATE blob SET content = NULL, object_key = $1, object_offset = place.at
           FROM (SELECT b.id, sum(b.bytes) OVER (ORDER BY given.ordinal) - b.bytes AS at
                   FROM unnest($2::uuid[]) WITH ORDINALITY AS given(id, ordinal) JOIN blob b USING (id)) AS place
          WHERE blob.id = place.id AND blob.content IS NOT NULL RETURNING blob.bytes`,
        [objectKey, blobIds],
      );
      if (filled.length !== blobIds.length) throw new Error('another run has packed some of these blobs');
      const bytes = filled.reduce((sum, row) => sum + Number(row.bytes), 0);
      await this.objects.refer(manager, new Map([[objectKey, bytes]]));
    });
  }
}
