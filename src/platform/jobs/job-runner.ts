import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';
import { definedJobs } from './define-job.js';
import { handledJobKey, type RunningJob } from './handles-job.decorator.js';
import { JobQueue, type QueueEntry } from './job-queue.port.js';
import { OutboxRelay } from './outbox-relay.js';
import { type ClaimedJob, JobSuperseded, OutboxOptions, OutboxService } from './outbox.service.js';

type Handler = (payload: unknown, running: RunningJob) => Promise<void>;

/** How many jobs this process runs at a time; 0 for one that only makes work due. */
export class RunnerOptions {
  constructor(readonly concurrency: number) {}
}

/** A code for the operator. Class names and codes are ours or the platform's; messages may quote data. */
function errorCodeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const safe = [code, name].find((text) => typeof text === 'string' && /^[\w.-]{1,64}$/.test(text));
  return (safe as string | undefined) ?? 'unknown';
}

/** Proves at boot that every job has its handler, then runs what the queue delivers and records what became of it. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(JobRunner.name);
  private readonly handlers = new Map<string, Handler>();

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
    @Inject(JobQueue) private readonly queue: JobQueue,
    @Inject(OutboxOptions) private readonly outboxOptions: OutboxOptions,
    @Inject(RunnerOptions) private readonly options: RunnerOptions,
  ) {}

  /** @throws Error when a job has no handler, or two */
  async onApplicationBootstrap(): Promise<void> {
    this.findHandlers();
    if (this.options.concurrency === 0) return;
    await this.queue.process((entry) => this.run(entry), { concurrency: this.options.concurrency });
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.queue.close();
  }

  private findHandlers(): void {
    for (const { instance } of this.discovery.getProviders()) {
      const prototype: unknown = instance && Object.getPrototypeOf(instance);
      if (!prototype || prototype === Object.prototype) continue;
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const handler = (instance as Record<string, Handler>)[method]!;
        const job = Reflect.getMetadata(handledJobKey, handler) as string | undefined;
        if (job === undefined) continue;
        if (this.handlers.has(job)) {
          throw new Error(`The job ${job} has two handlers. Remove @HandlesJob from one; ${method} is the second.`);
        }
        this.handlers.set(job, handler.bind(instance));
      }
    }
    for (const job of definedJobs.keys()) {
      if (this.handlers.has(job)) continue;
      throw new Error(
        `The job ${job} has no handler. Put @HandlesJob(…) with the constant that defineJob('${job}', …) returned ` +
          'above a method of a provider, and list the provider in its module.',
      );
    }
  }

  private async run({ outboxId }: QueueEntry): Promise<void> {
    const claimed = await this.outbox.claim(outboxId);
    if (!claimed) return;
    const alive = setInterval(() => {
      this.outbox.renew(outboxId).catch(() => undefined);
    }, this.outboxOptions.visibilityMs / 3);
    try {
      await this.handle(outboxId, claimed);
    } finally {
      clearInterval(alive);
    }
  }

  private async handle(outboxId: string, { job: name, payload: unchecked, attempts }: ClaimedJob): Promise<void> {
    const [handler, job] = [this.handlers.get(name), definedJobs.get(name)];
    // Written by a newer version that runs beside this one; it may well be the next to try.
    if (!handler || !job) return this.outbox.fail(outboxId, attempts, 'job.unknown', false);
    const payload = job.payload.safeParse(unchecked);
    if (!payload.success) return this.outbox.fail(outboxId, attempts, 'job.payload_malformed', true);
    let completed = false;
    const complete = async (manager: EntityManager) => {
      await this.outbox.complete(manager, outboxId);
      completed = true;
    };
    try {
      await handler(payload.data, { outboxId, attempts, complete });
      if (!completed) await this.outbox.complete(this.dataSource.manager, outboxId);
    } catch (error) {
      if (error instanceof JobSuperseded) return;
      const code = errorCodeOf(error);
      this.log.warn(`${name} ${outboxId} failed, attempt ${attempts + 1}: ${code}`);
      await this.outbox.fail(outboxId, attempts, code, false);
    }
  }
}
