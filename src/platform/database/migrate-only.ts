import { DataSource } from 'typeorm';
import type { DatabaseLocation, DatabaseSchema } from './database.module.js';
import { migrate } from './migrate.js';

/** Brings a PostgreSQL server to the newest migration and ends: the one-shot step before API and worker start. */
export async function migrateOnly(location: DatabaseLocation, schema: DatabaseSchema): Promise<void> {
  if (!('url' in location))
    throw new Error('migrate needs DATABASE_URL; the embedded database migrates itself at every start');
  const dataSource = new DataSource({
    type: 'postgres',
    url: location.url,
    entities: schema.entities,
    migrations: schema.migrations,
    applicationName: 'aerie-migrate',
  });
  await dataSource.initialize();
  try {
    await migrate(dataSource, schema.format);
    process.stdout.write('The database is at the newest migration.\n');
  } finally {
    await dataSource.destroy();
  }
}
