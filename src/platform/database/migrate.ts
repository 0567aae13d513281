import type { DataSource } from 'typeorm';

/** Any number; it spells AERM. One server migrates at a time, the others wait and find nothing left to do. */
const migrationLockKey = 0x4145524d;

/** The database was written by a newer version of the server. */
export class DatabaseAhead extends Error {
  override readonly name = 'DatabaseAhead';
}

/** The database was written by an earlier version, whose tables this one cannot read. */
export class DatabaseOfOtherFormat extends Error {
  override readonly name = 'DatabaseOfOtherFormat';
}

/**
 * Brings the database to the newest migration, each in its own transaction.
 * @param format changes whenever an existing migration is edited; until the first release there is no way from one to another
 * @throws DatabaseAhead when the database knows migrations that this version does not
 * @throws DatabaseOfOtherFormat when its tables were made by other migrations of the same names; nothing is changed
 */
export async function migrate(dataSource: DataSource, format: number): Promise<void> {
  const session = dataSource.createQueryRunner();
  try {
    await session.connect();
    await session.query('SELECT pg_advisory_lock($1)', [migrationLockKey]);
    const isNew = !(await exists(dataSource, 'migrations'));
    if (!isNew) {
      await refuseAhead(dataSource);
      await refuseOtherFormat(dataSource, format);
    }
    await dataSource.query('CREATE TABLE IF NOT EXISTS installation (format int NOT NULL)');
    if (isNew) await dataSource.query('INSERT INTO installation (format) VALUES ($1)', [format]);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    // The session goes back to a pool, where it would keep the lock. A lost one has lost it.
    await session.query('SELECT pg_advisory_unlock($1)', [migrationLockKey]).catch(() => undefined);
    await session.release();
  }
}

async function exists(dataSource: DataSource, table: string): Promise<boolean> {
  const [row] = await dataSource.query<[{ name: string | null }]>('SELECT to_regclass($1)::text AS name', [table]);
  return row.name !== null;
}

async function refuseOtherFormat(dataSource: DataSource, format: number): Promise<void> {
  const [row] = (await exists(dataSource, 'installation'))
    ? await dataSource.query<{ format: number }[]>('SELECT format FROM installation')
    : [];
  if (row?.format === format) return;
  throw new DatabaseOfOtherFormat(
    `This data was written by an earlier version of Aerie (format ${row?.format ?? 1}); this version reads format ${format} only. ` +
      'Nothing was changed. Start that version to read it, or give this one an empty data folder and database.',
  );
}

async function refuseAhead(dataSource: DataSource): Promise<void> {
  const known = new Set(dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const applied = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');
  const unknown = applied.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new DatabaseAhead(
    `The database was written by a newer version of the server, which added ${unknown.join(', ')}. ` +
      'Start that version, or restore the backup that was made before the upgrade.',
  );
}
