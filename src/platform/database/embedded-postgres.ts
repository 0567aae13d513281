import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { exitOf, PostgresPrograms } from './postgres-binaries.js';

/** Recovery after a crash replays at most one checkpoint interval; this is many times that. */
const startMs = 120_000;
const pollMs = 20;
/** A port can be taken between the choice and the start; more failures have another reason. */
const launchesMax = 3;
/** After this the fast shutdown becomes an immediate one, which is safe: the next start recovers. */
const fastShutdownMs = 30_000;
/** How long another server may take to leave, and its lock to go, before this one calls the folder taken. */
const ownerLeavesMs = 2_000;
/** Any number; it spells AERI. */
const ownerLockKey = 0x41455249;
/** PostgreSQL takes a pid above the kernel's largest (4,194,304) for a dead one. */
const impossiblePid = 999_999_999;
const user = 'aerie';
const database = 'aerie';

/** Another server runs on the same folder. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse';
}

export interface EmbeddedPostgresOptions {
  /** Everything of the database is in here; made when missing. */
  dir: string;
  /** Called once when the database goes away without `stop`: this process no longer owns the folder and must end. */
  onLost: (reason: Error) => void;
}

interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

const unlessMissing = <T>(work: Promise<T>): Promise<T | null> =>
  work.catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : Promise.reject(error)));

/** `kill(pid, 0)` also finds other users' processes and threads. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening, failed) => {
    probe.once('error', failed).listen(0, '127.0.0.1', listening);
  });
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}

/**
 * A PostgreSQL of our own for the embedded profile: a cluster in one folder, on a random port of the loopback address,
 * with a password that only this folder holds.
 *
 * It outlives a crash of this process, and the next start adopts it. What shuts out a second server is a session
 * advisory lock: it ends with the process that holds it, so there is no stale lock to clear by hand.
 */
export class EmbeddedPostgres {
  private child: ChildProcess | null = null;
  private owner: pg.Client | null = null;
  private readonly cluster: string;
  private readonly log: string;

  private constructor(
    private readonly dir: string,
    private readonly programs: PostgresPrograms,
    private readonly password: string,
    private readonly onLost: (reason: Error) => void,
  ) {
    this.cluster = join(dir, 'cluster');
    this.log = join(dir, 'postgres.log');
  }

  /**
   * Starts the cluster, or adopts the one that a killed process left running; makes it at the first start.
   * @throws DatabaseInUse when another server owns the folder
   */
  static async start({ dir, onLost }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    // Two ways to one folder must not look like two folders.
    const home = await realpath(dir);
    const programs = await PostgresPrograms.for(home);
    const postgres = new EmbeddedPostgres(home, programs, await passwordIn(home, programs), onLost);
    await postgres.ensureCluster();
    await postgres.own();
    return postgres;
  }

  /** `postgres://` address with the password; for this process only. */
  get url(): string {
    return `postgres://${user}:${this.password}@127.0.0.1:${this.owner?.port}/${database}`;
  }

  /** Shuts the cluster down, also an adopted one, and waits until it is gone. */
  async stop(): Promise<void> {
    const owner = this.owner;
    if (!owner) return;
    this.owner = null;
    const postmaster = await this.postmaster();
    if (postmaster && isAlive(postmaster.pid) && (await isPostmasterOf(postmaster.pid, this.cluster))) {
      process.kill(postmaster.pid, 'SIGINT');
      if (!(await this.isGone(postmaster.pid, fastShutdownMs))) {
        process.kill(postmaster.pid, 'SIGQUIT');
        await this.isGone(postmaster.pid, fastShutdownMs);
      }
    }
    await owner.end().catch(() => undefined);
  }

  /** Makes the cluster beside its place and renames it, so that a crash in between leaves nothing that looks whole. */
  private async ensureCluster(): Promise<void> {
    for (const name of await readdir(this.dir)) {
      const maker = Number(/^making-(\d+)-/.exec(name)?.[1]);
      // In a container, a process and its predecessor often have the same pid.
      if (maker === process.pid || (maker && !isAlive(maker))) await rm(join(this.dir, name), { recursive: true });
    }
    if (await unlessMissing(readFile(join(this.cluster, 'PG_VERSION')))) return;
    const making = join(this.dir, `making-${process.pid}-${randomBytes(4).toString('hex')}`);
    const settings = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    const access = [`--username=${user}`, `--pwfile=${join(this.dir, 'password')}`, '--auth=scram-sha-256'];
    const args = [`--pgdata=${making}`, ...settings, ...access, '--no-instructions'];
    const initdb = this.programs.spawn('initdb', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const [code, complaint] = await exitOf(initdb);
    if (code !== 0) throw new Error(`initdb could not make the database in ${this.dir}: ${complaint}`);
    try {
      await rename(making, this.cluster);
    } catch (error) {
      // Another process was first; its cluster has the same password.
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      await rm(making, { recursive: true });
    }
  }

  private async own(): Promise<void> {
    const giveUpAt = Date.now() + startMs;
    let launches = 0;
    for (let takenSince: number | null = null; ; await sleep(pollMs)) {
      const client = await this.connect();
      if (client) {
        if (await this.lock(client)) return;
        const holder = await holderOf(client);
        await client.end().catch(() => undefined);
        takenSince ??= Date.now();
        if (Date.now() - takenSince > ownerLeavesMs) throw inUse(this.dir, holder);
      } else if (!this.childRuns() && !(await this.isServed())) {
        if (launches++ === launchesMax) throw new Error(`PostgreSQL does not start. ${await this.lastWords()}`);
        await this.launch();
      }
      if (Date.now() > giveUpAt) throw new Error(`PostgreSQL did not start in time. ${await this.lastWords()}`);
    }
  }

  /** A connection to the cluster that serves this folder, or null while there is none. */
  private async connect(): Promise<pg.Client | null> {
    const postmaster = await this.postmaster();
    if (!postmaster?.ready) return null;
    const client = new pg.Client({
      ...{ host: '127.0.0.1', port: postmaster.port, user, password: this.password, database: 'postgres', ssl: false },
      application_name: `aerie-owner-${process.pid}`,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    // Losing the connection while it is being tested is an answer, not a failure.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
      if (rows[0]?.data_directory === this.cluster) return client;
    } catch {
      // Starting, shutting down, or another server on a port that was ours before a restart of the machine.
    }
    await client.end().catch(() => undefined);
    return null;
  }

  private async lock(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [ownerLockKey]);
    if (!rows[0]?.mine) return false;
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${database}`);
    this.owner = client;
    client.once('end', () => {
      if (this.owner === client) this.onLost(new Error('the embedded PostgreSQL went away'));
    });
    return true;
  }

  /** Whether a live postmaster has this folder, ready or not. Clears the way where the pid belongs to a stranger. */
  private async isServed(): Promise<boolean> {
    const postmaster = await this.postmaster();
    if (!postmaster || !isAlive(postmaster.pid)) return false;
    if (await isPostmasterOf(postmaster.pid, this.cluster)) return true;
    // [Note: A stranger with our pid] After a restart of a container the old pid soon belongs to another process, and
    // PostgreSQL would refuse to start. The file is kept, for it names the shared memory that PostgreSQL checks as well.
    const path = join(this.cluster, 'postmaster.pid');
    const text = await unlessMissing(readFile(path, 'utf8'));
    if (text) await writeFile(path, text.replace(/^\d+/, String(impossiblePid)));
    return false;
  }

  private async launch(): Promise<void> {
    await unlessMissing(rename(this.log, `${this.log}.1`));
    const log = await open(this.log, 'a', 0o600);
    const settings = {
      listen_addresses: '127.0.0.1',
      port: await freePort(),
      // A socket's path may have 107 octets only, and a data folder more.
      unix_socket_directories: '',
      shared_buffers: '64MB',
      max_connections: 100,
      log_min_messages: 'warning',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // Detached: Ctrl-C goes to the whole group, and PostgreSQL must outlast the requests that are still running.
    const stdio = ['ignore', log.fd, log.fd] as const;
    this.child = this.programs.spawn('postgres', ['-D', this.cluster, ...args], { stdio: [...stdio], detached: true });
    const failed = new Promise<never>((_, reject) => this.child!.once('error', reject));
    await Promise.race([failed, sleep(pollMs)]);
    failed.catch(() => undefined);
    this.child.unref();
    await log.close();
  }

  /** The first lines of `postmaster.pid`: pid, folder, start time, port, socket folder, address, memory, state. */
  private async postmaster(): Promise<Postmaster | null> {
    const text = await unlessMissing(readFile(join(this.cluster, 'postmaster.pid'), 'utf8'));
    const lines = text?.split('\n').map((line) => line.trim());
    if (!lines?.[0]) return null;
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7] === 'ready' };
  }

  private childRuns(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  private async isGone(pid: number, withinMs: number): Promise<boolean> {
    for (const giveUpAt = Date.now() + withinMs; Date.now() < giveUpAt; await sleep(pollMs)) {
      if (this.child?.pid === pid && this.childRuns()) continue;
      // Removing the file is its last act; an orphan may stay a zombie where no process reaps it.
      if (!isAlive(pid) || (await this.postmaster())?.pid !== pid) return true;
    }
    return false;
  }

  private async lastWords(): Promise<string> {
    const text = (await unlessMissing(readFile(this.log, 'utf8'))) ?? '';
    return `See ${this.log}, which ends: ${text.trim().split('\n').slice(-3).join(' | ')}`;
  }
}

/** Reads the password of the folder, or makes it. Linking makes the first of two writers win, with a whole file. */
async function passwordIn(dir: string, programs: PostgresPrograms): Promise<string> {
  const path = join(dir, 'password');
  const known = await unlessMissing(readFile(path, 'utf8'));
  if (known) return known.trim();
  const fresh = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(fresh, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600, flush: true });
  await programs.handOver(fresh);
  await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(fresh);
  return (await readFile(path, 'utf8')).trim();
}

/** Its command line names the folder: `postgres -D <cluster> …`. */
async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.split('\0').includes(cluster);
}

async function holderOf(client: pg.Client): Promise<string> {
  const query = `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.objid = $1 AND l.granted`;
  const result = await client.query<{ name: string }>(query, [ownerLockKey]).catch(() => null);
  return result?.rows[0]?.name.replace('aerie-owner-', 'process ') ?? 'another process';
}

const inUse = (dir: string, holder: string): DatabaseInUse =>
  new DatabaseInUse(
    `The database in ${dir} belongs to ${holder}, which is running. Stop that server, or give this one its own folder.`,
  );
