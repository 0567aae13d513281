import { Injectable, type OnModuleInit } from '@nestjs/common';
import { asSealed, concatBytes, segmentBytes } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import { defineJob } from '../../platform/jobs/define-job.js';
import { HandlesJob } from '../../platform/jobs/handles-job.decorator.js';
import { OutboxRelay } from '../../platform/jobs/outbox-relay.js';
import { PacksService } from './packs.service.js';
import { newObjectKey } from '../../platform/storage/object-key.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { ObjectsService } from '../objects/objects.service.js';

/** Moves small sealed blobs out of the database, hundreds to one object, so a gallery page stays a few range reads. */
export const PackBlobs = defineJob('previews.pack-blobs', z.object({}));

@Injectable()
export class PackBlobsJobs implements OnModuleInit {
  constructor(
    private readonly packs: PacksService,
    private readonly database: DataSource,
    private readonly objects: ObjectsService,
    private readonly relay: OutboxRelay,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.relay.every(PackBlobs, this.config.environment.AERIE_TICK_SECONDS * 1000);
  }

  @HandlesJob(PackBlobs)
  async pack(): Promise<void> {
    for (const projectId of await this.packs.projectsWithEnough()) {
      while (await this.packOnce(projectId));
    }
  }

  /** Row first, object second, places last: a crash leaves a pack in which nothing lies, and reclaiming finds it. */
  private async packOnce(projectId: string): Promise<boolean> {
    const blobs = await this.packs.waiting(projectId, segmentBytes);
    if (blobs.length === 0) return false;
    const octets = asSealed(concatBytes(blobs.map(({ content }) => content)));
    const key = newObjectKey();
    const pack = { key, projectId, deviceId: null, purpose: 'pack' as const, bytes: octets.length, bytesReserved: 0 };
    await this.objects.announce(this.database.manager, [pack]);
    failpoint('pack.claimed');
    await this.objects.put(key, octets);
    failpoint('pack.stored');
    const blobIds = blobs.map(({ id }) => id);
    await this.packs.fill(key, blobIds).catch(async (error: unknown) => {
      await this.objects.discard([key]);
      throw error;
    });
    failpoint('pack.written');
    return true;
  }
}
