import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';

/** Connections of one process. PostgreSQL's default of 100 then serves five processes and their queues. */
export const poolSize = 16;
/** A pool that stays empty this long means that the database is gone or stuck; the request should fail, not wait. */
const connectMs = 10_000;

/** An own PostgreSQL in a folder, or a server. */
export type DatabaseLocation = { embeddedDir: string } | { url: string };

export interface DatabaseSchema {
  /** See `migrate`. */
  format: number;
  entities: ((new () => object) | EntitySchema)[];
  /** Classes whose `name` ends in 13 digits, which order them. */
  migrations: (new () => MigrationInterface)[];
}

/** The address of the database, and what to stop when the server ends. */
class Database {
  constructor(
    readonly url: string,
    readonly embedded: EmbeddedPostgres | null,
  ) {}
}

/** Provides the TypeORM `DataSource`, connected and migrated, and `DatabaseUrl` for the queue beside it. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  static for(location: DatabaseLocation, schema: DatabaseSchema): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: Database, useFactory: () => locate(location) },
        { provide: DataSource, useFactory: (database: Database) => connect(database, schema), inject: [Database] },
        {
          provide: DatabaseUrl,
          useFactory: ({ url }: Database) => new DatabaseUrl(url),
          // After the migrations, so that the address always leads to a usable database.
          inject: [Database, DataSource],
        },
      ],
      exports: [DataSource, DatabaseUrl],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.embedded?.stop();
  }
}

/** The `postgres://` address, with its password: never to be logged. */
export class DatabaseUrl {
  constructor(readonly value: string) {}
}

async function locate(location: DatabaseLocation): Promise<Database> {
  if ('url' in location) return new Database(location.url, null);
  const onLost = (reason: Error) => {
    new Logger(DatabaseModule.name).fatal(`${reason.message}; this server ends, start it again`);
    process.kill(process.pid, 'SIGTERM');
  };
  const embedded = await EmbeddedPostgres.start({ dir: location.embeddedDir, onLost });
  return new Database(embedded.url, embedded);
}

async function connect(
  { url, embedded }: Database,
  { format, entities, migrations }: DatabaseSchema,
): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations,
    poolSize,
    synchronize: false,
    applicationName: 'aerie',
    connectTimeoutMS: connectMs,
  });
  try {
    await dataSource.initialize();
    await migrate(dataSource, format);
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    // Nest does not run shutdown hooks for a start that failed.
    await embedded?.stop();
    throw error;
  }
}
