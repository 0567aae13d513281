import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';

export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/** Deadlocks and serialization failures clear within a few tries; what does not is a design fault and must be seen. */
const triesMax = 5;
/** Doubles with each try; the random part keeps two losers from meeting again. */
const retryMs = 10;
/** serialization_failure and deadlock_detected (PostgreSQL, appendix A). */
const retryable = ['40001', '40P01'];

/** The five-character error code of PostgreSQL, where the failure came from there, in a query or on connecting. */
export function sqlState(error: unknown): string | undefined {
  const { driverError = error } = (error ?? {}) as { driverError?: unknown };
  const { code, severity } = (driverError ?? {}) as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}

/**
 * Runs `work` in one transaction and commits; rolls back when it throws. On a deadlock or serialization failure `work`
 * runs again, so its effects must all go through `manager`.
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  isolation: IsolationLevel = 'READ COMMITTED',
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await dataSource.transaction(isolation, work);
    } catch (error) {
      if (tries === triesMax || !retryable.includes(sqlState(error) ?? '')) throw error;
      await sleep(retryMs * 2 ** tries * (0.5 + Math.random()));
    }
  }
}
