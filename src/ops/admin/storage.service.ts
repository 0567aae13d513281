import { Injectable } from '@nestjs/common';
import type { StorageView } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { ObjectStore } from '../../platform/storage/object-store.port.js';

/** What is stored and what space is left. Reads the tables of all features, for sums only. */
@Injectable()
export class StorageService {
  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
  ) {}

  async view(): Promise<StorageView> {
    const [store, totals, projects] = await Promise.all([this.store.space(), this.totals(), this.projects()]);
    return {
      store,
      databaseBytes: Number(totals.database_bytes),
      projects,
      openUploads: {
        count: totals.uploads,
        bytesReserved: Number(totals.reserved_bytes),
        oldestAt: totals.oldest_at?.toISOString() ?? null,
      },
      unpacked: { blobs: totals.unpacked, bytes: Number(totals.unpacked_bytes) },
    };
  }

  private async totals(): Promise<TotalsRow> {
    const [row] = await this.database.query<[TotalsRow]>(
      `SELECT pg_database_size(current_database()) AS database_bytes, u.*, b.*
         FROM (SELECT count(*)::int AS uploads, coalesce(sum(bytes_reserved), 0) AS reserved_bytes, min(created_at) AS oldest_at
                 FROM upload WHERE state = 'open') AS u,
              (SELECT count(*)::int AS unpacked, coalesce(sum(bytes), 0) AS unpacked_bytes
                 FROM blob WHERE content IS NOT NULL) AS b`,
    );
    return row;
  }

  private async projects(): Promise<StorageView['projects']> {
    const rows = await this.database.query<ProjectRow[]>(
      `SELECT p.id, p.bytes_used, p.bytes_reserved, p.bytes_quota, count(m.id)::int AS media
         FROM project p LEFT JOIN media m ON m.project_id = p.id GROUP BY p.id ORDER BY p.created_at, p.id`,
    );
    return rows.map((row) => ({
      projectId: row.id,
      mediaCount: row.media,
      bytesUsed: Number(row.bytes_used),
      bytesReserved: Number(row.bytes_reserved),
      bytesQuota: row.bytes_quota === null ? null : Number(row.bytes_quota),
    }));
  }
}

/** Sums of bigint come as text. */
interface TotalsRow {
  readonly database_bytes: string;
  readonly uploads: number;
  readonly reserved_bytes: string;
  readonly oldest_at: Date | null;
  readonly unpacked: number;
  readonly unpacked_bytes: string;
}

interface ProjectRow {
  readonly id: string;
  readonly bytes_used: string;
  readonly bytes_reserved: string;
  readonly bytes_quota: string | null;
  readonly media: number;
}
