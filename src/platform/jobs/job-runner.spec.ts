import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, NestFactory } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { definedJobs, defineJob } from './define-job.js';
import { HandlesJob } from './handles-job.decorator.js';
import type { JobQueue } from './job-queue.port.js';
import { JobRunner, RunnerOptions } from './job-runner.js';
import type { OutboxRelay } from './outbox-relay.js';
import { OutboxOptions, type OutboxService } from './outbox.service.js';

const Wash = defineJob('test.wash', z.object({}));

@Injectable()
class Washer {
  @HandlesJob(Wash)
  async wash(): Promise<void> {}
}
@Injectable()
class SecondWasher {
  @HandlesJob(Wash)
  async alsoWash(): Promise<void> {}
}

/** Boots a runner that takes no work: it then needs neither database nor queue. */
async function boot(providers: (new () => object)[]): Promise<void> {
  const app = await NestFactory.createApplicationContext(
    { module: class {}, imports: [DiscoveryModule], providers },
    { logger: false, abortOnError: false },
  );
  const nothing = null as unknown;
  const runner = new JobRunner(
    app.get(DiscoveryService),
    app.get(MetadataScanner),
    nothing as DataSource,
    nothing as OutboxService,
    nothing as OutboxRelay,
    nothing as JobQueue,
    new OutboxOptions(),
    new RunnerOptions(0),
  );
  await runner.onApplicationBootstrap().finally(() => app.close());
}

describe('The boot of the job runner', () => {
  it('goes through when every job has one handler', async () => {
    await boot([Washer]);
  });

  it('refuses a job without a handler and says what to type', async () => {
    await expect(boot([])).rejects.toThrow("@HandlesJob(…) with the constant that defineJob('test.wash', …) returned");
  });

  it('refuses a job with two handlers and names the second', async () => {
    await expect(boot([Washer, SecondWasher])).rejects.toThrow('alsoWash is the second');
  });

  it('refuses two jobs of one name', () => {
    expect(() => defineJob('test.wash', z.object({}))).toThrow('test.wash is defined twice');
    expect(definedJobs.get('test.wash')).toBe(Wash);
  });
});
