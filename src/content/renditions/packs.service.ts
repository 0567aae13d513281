import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A pack is worth writing for that many blobs, or for fewer once the oldest has waited an hour. */
const blobsMin = 128;
const waitMax = '1 hour';

/** The catalog's side of packing: which small blobs wait in the database. */
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
}
