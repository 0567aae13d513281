import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { type DatabaseLocation, DatabaseModule, DatabaseUrl } from '../../src/platform/database/database.module.js';
import { DatabaseAhead, DatabaseOfOtherFormat, migrate } from '../../src/platform/database/migrate.js';
import { inTransaction, sqlState } from '../../src/platform/database/transaction.js';
import { leaveOut } from '../support/left-out.js';

const serverUrl = process.env.AERIE_TEST_DATABASE_URL;
if (!serverUrl) leaveOut('the database on a PostgreSQL server');

class First implements MigrationInterface {
  readonly name = 'First0000000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE account (id integer PRIMARY KEY, cents integer NOT NULL)');
  }
  async down(): Promise<void> {}
}
class Second implements MigrationInterface {
  readonly name = 'Second0000000000002';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('INSERT INTO account VALUES (1, 100), (2, 100)');
  }
  async down(): Promise<void> {}
}
class Broken implements MigrationInterface {
  readonly name = 'Broken0000000000003';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('INSERT INTO account VALUES (3, 100)');
    await runner.query('INSERT INTO no_such_table VALUES (1)');
  }
  async down(): Promise<void> {}
}

const newerDatabase = 'The database was written by a newer version of the server, which added Second0000000000002.';

const format = 7;
const otherFormat =
  'This data was written by an earlier version of Aerie (format 6); this version reads format 7 only.';

const dropAll = 'DROP TABLE IF EXISTS account, migrations, installation';
async function cleanServer(url: string): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
  await dataSource.query(dropAll);
  await dataSource.destroy();
}

let embeddedDir: string;
beforeAll(async () => {
  embeddedDir = await mkdtemp(join(tmpdir(), 'aerie-database-'));
});
afterAll(() => rm(embeddedDir, { recursive: true }));

const locations: { name: string; location: () => DatabaseLocation }[] = [
  { name: 'its own PostgreSQL', location: () => ({ embeddedDir }) },
  ...(serverUrl ? [{ name: 'a server', location: () => ({ url: serverUrl }) }] : []),
];

describe.each(locations)('Database on $name', ({ location }) => {
  let dataSource: DataSource;
  let url: string;
  let close: () => Promise<void>;
  const boot = (migrations: (new () => MigrationInterface)[]) =>
    NestFactory.createApplicationContext(DatabaseModule.for(location(), { format, entities: [], migrations }), {
      logger: false,
      abortOnError: false,
    });
  /** Another process of the same installation. */
  const join = (migrations: (new () => MigrationInterface)[]) =>
    new DataSource({ type: 'postgres', url, migrations, poolSize: 4 }).initialize();

  beforeAll(async () => {
    if (serverUrl) await cleanServer(serverUrl);
    const app = await boot([]);
    dataSource = app.get(DataSource);
    url = app.get(DatabaseUrl).value;
    close = () => app.close();
  });
  afterAll(() => close());
  beforeEach(() => dataSource.query(dropAll));

  it('applies each migration once when four processes start at once', async () => {
    const processes = await Promise.all([1, 2, 3, 4].map(() => join([First, Second])));
    await Promise.all(processes.map((process) => migrate(process, format)));
    expect(await dataSource.query('SELECT name FROM migrations ORDER BY id')).toEqual([
      { name: 'First0000000000001' },
      { name: 'Second0000000000002' },
    ]);
    expect(await dataSource.query('SELECT count(*)::int AS rows FROM account')).toEqual([{ rows: 2 }]);
    await Promise.all(processes.map((process) => process.destroy()));
  });

  it('refuses a database that a newer version has written, and changes nothing', async () => {
    const newer = await join([First, Second]);
    await migrate(newer, format);
    const older = await join([First]);
    await expect(migrate(older, format)).rejects.toThrow(DatabaseAhead);
    await expect(migrate(older, format)).rejects.toThrow(newerDatabase);
    // It would wait without end if the lock were kept by a session of the pool.
    await migrate(newer, format);
    await Promise.all([newer.destroy(), older.destroy()]);
  });

  it('refuses a database whose tables an earlier version made, and changes nothing', async () => {
    const earlier = await join([First]);
    await migrate(earlier, format - 1);
    const later = await join([First, Second]);
    await expect(migrate(later, format)).rejects.toThrow(DatabaseOfOtherFormat);
    await expect(migrate(later, format)).rejects.toThrow(otherFormat);
    expect(await dataSource.query('SELECT name FROM migrations')).toEqual([{ name: 'First0000000000001' }]);
    // Before formats were counted, nothing noted one.
    await dataSource.query('DROP TABLE installation');
    await expect(migrate(later, format)).rejects.toThrow('(format 1)');
    await Promise.all([earlier.destroy(), later.destroy()]);
  });

  it('undoes a migration that fails half-way, and keeps those before it', async () => {
    const process = await join([First, Second, Broken]);
    await expect(migrate(process, format)).rejects.toThrow('no_such_table');
    expect(await dataSource.query('SELECT id FROM account ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await dataSource.query('SELECT count(*)::int AS rows FROM migrations')).toEqual([{ rows: 2 }]);
    await process.destroy();
    const repaired = await join([First, Second]);
    await migrate(repaired, format);
    await repaired.destroy();
  });

  describe('with two accounts', () => {
    const total = async () => (await dataSource.query<[{ sum: number }]>('SELECT sum(cents)::int FROM account'))[0].sum;
    beforeEach(async () => {
      const process = await join([First, Second]);
      await migrate(process, format);
      await process.destroy();
    });

    it('rolls a transaction back when its work throws', async () => {
      const work = inTransaction(dataSource, async (manager) => {
        await manager.query('UPDATE account SET cents = 0');
        throw new Error('on purpose');
      });
      await expect(work).rejects.toThrow('on purpose');
      expect(await total()).toBe(200);
    });

    it('runs the loser of a deadlock again', async () => {
      let runs = 0;
      let bothHoldOne = () => {};
      const both = new Promise<void>((resolve) => (bothHoldOne = resolve));
      const transfer = (from: number, to: number) =>
        inTransaction(dataSource, async (manager) => {
          await manager.query('UPDATE account SET cents = cents - 1 WHERE id = $1', [from]);
          if (++runs === 2) bothHoldOne();
          await both;
          await manager.query('UPDATE account SET cents = cents + 1 WHERE id = $1', [to]);
        });
      await Promise.all([transfer(1, 2), transfer(2, 1)]);
      expect(runs).toBeGreaterThanOrEqual(3);
      expect(await dataSource.query('SELECT cents FROM account')).toEqual([{ cents: 100 }, { cents: 100 }]);
    });

    it('runs serializable work again until it fits', async () => {
      const spend = () =>
        inTransaction(
          dataSource,
          async (manager) => {
            const [{ sum }] = await manager.query<[{ sum: number }]>('SELECT sum(cents)::int FROM account');
            if (sum >= 150) await manager.query('UPDATE account SET cents = cents - 50 WHERE id = $1', [1 + (sum % 2)]);
            return sum;
          },
          'SERIALIZABLE',
        );
      await Promise.all([spend(), spend(), spend()]);
      expect(await total()).toBe(100);
    });

    it('gives up after five tries, and at once for any other failure', async () => {
      let runs = 0;
      const work = (statement: string) =>
        inTransaction(dataSource, async (manager) => {
          runs++;
          await manager.query(statement);
        });
      const conflict = `DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '40001'; END $$`;
      const error = await work(conflict).catch((failure: unknown) => failure);
      expect(sqlState(error)).toBe('40001');
      expect(runs).toBe(5);
      runs = 0;
      await expect(work('INSERT INTO account VALUES (1, 1)')).rejects.toThrow();
      expect(runs).toBe(1);
    });
  });
});

describe('A start that fails on its own PostgreSQL', () => {
  it('leaves no PostgreSQL behind', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'aerie-database-'));
    const boot = (migrations: (new () => MigrationInterface)[]) =>
      NestFactory.createApplicationContext(
        DatabaseModule.for({ embeddedDir: join(dir, 'postgres') }, { format, entities: [], migrations }),
        { logger: false, abortOnError: false },
      );
    await expect(boot([First, Broken])).rejects.toThrow('no_such_table');
    // It would find the folder taken.
    const app = await boot([First]);
    await app.close();
    await rm(dir, { recursive: true });
  });
});
