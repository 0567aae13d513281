import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobQueue, QueueUnfit } from '../jobs/job-queue.port.js';
import { ObjectStore } from '../storage/object-store.port.js';

/** A probe must answer before the prober gives up; Docker's default patience is 30 s. */
const checkMsMax = 5_000;

/** All probes within this time share one check. */
const freshMs = 1_000;

/** Whether the parts this server stands on answer and are fit for use. */
@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  private readonly log = new Logger('health');
  private stopping = false;
  private latest: { readonly at: number; readonly faults: Promise<ReadonlyMap<string, Error>> } | null = null;
  /** The parts of which the log says already that they are not ready. */
  private readonly told = new Set<string>();
  private readonly checks: Record<string, () => Promise<unknown>> = {
    database: () => this.database.query('SELECT 1'),
    store: () => this.store.check(),
    queue: () => this.queue.check(),
  };

  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly queue: JobQueue,
  ) {}

  /** 'ok', or why not, by part. Never an address or a secret. */
  async parts(): Promise<Record<string, string>> {
    if (this.stopping) return { server: 'stopping' };
    const faults = await this.faults();
    return Object.fromEntries(Object.keys(this.checks).map((part) => [part, stateOf(faults.get(part))]));
  }

  /** Whether all parts are fit for use, and how each is. */
  async readiness(): Promise<{ readonly isReady: boolean; readonly parts: Record<string, string> }> {
    const parts = await this.parts();
    return { isReady: Object.values(parts).every((state) => state === 'ok'), parts };
  }

  /** What keeps parts from being used, by part; nothing where all are fit. At most a second old. */
  faults(): Promise<ReadonlyMap<string, Error>> {
    const now = performance.now();
    if (!this.latest || now - this.latest.at > freshMs) this.latest = { at: now, faults: this.look() };
    return this.latest.faults;
  }

  private async look(): Promise<ReadonlyMap<string, Error>> {
    const found = await Promise.all(
      Object.entries(this.checks).map(async ([part, check]) => [part, await this.faultOf(part, check)] as const),
    );
    return new Map(found.filter((entry): entry is readonly [string, Error] => entry[1] !== null));
  }

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  private async faultOf(part: string, check: () => Promise<unknown>): Promise<Error | null> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        check(),
        new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('no answer in time')), checkMsMax))),
      ]);
      if (this.told.delete(part)) this.log.log({ part }, 'ready again');
      return null;
    } catch (error) {
      if (!this.told.has(part)) this.log.warn({ part, error }, 'not ready');
      this.told.add(part);
      return error as Error;
    } finally {
      clearTimeout(timer);
    }
  }
}

const stateOf = (fault: Error | undefined): string =>
  fault ? (fault instanceof QueueUnfit ? fault.message : 'does not answer') : 'ok';
