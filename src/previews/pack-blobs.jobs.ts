import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { asSealed, concatBytes, segmentBytes } from '@aerie/protocol';
import { z } from 'zod';
import { Config } from '../config/config.js';
import { defineJob } from '../jobs/define-job.js';
import { HandlesJob } from '../jobs/handles-job.decorator.js';
import { OutboxRelay } from '../jobs/outbox-relay.js';
import { PacksService } from '../media/packs.service.js';
import { newObjectKey } from '../storage/object-key.js';
import { step } from '../steps/step.js';
import { ObjectStore } from '../storage/object-store.port.js';

/** Moves small sealed blobs out of the database, hundreds to one object, so a gallery page stays a few range reads. */
export const PackBlobs = defineJob('previews.pack-blobs', z.object({}));

@Injectable()
export class PackBlobsJobs implements OnModuleInit {
  constructor(
    private readonly packs: PacksService,
    private readonly store: ObjectStore,
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

  /** Row first, object second, slices last: a crash leaves a pack that nothing points into, and reclaiming finds it. */
  private async packOnce(projectId: string): Promise<boolean> {
    const blobs = await this.packs.waiting(projectId, segmentBytes);
    if (blobs.length === 0) return false;
    const octets = asSealed(concatBytes(blobs.map(({ content }) => content)));
    const key = newObjectKey();
    await this.packs.announce(key, projectId, octets.length);
    step('pack.claimed');
    await this.store.put(key, octets, createHash('sha256').update(octets).digest());
    step('pack.stored');
    await this.packs.fill(
      key,
      blobs.map(({ id }) => id),
    );
    step('pack.written');
    return true;
  }
}
