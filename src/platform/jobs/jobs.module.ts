import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DatabaseUrl } from '../database/database.module.js';
import { BullmqJobQueue } from './job-queue.bullmq.js';
import { JobQueue } from './job-queue.port.js';
import { JobRunner, RunnerOptions } from './job-runner.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxOptions, OutboxService } from './outbox.service.js';

export interface JobsOptions {
  /** A Redis, or null for the database that holds everything else. */
  redisUrl: string | null;
  /** Letters, digits and hyphens; the same for all processes of one installation, and for no other. */
  instanceId: string;
  /** Jobs that this process runs at a time; 0 for one that only makes work due. */
  concurrency: number;
  outbox?: Partial<OutboxOptions>;
}

/** Chooses the backend of the queue. Needs `DatabaseModule`. */
@Module({})
export class JobsModule {
  static for({ redisUrl, instanceId, concurrency, outbox }: JobsOptions): DynamicModule {
    const openQueue = ({ value }: DatabaseUrl) =>
      BullmqJobQueue.open(redisUrl ? { kind: 'redis', url: redisUrl } : { kind: 'postgres', url: value }, instanceId);
    return {
      module: JobsModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: JobQueue, useFactory: openQueue, inject: [DatabaseUrl] },
        { provide: OutboxOptions, useValue: new OutboxOptions(outbox) },
        { provide: RunnerOptions, useValue: new RunnerOptions(concurrency) },
        OutboxService,
        OutboxRelay,
        JobRunner,
      ],
      exports: [JobQueue, OutboxService, OutboxRelay],
    };
  }
}
