import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { JobQueue, type QueueCounts, type QueueEntry, QueueUnfit } from './job-queue.port.js';

/** BullMQ names its tables `job`, `event` and so on; they must not meet ours. */
const schema = 'bullmq';
const redisPrefix = 'aerie';
/** Enough to look at when something went wrong; the outbox is the record. */
const keepCompleted = { age: 3_600, count: 1_000 };
const keepFailed = { age: 24 * 3_600, count: 1_000 };
/** A worker that crashes does not make its entry fail; the outbox counts failures. */
const stallsMax = 100;
/** Longest wait for an answer of the store. */
const callMs = 10_000;
/** Longest wait for running handlers at shutdown; what is cut off runs again elsewhere. */
const drainMs = 25_000;
/** Queue, worker and what both do at a time; one more connection listens. */
const postgresPoolSize = 6;

export type QueueBackend = { kind: 'postgres'; url: string } | { kind: 'redis'; url: string };

async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = sleep(ms, undefined, { signal: done.signal }).then(() => {
    throw new QueueUnfit(`The job queue did not ${what} within ${ms} ms.`);
  });
  late.catch(() => undefined);
  return Promise.race([work, late]).finally(() => done.abort());
}

type RunningWorker = Pick<Worker, 'waitUntilReady' | 'close'>;

/** What differs between the two backends: how BullMQ is connected, checked and disconnected. */
interface Connected {
  queue: Pick<Queue, 'addBulk' | 'getJobCounts' | 'close'>;
  worker(process: (job: { data: unknown }) => Promise<void>, concurrency: number): RunningWorker;
  check(): Promise<void>;
  disconnect(): Promise<void>;
}

/** Without a listener a lost connection would end the process. The drivers reconnect, and `check` reports the loss. */
function quiet<T extends { on(event: 'error', listener: () => void): unknown }>(emitter: T): T {
  emitter.on('error', () => undefined);
  return emitter;
}

const queueOptions = {
  defaultJobOptions: { attempts: 1, removeOnComplete: keepCompleted, removeOnFail: keepFailed },
};
const workerOptions = { maxStalledCount: stallsMax, autorun: true };

async function connectPostgres(url: string, name: string): Promise<Connected> {
  // BullMQ leaves the schema to the caller of a ready-made pool, which is the only kind it takes in an ES module.
  const pool = new pg.Pool({
    connectionString: url,
    max: postgresPoolSize,
    options: `-c search_path=${schema}`,
    application_name: 'aerie-jobs',
    connectionTimeoutMillis: callMs,
    keepAlive: true,
  });
  quiet(pool);
  const session = await pool.connect();
  await runMigrations(session, schema).finally(() => session.release());
  return {
    queue: quiet(new Queue(name, { ...queueOptions, connection: pool }, createPostgresBackend)),
    worker: (process, concurrency) =>
      quiet(new Worker(name, process, { ...workerOptions, concurrency, connection: pool }, createPostgresBackend)),
    check: async () => void (await pool.query('SELECT FROM job LIMIT 1')),
    disconnect: () => pool.end(),
  };
}

async function connectRedis(url: string, name: string): Promise<Connected> {
  // BullMQ waits for Redis to come back rather than failing; every call of ours has its own deadline.
  const redis = new Redis(url, { maxRetriesPerRequest: null, connectTimeout: callMs });
  quiet(redis);
  const shared = { connection: redis, prefix: redisPrefix };
  return {
    queue: quiet(new Queue(name, { ...queueOptions, ...shared })),
    worker: (process, concurrency) => quiet(new Worker(name, process, { ...workerOptions, ...shared, concurrency })),
    check: async () => {
      const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1];
      if (policy === 'noeviction') return;
      throw new QueueUnfit(
        `Redis may drop jobs: its maxmemory-policy is ${policy}. ` +
          'Set it to noeviction: `redis-cli CONFIG SET maxmemory-policy noeviction`, and in redis.conf.',
        'may-evict',
      );
    },
    disconnect: async () => redis.disconnect(),
  };
}

/**
 * BullMQ, on PostgreSQL beside our own tables or on Redis. Nothing in it is worth a backup.
 * Failures of handlers are counted in the outbox, so BullMQ itself never retries.
 */
export class BullmqJobQueue extends JobQueue {
  private worker: RunningWorker | null = null;

  private constructor(private readonly connected: Connected) {
    super();
  }

  /**
   * @param instanceId letters, digits and hyphens; sets installations apart that share one Redis
   */
  static async open(backend: QueueBackend, instanceId: string): Promise<BullmqJobQueue> {
    const connect = backend.kind === 'postgres' ? connectPostgres : connectRedis;
    return new BullmqJobQueue(await connect(backend.url, `jobs-${instanceId}`));
  }

  async add(entries: readonly QueueEntry[]): Promise<void> {
    if (entries.length === 0) return;
    // A fresh id each time: BullMQ silently drops an entry whose id it still remembers.
    const jobs = entries.map((entry) => ({ name: entry.job, data: entry, opts: { jobId: randomUUID() } }));
    await within(callMs, 'take a job', this.connected.queue.addBulk(jobs));
  }

  async process(handler: (entry: QueueEntry) => Promise<void>, { concurrency }: { concurrency: number }) {
    this.worker = this.connected.worker((job) => handler(job.data as QueueEntry), concurrency);
    await within(callMs, 'start', this.worker.waitUntilReady());
  }

  async counts(): Promise<QueueCounts> {
    const counts = await within(callMs, 'count', this.connected.queue.getJobCounts('waiting', 'active'));
    return { waiting: counts.waiting ?? 0, active: counts.active ?? 0 };
  }

  async check(): Promise<void> {
    await within(callMs, 'answer', this.connected.check());
  }

  async close(): Promise<void> {
    const worker = this.worker;
    this.worker = null;
    if (worker) {
      const drained = worker.close().catch(() => undefined);
      if ((await Promise.race([drained, sleep(drainMs, 'late', { ref: false })])) === 'late') await worker.close(true);
    }
    await within(callMs, 'close', this.connected.queue.close()).catch(() => undefined);
    await this.connected.disconnect();
  }
}
