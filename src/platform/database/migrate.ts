import type { DataSource } from 'typeorm';

/** Any number; it spells AERM. One server migrates at a time, the others wait and find nothing left to do. */
const migrationLockKey = 0x4145524d;

/** The database was written by a newer version of the server. */
export class DatabaseAhead extends Error {
  override readonly name = 'DatabaseAhead';
}

/**
 * Brings the database to the newest migration, each in its own transaction.
 * @throws DatabaseAhead when the database knows migrations that this version does not
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const session = dataSource.createQueryRunner();
  try {
    await session.connect();
    await session.query('SELECT pg_advisory_lock($1)', [migrationLockKey]);
    await refuseAhead(dataSource);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    // The session goes back to a pool, where it would keep the lock. A lost one has lost it.
    await session.query('SELECT pg_advisory_unlock($1)', [migrationLockKey]).catch(() => undefined);
    await session.release();
  }
}

async function refuseAhead(dataSource: DataSource): Promise<void> {
  const [table] = await dataSource.query<{ name: string | null }[]>(`SELECT to_regclass('migrations')::text AS name`);
  if (!table?.name) return;
  const known = new Set(dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const applied = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');
  const unknown = applied.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new DatabaseAhead(
    `The database was written by a newer version of the server, which added ${unknown.join(', ')}. ` +
      'Start that version, or restore the backup that was made before the upgrade.',
  );
}
