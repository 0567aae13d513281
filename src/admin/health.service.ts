import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobQueue, QueueUnfit } from '../jobs/job-queue.port.js';
import { ObjectStore } from '../storage/object-store.port.js';

/** A probe must answer before the prober gives up; Docker's default patience is 30 s. */
const checkMsMax = 5_000;

/** Whether the parts this server stands on answer and are fit for use. */
@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  private readonly log = new Logger('health');
  private stopping = false;

  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly queue: JobQueue,
  ) {}

  /** 'ok', or why not, by part. Never an address or a secret. */
  async parts(): Promise<Record<string, string>> {
    if (this.stopping) return { server: 'stopping' };
    const checks = {
      database: () => this.database.query('SELECT 1'),
      store: () => this.store.check(),
      queue: () => this.queue.check(),
    };
    const entries = await Promise.all(
      Object.entries(checks).map(async ([part, check]) => [part, await this.stateOf(part, check)]),
    );
    return Object.fromEntries(entries) as Record<string, string>;
  }

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  private async stateOf(part: string, check: () => Promise<unknown>): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        check(),
        new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('no answer in time')), checkMsMax))),
      ]);
      return 'ok';
    } catch (error) {
      this.log.warn({ part, error }, 'not ready');
      return error instanceof QueueUnfit ? error.message : 'does not answer';
    } finally {
      clearTimeout(timer);
    }
  }
}
