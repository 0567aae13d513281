import { Injectable, type OnModuleInit } from '@nestjs/common';
import { asSealed, concatBytes, segmentBytes } from '@aerie/protocol';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import { defineJob } from '../../platform/jobs/define-job.js';
import { HandlesJob } from '../../platform/jobs/handles-job.decorator.js';
import { OutboxRelay } from '../../platform/jobs/outbox-relay.js';
import { PacksService } from './packs.service.js';
import { MovesService } from '../media/moves.service.js';
import { ObjectsService } from '../objects/objects.service.js';

/** Moves small sealed blobs out of the database, hundreds to one object, so a gallery page stays a few range reads. */
export const PackBlobs = defineJob('previews.pack-blobs', z.object({}));

@Injectable()
export class PackBlobsJobs implements OnModuleInit {
  constructor(
    private readonly packs: PacksService,
    private readonly moves: MovesService,
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

  private async packOnce(projectId: string): Promise<boolean> {
    const blobs = await this.packs.waiting(projectId, segmentBytes);
    if (blobs.length === 0) return false;
    const octets = asSealed(concatBytes(blobs.map(({ content }) => content)));
    const blobIds = blobs.map(({ id }) => id);
    await this.objects.pack('pack', projectId, octets, (key) => this.moves.pack(key, blobIds));
    return true;
  }
}
