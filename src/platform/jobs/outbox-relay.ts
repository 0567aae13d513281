import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Job } from './define-job.js';
import { JobQueue } from './job-queue.port.js';
import { OutboxService } from './outbox.service.js';

/** The delay of a job behind the commit that made it due; one small query each time. */
const pollMs = 250;
/** Rows in one query and one call of the queue. */
const batchRows = 200;
/** The queue is a hint, not a store: what does not fit waits in the outbox, and is not handed over twice. */
const waitingMax = 1_000;
const sweepMs = 60_000;

/** Hands due rows of the outbox to the queue, and makes periodic work due. Any number may run side by side. */
@Injectable()
export class OutboxRelay {
  private readonly log = new Logger(OutboxRelay.name);
  private readonly periodic: { job: Job | null; everyMs: number; dueAt: number }[] = [
    { job: null, everyMs: sweepMs, dueAt: 0 },
  ];
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(JobQueue) private readonly queue: JobQueue,
  ) {}

  /** Runs `job`, with an empty payload, about every `everyMs`, once among all servers. To be called while starting. */
  every(job: Job, everyMs: number): void {
    job.payload.parse({});
    this.periodic.push({ job, everyMs, dueAt: 0 });
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let failing = false; !this.stopping.signal.aborted;) {
      let more = false;
      try {
        await this.tick();
        more = (await this.relay()) === batchRows;
        if (failing) this.log.log('jobs are handed over again');
        failing = false;
      } catch (error) {
        // The message of a database error may quote a row.
        if (!failing) this.log.error(`jobs are not handed over: ${(error as Error)?.name}`);
        failing = true;
      }
      if (!more) await sleep(pollMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async tick(): Promise<void> {
    for (const work of this.periodic) {
      if (Date.now() < work.dueAt) continue;
      if (work.job) await this.outbox.enqueuePeriodic(work.job, work.everyMs);
      else await this.outbox.sweep();
      work.dueAt = Date.now() + work.everyMs;
    }
  }

  private async relay(): Promise<number> {
    if ((await this.queue.counts()).waiting >= waitingMax) return 0;
    const entries = await this.outbox.takeDue(batchRows);
    try {
      await this.queue.add(entries);
    } catch (error) {
      await this.outbox.putBack(entries);
      throw error;
    }
    return entries.length;
  }
}
