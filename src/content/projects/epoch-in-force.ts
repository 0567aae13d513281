/**
 * Which epoch is the newest, decided while nobody else can change it: a commit that was checked against the epoch before
 * must not come to stand after the next one. Both take the row of the project, a new epoch first and a commit last.
 */
import type { EntityManager } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';
import type { ProjectGrant } from './project-access.js';

/** Waits for commits that are about to end, and keeps others from ending before this transaction does. */
export async function holdProject(manager: EntityManager, projectId: string): Promise<void> {
  await manager.query('SELECT FROM project WHERE id = $1 FOR NO KEY UPDATE', [projectId]);
}

/**
 * For a transaction that holds the project's row, as everyone does who has changed what the project uses.
 * @throws ApiError project.epoch_stale where another epoch came since the grant was given
 */
export async function requireInForce(manager: EntityManager, { projectId, epoch }: ProjectGrant): Promise<void> {
  const [newest] = await manager.query<[{ number: number }]>(
    'SELECT max(number) AS number FROM epoch WHERE project_id = $1',
    [projectId],
  );
  if (newest.number !== epoch) throw new ApiError('project.epoch_stale', { epoch: newest.number });
}
