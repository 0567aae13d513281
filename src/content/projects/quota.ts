import type { EntityManager } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';

/**
 * Changes what a project uses and has promised, in one conditional statement: checking first and adding later lets two
 * uploads share the last octets. Both changes are in octets of ciphertext and may be negative.
 * @throws ApiError quota.exceeded where the sum would pass the quota; nothing is changed then
 */
export async function changeUsage(
  manager: EntityManager,
  projectId: string,
  change: { used: number; reserved: number },
): Promise<void> {
  const growth = change.used + change.reserved;
  // An UPDATE answers [rows, count] through TypeORM.
  const [, changed] = await manager.query<[unknown, number]>(
    `UPDATE project SET bytes_used = bytes_used + $2::bigint, bytes_reserved = bytes_reserved + $3::bigint
      WHERE id = $1 AND ($4::bigint <= 0 OR bytes_quota IS NULL OR bytes_used + bytes_reserved + $4::bigint <= bytes_quota)`,
    [projectId, change.used, change.reserved, growth],
  );
  if (changed === 1) return;
  const [row] = await manager.query<{ free: string }[]>(
    'SELECT greatest(0, bytes_quota - bytes_used - bytes_reserved) AS free FROM project WHERE id = $1',
    [projectId],
  );
  throw new ApiError('quota.exceeded', { bytesFree: Number(row?.free ?? 0) });
}
