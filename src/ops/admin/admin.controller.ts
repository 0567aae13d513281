import { Controller } from '@nestjs/common';
import { routes } from '@aerie/protocol';
import { Input, type InputOf, Serves } from '../../platform/http/serves.decorator.js';
import { JobsService } from './jobs.service.js';
import { StorageService } from './storage.service.js';
import { WarningsService } from './warnings.service.js';

/** What owners need to run the service. */
@Controller()
export class AdminController {
  constructor(
    private readonly storage: StorageService,
    private readonly jobs: JobsService,
    private readonly warnings: WarningsService,
  ) {}

  @Serves(routes.readStorage)
  readStorage() {
    return this.storage.view();
  }

  @Serves(routes.readJobs)
  readJobs() {
    return this.jobs.view();
  }

  @Serves(routes.retryJob)
  retryJob(@Input() { params }: InputOf<typeof routes.retryJob>) {
    return this.jobs.retry(params.jobId);
  }

  @Serves(routes.listWarnings)
  listWarnings() {
    return this.warnings.list();
  }
}
