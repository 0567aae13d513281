import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import prometheus from 'prom-client';
import { HealthService } from '../../platform/health/health.service.js';
import { type OutboxReport, OutboxService } from '../../platform/jobs/outbox.service.js';
import { withIdle } from '../../platform/jobs/with-idle.js';
import { onMeasure } from '../../platform/measures/measures.js';
import { ObjectStore } from '../../platform/storage/object-store.port.js';

const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = prometheus;

/** From a row of the database to a file of some gigabytes. */
const requestSeconds = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];
const storeSeconds = [0.002, 0.01, 0.05, 0.25, 1, 5, 30];
const waitSeconds = [0.01, 0.1, 1, 10, 60];

/** Counts what is measured in this process, and asks for the rest when it is asked itself. Names follow Prometheus' own rules. */
@Injectable()
export class Metrics implements OnModuleDestroy {
  readonly registry = new Registry();
  private readonly stops: (() => void)[];
  private reporting: Promise<OutboxReport> | undefined;

  constructor(
    private readonly health: HealthService,
    private readonly outbox: OutboxService,
    private readonly store: ObjectStore,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.stops = [this.countRequests(), this.timeStore(), this.timeIntake()];
    this.askHealth();
    this.askJobs();
    this.askDisk();
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
    this.registry.clear();
  }

  private countRequests(): () => void {
    const registers = [this.registry];
    const labelNames = ['method', 'route', 'status'];
    const count = new Counter({
      name: 'aerie_requests_total',
      help: 'Requests, by route and answer',
      labelNames,
      registers,
    });
    const bytes = new Counter({
      name: 'aerie_request_bytes_total',
      help: 'Octets of bodies, by route: in from clients, out to them',
      labelNames: ['route', 'direction'],
      registers,
    });
    const seconds = new Histogram({
      name: 'aerie_request_seconds',
      help: 'From the head of a request to the end of its answer',
      labelNames: ['route'],
      buckets: requestSeconds,
      registers,
    });
    return onMeasure('request', ({ method, route, status, bytesIn, bytesOut, ...took }) => {
      count.inc({ method, route, status });
      bytes.inc({ route, direction: 'in' }, bytesIn);
      bytes.inc({ route, direction: 'out' }, bytesOut);
      seconds.observe({ route }, took.seconds);
    });
  }

  private timeStore(): () => void {
    const seconds = new Histogram({
      name: 'aerie_store_seconds',
      help: 'Answers of the object store; of what streams, its beginning',
      labelNames: ['operation', 'outcome'],
      buckets: storeSeconds,
      registers: [this.registry],
    });
    return onMeasure('store', ({ operation, isGood, ...took }) =>
      seconds.observe({ operation, outcome: isGood ? 'good' : 'failed' }, took.seconds),
    );
  }

  private timeIntake(): () => void {
    const seconds = new Histogram({
      name: 'aerie_intake_wait_seconds',
      help: 'Bodies waiting for memory',
      buckets: waitSeconds,
      registers: [this.registry],
    });
    return onMeasure('intake', (took) => seconds.observe(took.seconds));
  }

  private askHealth(): void {
    const { health } = this;
    new Gauge({
      name: 'aerie_ready',
      help: '1 where the part answers and is fit for use',
      labelNames: ['part'],
      registers: [this.registry],
      async collect() {
        this.reset();
        for (const [part, state] of Object.entries(await health.parts())) this.set({ part }, state === 'ok' ? 1 : 0);
      },
    });
  }

  private askJobs(): void {
    // A series that comes and goes with the work could not be watched.
    const kinds = async () => withIdle((await this.reportOnce()).kinds);
    const registers = [this.registry];
    new Gauge({
      name: 'aerie_job_oldest_seconds',
      help: 'How long the oldest work that is due has been waiting, by kind',
      labelNames: ['kind'],
      registers,
      async collect() {
        this.reset();
        for (const { kind, oldestDueAt } of await kinds())
          this.set({ kind }, oldestDueAt ? (Date.now() - oldestDueAt.getTime()) / 1000 : 0);
      },
    });
    new Gauge({
      name: 'aerie_jobs',
      help: 'Work that is open, by kind and state',
      labelNames: ['kind', 'state'],
      registers,
      async collect() {
        this.reset();
        for (const { kind, due, running, later, givenUp } of await kinds())
          for (const [state, jobs] of Object.entries({ due, running, later, given_up: givenUp }))
            this.set({ kind, state }, jobs);
      },
    });
  }

  /** All series of one answer are put together at once, and share one look. */
  private reportOnce(): Promise<OutboxReport> {
    this.reporting ??= this.outbox.report(0).finally(() => (this.reporting = undefined));
    return this.reporting;
  }

  private askDisk(): void {
    const { store } = this;
    new Gauge({
      name: 'aerie_store_disk_bytes',
      help: 'The disk on which the store lies: what is left of it, and all; missing where the store does not say',
      labelNames: ['what'],
      registers: [this.registry],
      async collect() {
        this.reset();
        const { disk } = await store.space();
        if (!disk) return;
        this.set({ what: 'free' }, disk.bytesFree);
        this.set({ what: 'total' }, disk.bytesTotal);
      },
    });
  }
}
