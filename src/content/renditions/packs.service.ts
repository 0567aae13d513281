import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Pack } from './pack.entity.js';

/** A pack is worth writing for that many blobs, or for fewer once the oldest has waited an hour. */
const blobsMin = 128;
const waitMax = '1 hour';

/** The catalog's side of packing: which small blobs wait in the database, and where they went. */
@Injectable()
export class PacksService {
  constructor(private readonly database: DataSource) {}

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

  async announce(objectKey: string, projectId: string, bytes: number): Promise<void> {
    await this.database.getRepository(Pack).insert({ objectKey, projectId, bytes: String(bytes) });
  }

  /**
   * Points those blobs into the pack, in that order. All or none: where another run has packed one of them meanwhile, this
   * pack stays empty and is reclaimed.
   */
  async fill(objectKey: string, blobIds: readonly string[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      const [, filled] = await manager.query<[unknown, number]>(
        `UPDATE blob SET content = NULL, pack_key = $1, pack_offset = place.at
           FROM (SELECT b.id, sum(b.bytes) OVER (ORDER BY given.ordinal) - b.bytes AS at
                   FROM unnest($2::uuid[]) WITH ORDINALITY AS given(id, ordinal) JOIN blob b USING (id)) AS place
          WHERE blob.id = place.id AND blob.content IS NOT NULL`,
        [objectKey, blobIds],
      );
      if (filled !== blobIds.length) throw new Error('another run has packed some of these blobs');
    });
  }
}
