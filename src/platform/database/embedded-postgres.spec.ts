import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { transformFile } from '@swc/core';
import pg from 'pg';
import { DatabaseInUse, EmbeddedPostgres } from './embedded-postgres.js';
import { leaveOut } from '../../../test/support/left-out.js';

const here = dirname(fileURLToPath(import.meta.url));
const isRoot = process.getuid?.() === 0;
if (!isRoot) leaveOut('the embedded PostgreSQL under root', 'run as root');
/** `nobody`, who owns nothing and may enter public folders only. */
const nobody = 65_534;

/** The sources as plain modules, for servers that a test kills: they must be processes of their own. */
const modules = join(here, '../../../node_modules/.cache', `aerie-embedded-${process.pid}`);

const server = `
  import { EmbeddedPostgres } from './embedded-postgres.js';
  const started = Date.now();
  EmbeddedPostgres.start({ dir: process.argv[2], onLost: (reason) => console.log('lost ' + reason.message) }).then(
    async (postgres) => {
      // Before the line that tells of it: whoever reads that may end this process at once.
      process.once('SIGTERM', async () => { await postgres.stop(); process.exit(0); });
      console.log(JSON.stringify({ url: postgres.url, ms: Date.now() - started }));
      setInterval(() => {}, 1000);
    },
    (error) => { console.log(JSON.stringify({ error: error.name, message: error.message })); process.exit(1); },
  );`;

interface Started {
  process: ChildProcess;
  url: string;
  ms: number;
  error?: string;
  message?: string;
}

async function startServer(dir: string, as: { uid?: number; gid?: number } = {}, from = modules): Promise<Started> {
  const child = spawn(process.execPath, [join(from, 'server.mjs'), dir], {
    ...as,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
    cwd: '/',
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text: Buffer) => resolve(String(text))),
  );
  return { process: child, ...(JSON.parse(line) as Omit<Started, 'process'>) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

async function ask<T>(url: string, query: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(query);
  await client.end();
  return rows as T[];
}

const postmasterOf = async (dir: string): Promise<number> =>
  Number((await readFile(join(dir, 'cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
const start = (dir: string): Promise<EmbeddedPostgres> =>
  EmbeddedPostgres.start({
    dir,
    onLost: (reason) => {
      throw reason;
    },
  });

beforeAll(async () => {
  await mkdir(modules, { recursive: true });
  for (const name of ['embedded-postgres', 'postgres-binaries']) {
    const { code } = await transformFile(join(here, `${name}.ts`), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await writeFile(join(modules, `${name}.js`), code);
  }
  await writeFile(join(modules, 'package.json'), '{ "type": "module" }');
  await writeFile(join(modules, 'server.mjs'), server);
});
afterAll(() => rm(modules, { recursive: true }));

describe('EmbeddedPostgres', () => {
  let base: string;
  let dir: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'aerie-pg-'));
    await chmod(base, 0o755);
    dir = join(base, 'a folder with spaces, and a name of some length '.repeat(3), 'postgres');
  });
  afterEach(() => rm(base, { recursive: true, maxRetries: 3 }));

  it('starts, keeps what was written over a stop, and stops without a trace', async () => {
    const first = await start(dir);
    await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
    const pid = await postmasterOf(dir);
    await first.stop();
    expect(() => process.kill(pid, 0)).toThrow();
    expect(existsSync(join(dir, 'cluster/postmaster.pid'))).toBe(false);
    const second = await start(dir);
    expect(await ask(second.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
    await second.stop();
  });

  it('is durable, knows Unicode, and listens on the loopback address only', async () => {
    const postgres = await start(dir);
    const [settings] = await ask<Record<string, string>>(
      postgres.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
        current_setting('full_page_writes') AS pages, current_setting('listen_addresses') AS address,
        current_setting('server_encoding') AS encoding, lower('ÄÉ') AS lower, current_setting('TimeZone') AS zone`,
    );
    expect(settings).toMatchObject({ fsync: 'on', commit: 'on', pages: 'on', address: '127.0.0.1', encoding: 'UTF8' });
    expect(settings).toMatchObject({ lower: 'äé', zone: 'UTC' });
    await postgres.stop();
  });

  it('lets nobody in without the password, which only its owner can read', async () => {
    const postgres = await start(dir);
    const url = new URL(postgres.url);
    url.password = 'guess';
    await expect(ask(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(dir, 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o077).toBe(0);
    await postgres.stop();
  });

  it('adopts the database of a server that was killed, and stops it', async () => {
    const killed = await startServer(dir);
    await ask(killed.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
    const pid = await postmasterOf(dir);
    await end(killed.process, 'SIGKILL');
    const heir = await start(dir);
    expect(await postmasterOf(dir)).toBe(pid);
    expect(await ask(heir.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
    await heir.stop();
    expect(existsSync(join(dir, 'cluster/postmaster.pid'))).toBe(false);
  });

  it('recovers when server and database were both killed', async () => {
    const killed = await startServer(dir);
    await ask(killed.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
    process.kill(await postmasterOf(dir), 'SIGKILL');
    await end(killed.process, 'SIGKILL');
    const heir = await start(dir);
    expect(await ask(heir.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
    await heir.stop();
  });

  it('starts although the old pid belongs to a stranger now', async () => {
    const first = await start(dir);
    const path = join(dir, 'cluster/postmaster.pid');
    const text = await readFile(path, 'utf8');
    await first.stop();
    // A live process of the same user, which PostgreSQL alone would take for its predecessor.
    const { uid, gid } = await stat(dir);
    const stranger = spawn('sleep', ['60'], { uid, gid, cwd: '/' });
    await writeFile(path, text.replace(/^\d+/, String(stranger.pid)));
    const second = await start(dir);
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
    await end(stranger, 'SIGTERM');
  });

  it('refuses a second server by name of the first, which goes on', async () => {
    const first = await start(dir);
    await expect(start(dir)).rejects.toThrow(DatabaseInUse);
    const otherWay = join(base, 'other-way');
    await symlink(dir, otherWay);
    await expect(start(otherWay)).rejects.toThrow(DatabaseInUse);
    const second = await startServer(dir);
    expect(second.error).toBe('DatabaseInUse');
    expect(second.message).toContain(`process ${process.pid}`);
    expect(await ask(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await first.stop();
  });

  it('gives the folder to exactly one of three servers that start at once on nothing', async () => {
    const servers = await Promise.all([startServer(dir), startServer(dir), startServer(dir)]);
    const winners = servers.filter(({ error }) => error === undefined);
    expect(servers.map(({ error }) => error).sort()).toEqual(['DatabaseInUse', 'DatabaseInUse', undefined]);
    expect(await ask(winners[0]!.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await end(winners[0]!.process, 'SIGTERM');
    expect(existsSync(join(dir, 'cluster/postmaster.pid'))).toBe(false);
  });

  it('makes the database anew after a kill during the first start', async () => {
    await mkdir(dir, { recursive: true });
    const dead = spawn('true');
    await new Promise((resolve) => dead.once('exit', resolve));
    for (const pid of [dead.pid, process.pid]) {
      await mkdir(join(dir, `making-${pid}-00000000`));
      await writeFile(join(dir, `making-${pid}-00000000/PG_VERSION`), '18\n');
    }
    const postgres = await start(dir);
    expect((await readdir(dir)).filter((name) => name.startsWith('making-'))).toEqual([]);
    await postgres.stop();
  });

  it('says so when the database goes away by itself', async () => {
    let onLost: (reason: Error) => void = () => undefined;
    const lost = new Promise<Error>((resolve) => (onLost = resolve));
    const postgres = await EmbeddedPostgres.start({ dir, onLost: (reason) => onLost(reason) });
    process.kill(await postmasterOf(dir), 'SIGKILL');
    expect(await lost).toBeInstanceOf(Error);
    await postgres.stop();
  });

  it('names the reason when PostgreSQL cannot start', async () => {
    await (await start(dir)).stop();
    await writeFile(join(dir, 'cluster/postgresql.conf'), 'no_such_setting = 1\n');
    await expect(start(dir)).rejects.toThrow('no_such_setting');
  });

  const asRoot = isRoot ? it : it.skip;

  asRoot('as root, runs PostgreSQL as somebody else, with programs and data below a private folder', async () => {
    const priv = await mkdtemp(join(base, 'private-'));
    await chmod(priv, 0o700);
    await cp(modules, priv, { recursive: true });
    const installed = join(here, '../../../node_modules');
    await mkdir(join(priv, 'node_modules'));
    await symlink(join(installed, 'pg'), join(priv, 'node_modules/pg'));
    for (const name of ['embedded-postgres', '@embedded-postgres']) {
      await cp(join(installed, name), join(priv, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
    }
    const data = join(priv, 'postgres');
    for (const start of ['first', 'second']) {
      const started = await startServer(data, {}, priv);
      expect([start, started.message]).toEqual([start, undefined]);
      const status = await readFile(`/proc/${await postmasterOf(data)}/status`, 'utf8');
      expect(/^Uid:\t(\d+)\t(\d+)/m.exec(status)?.slice(1)).not.toContain('0');
      // Enough to pass through folders, and nothing else: bit 2 is CAP_DAC_READ_SEARCH.
      expect(/^CapEff:\t(\w+)/m.exec(status)?.[1]).toBe('0000000000000004');
      await end(started.process, 'SIGTERM');
    }
  });

  asRoot('as root, gives PostgreSQL no capability where it needs none', async () => {
    const open = join(base, 'postgres');
    const postgres = await start(open);
    const status = await readFile(`/proc/${await postmasterOf(open)}/status`, 'utf8');
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe('0');
    expect(/^CapEff:\t(\w+)/m.exec(status)?.[1]).toBe('0000000000000000');
    await postgres.stop();
  });

  asRoot('as an ordinary user, runs PostgreSQL as that user', async () => {
    const mine = await mkdtemp(join(base, 'nobody-'));
    await chmod(mine, 0o777);
    const started = await startServer(join(mine, 'postgres'), { uid: nobody, gid: nobody });
    expect(started.error).toBeUndefined();
    const status = await readFile(`/proc/${await postmasterOf(join(mine, 'postgres'))}/status`, 'utf8');
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).toBe(String(nobody));
    await end(started.process, 'SIGTERM');
    expect(existsSync(join(mine, 'postgres/cluster/postmaster.pid'))).toBe(false);
  });
});
