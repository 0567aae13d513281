import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { EmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { Outbox0001 } from '../../src/platform/database/migrations/0001-outbox.js';
import { inTransaction } from '../../src/platform/database/transaction.js';
import { JobQueue } from '../../src/platform/jobs/job-queue.port.js';
import { JobsModule } from '../../src/platform/jobs/jobs.module.js';
import { OutboxRelay } from '../../src/platform/jobs/outbox-relay.js';
import { OutboxRow } from '../../src/platform/jobs/outbox.entity.js';
import { OutboxService } from '../../src/platform/jobs/outbox.service.js';
import { Never, Note, Notes, Plain, Slow, Tick, Twice } from './outbox.notes.js';
import { deadline } from '../support/deadline.js';
import { leaveOut } from '../support/left-out.js';
import { until } from '../support/people.js';

const redisUrl = process.env.AERIE_TEST_REDIS_URL;
if (!redisUrl) leaveOut('the outbox carried by Redis');

let postgres: EmbeddedPostgres;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aerie-queue-'));
  postgres = await EmbeddedPostgres.start({ dir, onLost: (reason) => console.error(reason) });
});
afterAll(async () => {
  await postgres.stop();
  await rm(dir, { recursive: true });
});

/** A worker on a busy machine gives its signs of life late. */
const visibilityMs = deadline(750);
const backends: { name: string; redis: string | null }[] = [
  { name: 'PostgreSQL', redis: null },
  ...(redisUrl ? [{ name: 'Redis', redis: redisUrl }] : []),
];

describe.each(backends)('Work in the outbox, carried by $name', ({ redis }) => {
  const apps: INestApplicationContext[] = [];
  let instanceId: string;
  let dataSource: DataSource;
  let outbox: OutboxService;

  const startApp = async (concurrency: number): Promise<INestApplicationContext> => {
    const outboxOptions = { visibilityMs, backoffMs: 20, attemptsMax: 4 };
    @Module({
      imports: [
        DatabaseModule.for({ url: postgres.url }, { format: 1, entities: [OutboxRow], migrations: [Outbox0001] }),
        JobsModule.for({ redisUrl: redis, instanceId, concurrency, outbox: outboxOptions }),
      ],
      providers: [Notes],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    apps.push(app);
    return app;
  };
  const enqueue = (job: typeof Note, noteId: string, options?: { uniqueKey?: string; dueAt?: Date }) =>
    inTransaction(dataSource, (manager) => outbox.enqueue(manager, job, { noteId }, options));
  const notes = async (): Promise<string[]> =>
    (await dataSource.query<{ id: string }[]>('SELECT id FROM note')).map(({ id }) => id).sort();
  const rows = () => dataSource.getRepository(OutboxRow).find();
  const allDone = async () => (await outbox.counts()).open === 0;

  beforeEach(async () => {
    instanceId = randomBytes(4).toString('hex');
    const app = await startApp(0);
    dataSource = app.get(DataSource);
    outbox = app.get(OutboxService);
    await dataSource.query('CREATE TABLE IF NOT EXISTS note (id uuid, attempts integer)');
    await dataSource.query('TRUNCATE note, outbox');
  });
  afterEach(async () => {
    for (const app of apps) app.get(Notes).release();
    for (const app of apps.splice(0)) await app.close();
  });

  it('runs what was committed, and nothing that was rolled back', async () => {
    const [kept, undone] = [randomUUID(), randomUUID()];
    await enqueue(Note, kept);
    const failing = inTransaction(dataSource, async (manager) => {
      await outbox.enqueue(manager, Note, { noteId: undone });
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    await startApp(2);
    await until(allDone);
    expect(await notes()).toEqual([kept]);
    expect((await rows())[0]).toMatchObject({ job: 'test.note', attempts: 0, errorCode: null });
  });

  it('takes a handler that returns as done', async () => {
    await enqueue(Plain, randomUUID());
    await startApp(1);
    await until(allDone);
    expect(await notes()).toHaveLength(1);
  });

  it('refuses a payload that does not fit, when it is written', async () => {
    await expect(enqueue(Note, 'not an id')).rejects.toThrow();
    expect(await rows()).toEqual([]);
  });

  it('gives up a payload that no longer fits, at once', async () => {
    await dataSource.query(`INSERT INTO outbox (job, payload) VALUES ('test.note', '{"noteId": 7}')`);
    await startApp(1);
    await until(allDone);
    expect((await rows())[0]).toMatchObject({ attempts: 1, errorCode: 'job.payload_malformed', doneAt: null });
  });

  it('tries again after failures, and remembers a code but no message', async () => {
    await enqueue(Twice, randomUUID());
    await startApp(1);
    await until(allDone);
    const [row] = await rows();
    expect(row).toMatchObject({ attempts: 2, errorCode: 'test.not_yet', failedAt: null });
    expect(row!.doneAt).not.toBeNull();
    expect(JSON.stringify(row)).not.toContain('secret');
    expect(await notes()).toHaveLength(1);
  });

  it('gives up after the last attempt, and undoes every effect', async () => {
    const noteId = randomUUID();
    await enqueue(Never, noteId);
    const app = await startApp(1);
    await until(allDone);
    expect(app.get(Notes).started).toEqual([noteId, noteId, noteId, noteId]);
    const [row] = await rows();
    expect(row).toMatchObject({ attempts: 4, errorCode: 'TypeError', doneAt: null });
    expect(row!.failedAt).not.toBeNull();
    expect(await notes()).toEqual([]);
    expect(await outbox.counts()).toEqual({ open: 0, failed: 1 });
  });

  it('reports what is due, later, running and stuck, by kind, with codes and no message', async () => {
    const [stuckId, dueId] = [randomUUID(), randomUUID()];
    await enqueue(Never, stuckId);
    await startApp(1);
    await until(async () => (await outbox.counts()).failed === 1);
    await Promise.all(apps.splice(1).map((app) => app.close()));
    await enqueue(Note, dueId);
    await enqueue(Note, randomUUID(), { dueAt: new Date(Date.now() + 60_000) });
    await enqueue(Slow, randomUUID());
    const slow = (await rows()).find(({ job }) => job === 'test.slow')!;
    await outbox.claim(slow.id);
    const { kinds, stuck } = await outbox.report(20);
    const due = (await rows()).find(({ payload }) => JSON.stringify(payload).includes(dueId))!;
    const none = { due: 0, running: 0, later: 0, givenUp: 0, stuck: 0, oldestDueAt: null };
    expect([...kinds].sort((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { ...none, kind: 'test.fail-always', givenUp: 1, stuck: 1 },
      { ...none, kind: 'test.note', due: 1, later: 1, oldestDueAt: due.dueAt },
      { ...none, kind: 'test.slow', running: 1 },
    ]);
    expect(stuck).toEqual([
      {
        jobId: expect.any(String),
        kind: 'test.fail-always',
        isGivenUp: true,
        attempts: 4,
        error: 'TypeError',
        since: expect.any(Date),
        payload: { noteId: stuckId },
      },
    ]);
    expect(JSON.stringify({ kinds, stuck })).not.toContain('secret');
  });

  it('calls stuck what has failed six times, before it is given up', async () => {
    const [{ id }] = await dataSource.query<[{ id: string }]>(
      `INSERT INTO outbox (job, payload, attempts) VALUES ('test.note', '{}', 5) RETURNING id`,
    );
    expect((await outbox.report(20)).stuck).toEqual([]);
    await dataSource.query('UPDATE outbox SET attempts = 6 WHERE id = $1', [id]);
    const { kinds, stuck } = await outbox.report(20);
    expect([kinds[0], stuck[0]]).toMatchObject([
      { due: 1, givenUp: 0, stuck: 1 },
      { jobId: id, isGivenUp: false },
    ]);
  });

  it('runs again when asked what was given up, also where its unique key is taken by now', async () => {
    const [{ id }] = await dataSource.query<[{ id: string }]>(
      `INSERT INTO outbox (job, payload, attempts, failed_at, error_code, unique_key)
       VALUES ('test.tick', '{}', 14, now(), 'test.broken', 'every') RETURNING id`,
    );
    await dataSource.query(`INSERT INTO outbox (job, payload, unique_key) VALUES ('test.tick', '{}', 'every')`);
    expect(await outbox.retry(id)).toBe(true);
    expect(await outbox.retry(id)).toBe(false);
    const app = await startApp(1);
    await until(allDone);
    expect(app.get(Notes).ticks).toBe(2);
    expect(await outbox.retry(id)).toBe(false);
  });

  it('leaves alone, when asked to run it again, what is running or has not failed', async () => {
    await enqueue(Note, randomUUID(), { dueAt: new Date(Date.now() + 60_000) });
    const [fresh] = await rows();
    expect(await outbox.retry(fresh!.id)).toBe(false);
    await dataSource.query('UPDATE outbox SET attempts = 1, claimed_at = now()');
    expect(await outbox.retry(fresh!.id)).toBe(false);
    await dataSource.query('UPDATE outbox SET claimed_at = NULL');
    expect(await outbox.retry(fresh!.id)).toBe(true);
    expect((await rows())[0]).toMatchObject({ attempts: 0, failedAt: null });
  });

  it('tries again later, not at once, what this version does not know', async () => {
    await dataSource.query(`INSERT INTO outbox (job, payload) VALUES ('test.from-the-future', '{}')`);
    await startApp(1);
    await until(async () => (await rows())[0]!.attempts > 0);
    expect((await rows())[0]).toMatchObject({ errorCode: 'job.unknown' });
  });

  it('adds nothing while a row with the same unique key is open, and does again once it is done', async () => {
    await enqueue(Note, randomUUID(), { uniqueKey: 'a' });
    await enqueue(Note, randomUUID(), { uniqueKey: 'a' });
    await enqueue(Note, randomUUID(), { uniqueKey: 'b' });
    expect(await rows()).toHaveLength(2);
    await startApp(2);
    await until(allDone);
    await enqueue(Note, randomUUID(), { uniqueKey: 'a' });
    expect(await rows()).toHaveLength(3);
  });

  it('waits until work is due', async () => {
    const [later, now] = [randomUUID(), randomUUID()];
    await enqueue(Note, later, { dueAt: new Date(Date.now() + 3_600_000) });
    await enqueue(Note, now);
    await startApp(1);
    await until(async () => (await notes()).length > 0);
    expect(await notes()).toEqual([now]);
    await dataSource.query('UPDATE outbox SET due_at = now() WHERE done_at IS NULL');
    await until(allDone);
    expect(await notes()).toEqual([later, now].sort());
  });

  it('runs every row exactly once with three workers', async () => {
    const ids = Array.from({ length: 300 }, () => randomUUID());
    for (let n = 0; n < ids.length; n += 50) await Promise.all(ids.slice(n, n + 50).map((id) => enqueue(Note, id)));
    await Promise.all([startApp(3), startApp(3), startApp(3)]);
    await until(allDone);
    expect(await notes()).toEqual(ids.sort());
  });

  it('loses nothing when the queue loses everything', async () => {
    const ids = Array.from({ length: 60 }, () => randomUUID());
    for (const id of ids) await enqueue(Note, id);
    // Hands all over to a queue that no worker reads, and empties it.
    const entries = await outbox.takeDue(1_000);
    const queue = apps[0]!.get(JobQueue);
    await queue.add(entries);
    expect((await queue.counts()).waiting).toBe(60);
    if (redis) {
      const admin = new Redis(redis);
      await admin.flushall();
      admin.disconnect();
    } else {
      await dataSource.query('TRUNCATE bullmq.job CASCADE');
    }
    expect((await queue.counts()).waiting).toBe(0);
    expect(await outbox.takeDue(1_000)).toEqual([]);
    await startApp(4);
    await until(allDone);
    expect(await notes()).toEqual(ids.sort());
  });

  it('runs a job again whose worker went away in the middle, and it takes effect once', async () => {
    const noteId = randomUUID();
    await enqueue(Slow, noteId);
    const first = await startApp(1);
    await until(() => first.get(Notes).started.length === 1);
    // The worker hangs: it gives no more signs of life, and comes back after another has taken over.
    first.get(OutboxService).renew = async () => undefined;
    const second = await startApp(1);
    await until(() => second.get(Notes).started.length === 1);
    second.get(Notes).release();
    await until(allDone);
    first.get(Notes).release();
    // Its worker has finished when it is closed.
    await Promise.all(apps.splice(apps.indexOf(first), 1).map((app) => app.close()));
    expect(await notes()).toEqual([noteId]);
    expect((await rows())[0]).toMatchObject({ attempts: 0, errorCode: null });
  });

  it('does not start a second run of a job that takes long', async () => {
    const noteId = randomUUID();
    await enqueue(Slow, noteId);
    const [first, second] = [await startApp(1), await startApp(1)];
    const runs = () => [...first.get(Notes).started, ...second.get(Notes).started];
    await until(() => runs().length === 1);
    const [row] = await rows();
    const leaseEndsAt = row!.claimedAt!.getTime() + visibilityMs;
    await until(async () => (await rows())[0]!.claimedAt!.getTime() > leaseEndsAt);
    await first.get(JobQueue).add([{ outboxId: row!.id, job: row!.job }]);
    // The worker that is idle has taken it, and found that there is nothing to do.
    await until(async () => {
      const { waiting, active } = await first.get(JobQueue).counts();
      return waiting === 0 && active === 1;
    });
    expect(runs()).toHaveLength(1);
    for (const app of [first, second]) app.get(Notes).release();
    await until(allDone);
  });

  it('finishes the running job before it stops', async () => {
    const noteId = randomUUID();
    await enqueue(Slow, noteId);
    const app = await startApp(1);
    await until(() => app.get(Notes).started.length === 1);
    const closed = app.close();
    apps.pop();
    // Another server starts and stops meanwhile, which takes at least as long as to stop without waiting.
    await (await startApp(1)).close();
    apps.pop();
    app.get(Notes).release();
    await closed;
    expect(await notes()).toEqual([noteId]);
    expect(await allDone()).toBe(true);
  });

  it('runs periodic work once in a period among three servers', async () => {
    const servers = await Promise.all([startApp(1), startApp(1), startApp(1)]);
    for (const app of servers) app.get(OutboxRelay).every(Tick, 1_000);
    const startedAt = Date.now();
    const ticks = () => servers.reduce((sum, app) => sum + app.get(Notes).ticks, 0);
    await until(() => ticks() >= 3);
    // Each is made 0.9 periods after the one before at the earliest; the first may have run before the clock was read.
    expect(ticks()).toBeLessThanOrEqual(Math.floor((Date.now() - startedAt) / 900) + 2);
  });
});
