import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { defineJob } from '../../platform/jobs/define-job.js';
import { HandlesJob } from '../../platform/jobs/handles-job.decorator.js';
import { OutboxRelay } from '../../platform/jobs/outbox-relay.js';
import { ObjectStore } from '../../platform/storage/object-store.port.js';
import { ObjectsService } from './objects.service.js';

/** Clears the store of dead objects. */
export const DeleteObjects = defineJob('objects.delete-objects', z.object({}));

const pageObjects = 100;

@Injectable()
export class DeleteObjectsJobs implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly objects: ObjectsService,
    private readonly relay: OutboxRelay,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.relay.every(DeleteObjects, this.config.environment.AERIE_TICK_SECONDS * 1000);
  }

  /** The object first, then its row: nothing can come to lie in a dead object, and a crash in between deletes it twice. */
  @HandlesJob(DeleteObjects)
  async delete(): Promise<void> {
    for (;;) {
      const keys = await this.objects.due(pageObjects);
      if (keys.length === 0) return;
      for (const key of keys) await this.store.delete(key);
      failpoint('objects.deleted');
      await inTransaction(this.database, (manager) => this.objects.forget(manager, keys));
    }
  }
}
