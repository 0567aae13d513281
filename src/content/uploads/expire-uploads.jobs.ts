import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import { defineJob } from '../../platform/jobs/define-job.js';
import { HandlesJob } from '../../platform/jobs/handles-job.decorator.js';
import { OutboxRelay } from '../../platform/jobs/outbox-relay.js';
import { OpenUploadsService } from './open-uploads.service.js';

/** Closes uploads whose client did not come back in time. */
export const ExpireUploads = defineJob('uploads.expire-uploads', z.object({}));

/** One transaction closes at most so many, so that its locks are short. */
const rowsMax = 100;

@Injectable()
export class ExpireUploadsJobs implements OnModuleInit {
  constructor(
    private readonly uploads: OpenUploadsService,
    private readonly relay: OutboxRelay,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.relay.every(ExpireUploads, this.config.environment.AERIE_TICK_SECONDS * 1000);
  }

  @HandlesJob(ExpireUploads)
  async expire(): Promise<void> {
    while ((await this.uploads.expireDue(rowsMax)) === rowsMax);
  }
}
