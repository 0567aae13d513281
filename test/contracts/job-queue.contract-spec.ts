import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { EmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { BullmqJobQueue } from '../../src/platform/jobs/job-queue.bullmq.js';
import { type QueueEntry, QueueUnfit } from '../../src/platform/jobs/job-queue.port.js';
import { leaveOut } from '../support/left-out.js';
import { until } from '../support/people.js';

const redisUrl = process.env.AERIE_TEST_REDIS_URL;
if (!redisUrl) leaveOut('the job queue in Redis');

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

const entry = (): QueueEntry => ({ outboxId: randomUUID(), job: 'test.any' });

const backends: { name: string; redis: string | null }[] = [
  { name: 'PostgreSQL', redis: null },
  ...(redisUrl ? [{ name: 'Redis', redis: redisUrl }] : []),
];

it('has every backend to test, when all are required', () => {});

describe.each(backends)('JobQueue on $name', ({ redis }) => {
  const queues: BullmqJobQueue[] = [];
  const openQueue = async (instanceId: string) => {
    const backend = redis ? { kind: 'redis' as const, url: redis } : { kind: 'postgres' as const, url: postgres.url };
    const queue = await BullmqJobQueue.open(backend, instanceId);
    queues.push(queue);
    return queue;
  };
  const fresh = () => randomBytes(4).toString('hex');
  afterEach(async () => {
    await Promise.all(queues.splice(0).map((queue) => queue.close()));
  });

  it('delivers every entry once while nothing fails', async () => {
    const queue = await openQueue(fresh());
    const entries = Array.from({ length: 50 }, entry);
    const seen: QueueEntry[] = [];
    await queue.process(async (delivered) => void seen.push(delivered), { concurrency: 4 });
    await queue.add(entries);
    await queue.add([]);
    await until(async () => {
      const { waiting, active } = await queue.counts();
      return seen.length >= 50 && waiting + active === 0;
    });
    const order = (a: QueueEntry, b: QueueEntry) => a.outboxId.localeCompare(b.outboxId);
    expect(seen.sort(order)).toEqual(entries.sort(order));
  });

  it('delivers the same entry again when it is added again', async () => {
    const queue = await openQueue(fresh());
    const one = entry();
    let seen = 0;
    await queue.process(async () => void seen++, { concurrency: 1 });
    for (const times of [1, 2, 3]) {
      await queue.add([one]);
      await until(() => seen === times);
    }
  });

  it('keeps entries until a worker comes, and says how many', async () => {
    const id = fresh();
    await (await openQueue(id)).add([entry(), entry(), entry()]);
    const later = await openQueue(id);
    expect(await later.counts()).toEqual({ waiting: 3, active: 0 });
    let seen = 0;
    await later.process(async () => void seen++, { concurrency: 1 });
    await until(() => seen === 3);
  });

  it('goes on after a handler that throws', async () => {
    const queue = await openQueue(fresh());
    const entries = [entry(), entry(), entry()];
    const seen: string[] = [];
    const handler = async ({ outboxId }: QueueEntry) => {
      seen.push(outboxId);
      if (outboxId === entries[0]!.outboxId) throw new Error('on purpose');
    };
    await queue.process(handler, { concurrency: 1 });
    await queue.add(entries);
    await until(() => seen.length === 3);
    expect(new Set(seen).size).toBe(3);
  });

  it('runs no more at a time than it is told', async () => {
    const queue = await openQueue(fresh());
    let [now, most, seen] = [0, 0, 0];
    let open = (): void => {};
    const gate = new Promise<void>((done) => (open = done));
    const handler = async () => {
      most = Math.max(most, ++now);
      await gate;
      now--;
      seen++;
    };
    await queue.process(handler, { concurrency: 3 });
    await queue.add(Array.from({ length: 12 }, entry));
    await until(() => now === 3);
    open();
    await until(() => seen === 12);
    expect(most).toBe(3);
  });

  it('waits for running handlers when it closes', async () => {
    const queue = await openQueue(fresh());
    let state = 'waiting';
    let closing = (): void => {};
    const begun = new Promise<void>((resolve) => (closing = resolve));
    const handler = async () => {
      state = 'running';
      await begun;
      // As much work, several times over, as a queue has with closing when it waits for nothing.
      for (let n = 0; n < 3; n++) {
        const other = await openQueue(fresh());
        await other.process(async () => undefined, { concurrency: 1 });
        await other.close();
      }
      state = 'finished';
    };
    await queue.process(handler, { concurrency: 1 });
    await queue.add([entry()]);
    await until(() => state === 'running');
    const closed = queue.close();
    closing();
    await closed;
    queues.length = 0;
    expect(state).toBe('finished');
  });

  it('keeps installations apart', async () => {
    const [mine, other] = [await openQueue(fresh()), await openQueue(fresh())];
    const seen: string[] = [];
    await other.process(async ({ outboxId }) => void seen.push(outboxId), { concurrency: 1 });
    await mine.add([entry()]);
    const own = entry();
    await other.add([own]);
    await until(() => seen.length > 0);
    expect(seen).toEqual([own.outboxId]);
    expect((await mine.counts()).waiting).toBe(1);
  });

  it('is ready', async () => {
    await (await openQueue(fresh())).check();
  });
});

describe('JobQueue on a Redis that may drop entries', () => {
  it('is not ready, and says what to change', async () => {
    if (!redisUrl) return;
    const admin = new Redis(redisUrl);
    const queue = await BullmqJobQueue.open({ kind: 'redis', url: redisUrl }, 'policy');
    try {
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await expect(queue.check()).rejects.toThrow(QueueUnfit);
      await expect(queue.check()).rejects.toMatchObject({ fault: 'may-evict' });
      await expect(queue.check()).rejects.toThrow('redis-cli CONFIG SET maxmemory-policy noeviction');
    } finally {
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      admin.disconnect();
      await queue.close();
    }
  });
});
