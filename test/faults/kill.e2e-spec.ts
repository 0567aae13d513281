import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie } from '@aerie/sdk';
import { readKeyringFile } from '@aerie/sdk/node';
import { finished } from '../support/cli.js';
import { deadline } from '../support/deadline.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { everyProfile, type Profile } from '../support/profiles.js';
import { seed, shuffled } from '../support/seed.js';
import { freePort, run, startProcess, type Process, type ServerProcess } from '../support/server.js';
import { Stored, isAtRest, type Differences } from '../support/stored.js';

/**
 * kill -9 of server, worker and client at named steps, for a file in parts and for a bundle of small files. A run draws a
 * few cells, step by who and what, from a seed that the test's name shows (AERIE_SEED repeats it); AERIE_LONG=1 takes
 * every cell at least once, in 60 kills, on each profile that the machine has. On PostgreSQL, Redis and MinIO, API and
 * worker are processes of their own. AERIE_KILLS sets another number.
 */
const kills = Number(process.env.AERIE_KILLS ?? (process.env.AERIE_LONG === '1' ? 60 : 8));
const killAt = resolve(fileURLToPath(import.meta.url), '../kill-at.mjs');

/** Three parts. */
const largeBytes = 17 * 1024 * 1024;
const serverSteps = [
  'commit.verified',
  'commit.staged',
  'commit.stored',
  'commit.joined',
  'commit.written',
  'commit.done',
];
const partSteps = ['upload.created', 'part.begun', 'part.checked', 'part.claimed', 'part.stored', 'part.acknowledged'];
const clientSteps = ['client.hashed', 'client.commit-sent', 'client.receipt-received'];
const clientPartSteps = [
  'client.journal-written',
  'client.created',
  'client.part-begun',
  'client.part-sent',
  'client.part-acknowledged',
  'client.journal-removed',
];
const workerSteps = ['check.read', 'pack.claimed', 'pack.stored', 'pack.written'];
const compactionSteps = ['compact.claimed', 'compact.stored', 'compact.written'];

interface Cell {
  readonly who: 'server' | 'worker' | 'client';
  readonly step: string;
  readonly kind: 'large' | 'bundle';
}

const cellsOf = (who: Cell['who'], kind: Cell['kind'], steps: string[]): Cell[] =>
  steps.map((step) => ({ who, kind, step }));
const cells = [
  // Nothing large comes inside the commit of a file that went in parts.
  ...cellsOf('server', 'large', [...partSteps, ...serverSteps.filter((step) => step !== 'commit.staged')]),
  ...cellsOf('server', 'bundle', serverSteps),
  ...cellsOf('client', 'large', [...clientSteps, ...clientPartSteps]),
  ...cellsOf('client', 'bundle', clientSteps),
  ...cellsOf('worker', 'large', [...workerSteps, 'discard.deleted']),
  ...cellsOf('worker', 'bundle', [...workerSteps, ...compactionSteps, 'objects.deleted']),
];

/** Every cell once before any comes again; the second time round, its step is let pass once. */
const drawn = Array.from({ length: Math.ceil(kills / cells.length) }, (_, round) =>
  shuffled(cells, seed + round).map((cell) => ({ cell, nth: 1 + (round % 2) })),
)
  .flat()
  .slice(0, kills);

describe.each(everyProfile())('kill -9 on %s', (name, openProfile) => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(await openProfile());
  }, 120_000);

  afterAll(() => site?.remove(), 60_000);

  it(
    `loses and alters nothing in ${kills} kills drawn from the seed ${seed}, and leaves nothing behind`,
    async () => {
      for (const { cell, nth } of drawn) await site.killOnce(cell, nth);
      const found = await site.settle();
      const table = {
        profile: name,
        seed,
        ...(await site.tally()),
        orphans: found.orphans.length,
        'objects missing': found.missing.length,
        'leftovers of the store': found.leftovers.length,
        'open uploads': found.uploads,
        'wrong quota counters': found.quota,
        'wrong counters of objects': found.objects,
      };
      console.log(
        Object.entries(table)
          .map(([what, value]) => `${what.padEnd(40)} ${String(value)}`)
          .join('\n'),
      );
      expect(table).toMatchObject({
        kills,
        lost: 0,
        altered: 0,
        'stored twice': 0,
        'acknowledged parts sent again': 0,
        orphans: 0,
        'objects missing': 0,
        'leftovers of the store': 0,
        'open uploads': 0,
        'wrong quota counters': 0,
        'wrong counters of objects': 0,
      });
      // Nothing is lost where nothing was promised: that would show nothing.
      expect(site.receipts.size + site.purged).toBeGreaterThanOrEqual(kills);
      expect(Math.max(...site.sentAgain)).toBeLessThanOrEqual(2);
      expect(isAtRest(found)).toBe(true);
    },
    120_000 + kills * 20_000,
  );
});

/** A server, its worker, one person with a card, and a record of everything that was promised. */
class Site {
  readonly folder = mkdtempSync(join(tmpdir(), 'aerie-kill-'));
  readonly dataDir = join(this.folder, 'data');
  /** SHA-256 of every file by its name. */
  readonly files = new Map<string, string>();
  /** Media id of every receipt that was ever printed, and the file it was printed for. */
  readonly receipts = new Map<string, string>();
  readonly killedAt = new Map<string, number>();
  readonly sentAgain: number[] = [];
  readonly recoveries: number[] = [];
  acknowledgedAgain = 0;
  purged = 0;
  server!: ServerProcess;
  worker: Process | undefined;
  ada!: Owner;
  stored!: Stored;
  projectId!: string;
  port!: number;

  private constructor(readonly profile: Profile) {}

  static async open(profile: Profile): Promise<Site> {
    const site = new Site(profile);
    mkdirSync(site.dataDir, { mode: 0o700 });
    site.port = await freePort();
    await site.startServer();
    site.startWorker();
    site.ada = await foundBy(site.server);
    site.projectId = (await site.ada.must('project', 'create', 'Cuts')).projectId;
    site.stored = await Stored.open(site.server, profile.env);
    return site;
  }

  get hasOwnWorker(): boolean {
    return this.profile.env.DATABASE_URL !== undefined;
  }

  env(who: Cell['who']): NodeJS.ProcessEnv {
    return {
      NODE_OPTIONS: `--import=${killAt}`,
      AERIE_KILL_FILE: this.killFile(who),
      AERIE_FAILPOINT_FILE: join(this.folder, `steps-${who}`),
    };
  }

  serverEnv(role: string): NodeJS.ProcessEnv {
    const quick = { AERIE_TICK_SECONDS: '1', AERIE_CHECK_DELAY_SECONDS: '1', AERIE_ORPHAN_AGE_SECONDS: '4' };
    return { ...this.profile.env, ...quick, ...(this.hasOwnWorker ? { AERIE_ROLE: role } : {}) };
  }

  async startServer(): Promise<void> {
    this.server = await startProcess({
      dataDir: this.dataDir,
      port: this.port,
      env: { ...this.serverEnv('api'), ...this.env('server') },
    });
  }

  startWorker(): void {
    if (!this.hasOwnWorker) return;
    this.worker = run('dist/main.js', {
      AERIE_DATA_DIR: join(this.folder, 'worker'),
      ...this.serverEnv('worker'),
      ...this.env('worker'),
    });
  }

  /** In one process with the server, the worker dies of the server's file. */
  killFile(who: Cell['who']): string {
    return join(this.folder, `kill-${who === 'worker' && !this.hasOwnWorker ? 'server' : who}`);
  }

  async killOnce(cell: Cell, nth: number): Promise<void> {
    const folder = this.makeFiles(cell.kind);
    const sentBefore = this.steps().length;
    const startedAt = Date.now();
    await {
      server: () => this.killServer(cell, nth, folder),
      worker: () => this.killWorker(cell, folder),
      client: () => this.killClient(cell, nth, folder),
    }[cell.who]();
    this.recoveries.push(Date.now() - startedAt);
    const key = `${cell.who} ${cell.step} ${cell.kind}`;
    this.killedAt.set(key, (this.killedAt.get(key) ?? 0) + 1);
    this.countParts(this.steps().slice(sentBefore));
  }

  makeFiles(kind: Cell['kind']): string {
    const folder = mkdtempSync(join(this.folder, 'card-'));
    const sizes = kind === 'large' ? [largeBytes] : [1_000, 20_000, 300_000];
    for (const bytes of sizes) {
      const content = randomBytes(bytes);
      const name = `${randomBytes(8).toString('hex')}.bin`;
      writeFileSync(join(folder, name), content);
      this.files.set(name, createHash('sha256').update(content).digest('base64'));
    }
    return folder;
  }

  /** The client goes on by itself once the server is back. */
  async killServer({ step, kind }: Cell, nth: number, folder: string): Promise<void> {
    const repeated = kind === 'large' && step.startsWith('part.') && step !== 'part.begun';
    this.order('server', step, repeated ? nth : 1);
    const ingest = this.ingest(folder);
    await this.died(this.server.process, step);
    await this.startServer();
    expect((await ingest).code).toBe(0);
  }

  async killClient({ step }: Cell, nth: number, folder: string): Promise<void> {
    const repeated = step.startsWith('client.part') || step === 'client.journal-written';
    this.order('client', step, repeated ? nth : 1);
    expect((await this.ingest(folder)).code).toBe(137);
    expect((await this.ingest(folder)).code).toBe(0);
  }

  async killWorker({ step, kind }: Cell, folder: string): Promise<void> {
    const isEnd = step === 'discard.deleted' || step === 'objects.deleted';
    if (isEnd) await this.leaveUnfinished(kind, folder);
    else expect((await this.ingest(folder)).code).toBe(0);
    this.order('worker', step, 1);
    if (step === 'discard.deleted') await this.stored.uploadsExpire();
    if (compactionSteps.includes(step)) await this.purgeFromAnObject(folder);
    // A pack is made of many small blobs, or of few that have waited for an hour.
    if (step.startsWith('pack.'))
      await this.stored.query("UPDATE media SET committed_at = committed_at - interval '2 hours'");
    if (step === 'check.read')
      await this.stored.query("UPDATE outbox SET due_at = now() WHERE job = 'media.check-media' AND done_at IS NULL");
    await this.died(this.worker?.child ?? this.server.process, step);
    if (this.worker) this.startWorker();
    else await this.startServer();
    await this.stored.query(
      'UPDATE outbox SET dispatched_at = NULL, claimed_at = NULL WHERE done_at IS NULL AND failed_at IS NULL',
    );
    if (isEnd) expect((await this.ingest(folder)).code).toBe(0);
  }

  /**
   * Of an object in which several files lie, all but the smallest: most of it is dead then, and something lives. A busy
   * client may send each file by itself; then it sends others.
   */
  async purgeFromAnObject(folder: string): Promise<void> {
    const names = readdirSync(folder);
    const mediaIds = [...this.receipts].filter(([, name]) => names.includes(name)).map(([mediaId]) => mediaId);
    const together = await this.stored.query<{ id: string }>(
      `SELECT id FROM media WHERE id = ANY($1::uuid[]) AND id IN (
         SELECT media_id FROM blob WHERE object_key = (
           SELECT object_key FROM blob WHERE media_id = ANY($1::uuid[]) AND object_key IS NOT NULL
            GROUP BY object_key HAVING count(DISTINCT media_id) > 1 LIMIT 1))
        ORDER BY bytes`,
      [mediaIds],
    );
    if (together.length === 0) {
      const another = this.makeFiles('bundle');
      expect((await this.ingest(another)).code).toBe(0);
      return this.purgeFromAnObject(another);
    }
    for (const { id } of together.slice(1)) {
      await this.stored.purge(id);
      this.files.delete(this.receipts.get(id)!);
      this.receipts.delete(id);
      this.purged++;
    }
  }

  /** A client that dies with parts, or a whole staged bundle, on the server. */
  async leaveUnfinished(kind: Cell['kind'], folder: string): Promise<void> {
    if (kind === 'large') {
      this.order('client', 'client.part-acknowledged', 1);
      expect((await this.ingest(folder)).code).toBe(137);
      return;
    }
    this.order('server', 'commit.stored', 1);
    const client = this.ada.start(['ingest', folder, '--project', this.projectId, '--json'], this.env('client'));
    await this.died(this.server.process, 'commit.stored');
    client.kill('SIGKILL');
    await this.startServer();
  }

  order(who: Cell['who'], step: string, nth: number): void {
    writeFileSync(this.killFile(who), `${step} ${nth}`);
  }

  async ingest(folder: string): Promise<{ code: number }> {
    const result = await finished(
      this.ada.start(['ingest', folder, '--project', this.projectId, '--json'], this.env('client')),
    );
    for (const line of result.stdout.split('\n').filter((one) => one.startsWith('{') && one.endsWith('}'))) {
      const { file } = JSON.parse(line) as { file?: { mediaId: string; receipt: string | null; path: string } };
      if (file?.receipt) this.receipts.set(file.mediaId, file.path.slice(file.path.lastIndexOf('/') + 1));
    }
    if (result.code !== 0 && result.code !== 137)
      throw new Error(`ingest failed with ${result.code}:\n${result.stdout}${result.stderr}`);
    return result;
  }

  async died(child: ServerProcess['process'], step: string): Promise<void> {
    if (child.signalCode !== null) return;
    await once(child, 'exit', { signal: AbortSignal.timeout(deadline(45_000)) }).catch(() => {
      throw new Error(`nothing came to the step ${step}\n${this.server.logs().slice(-3000)}`);
    });
  }

  steps(): string[] {
    const path = join(this.folder, 'steps-client');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** What a cut cost: parts that were sent whole more than once, and such that had been acknowledged already. */
  countParts(steps: readonly string[]): void {
    const sent = new Map<string, number>();
    const acknowledged = new Set<string>();
    for (const [step, about] of steps.map((line) => line.split(' ') as [string, string])) {
      if (step === 'client.part-begun' && acknowledged.has(about)) this.acknowledgedAgain++;
      if (step === 'client.part-sent') sent.set(about, (sent.get(about) ?? 0) + 1);
      if (step === 'client.part-acknowledged') acknowledged.add(about);
    }
    this.sentAgain.push([...sent.values()].reduce((sum, times) => sum + times - 1, 0));
  }

  /** Lets all work end, with no more kills. */
  async settle(): Promise<Differences> {
    await this.stored.uploadsExpire();
    const look = async () => {
      await this.stored.workersAreMissed();
      await this.stored.deadObjectsAreDue();
      return this.stored.differences();
    };
    return until(look, isAtRest, 60_000).catch(() => this.stored.differences());
  }

  /** Fetches everything back, and counts. */
  async tally(): Promise<Record<string, number>> {
    const aerie = await Aerie.open(await readKeyringFile(join(this.ada.home, 'keyring.pgp'), this.ada.passphrase));
    const names = new Map<string, string>();
    let [altered, storedTwice] = [0, 0];
    for await (const { mediaId, name } of aerie.media.list(this.projectId)) {
      const found = await fetched(aerie, mediaId).catch((error: Error) => error.message);
      if (found !== this.files.get(name ?? '')) altered++;
      if ([...names.values()].includes(name!)) storedTwice++;
      names.set(mediaId, name!);
    }
    await aerie.close();
    const lost = [...this.receipts].filter(([mediaId, name]) => names.get(mediaId) !== name).length;
    const unstored = [...this.files.keys()].filter((name) => ![...names.values()].includes(name)).length;
    const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);
    const killed = (who: string) =>
      sum([...this.killedAt].filter(([key]) => key.startsWith(who)).map(([, times]) => times));
    return {
      kills: sum(this.killedAt.values()),
      'of the server': killed('server'),
      'of the worker': killed('worker'),
      'of the client': killed('client'),
      'cells reached': this.killedAt.size,
      'files ingested': this.files.size,
      'media acknowledged': this.receipts.size,
      lost: lost + unstored,
      altered,
      'stored twice': storedTwice,
      'acknowledged parts sent again': this.acknowledgedAgain,
      'parts sent again': sum(this.sentAgain),
      'parts sent again, most per cut': Math.max(...this.sentAgain),
      'longest recovery, ms': Math.max(...this.recoveries),
    };
  }

  async remove(): Promise<void> {
    await this.stored?.close();
    this.worker?.child.kill('SIGKILL');
    await this.server?.stop();
    await this.profile.remove();
    this.ada?.remove();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function fetched(aerie: Aerie, mediaId: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of (await aerie.media.download(mediaId)).content) hash.update(piece);
  return hash.digest('base64');
}
