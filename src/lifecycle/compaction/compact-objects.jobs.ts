import { buffer } from 'node:stream/consumers';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { asSealed, concatBytes } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { MediaService } from '../../content/media/media.service.js';
import { type LyingBlob, MovesService } from '../../content/media/moves.service.js';
import { segmentDigestsOf } from '../../content/media/segment-hasher.js';
import { cutFrom, slicesOf } from '../../content/media/slices.js';
import { ObjectsService } from '../../content/objects/objects.service.js';
import { Config } from '../../platform/config/config.js';
import { defineJob } from '../../platform/jobs/define-job.js';
import { HandlesJob } from '../../platform/jobs/handles-job.decorator.js';
import { OutboxRelay } from '../../platform/jobs/outbox-relay.js';
import { ObjectStore, isAbsence } from '../../platform/storage/object-store.port.js';

/** Writes what still lies in a half-empty object into a new one, so that what is gone is gone from the store as well. */
export const CompactObjects = defineJob('compaction.compact-objects', z.object({}));

const pageObjects = 20;

@Injectable()
export class CompactObjectsJobs implements OnModuleInit {
  private readonly log = new Logger('compaction');
  private readonly ageMs: number;

  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly objects: ObjectsService,
    private readonly media: MediaService,
    private readonly moves: MovesService,
    private readonly relay: OutboxRelay,
    config: Config,
  ) {
    this.ageMs = config.environment.AERIE_ORPHAN_AGE_SECONDS * 1000;
  }

  onModuleInit(): void {
    this.relay.every(CompactObjects, this.ageMs / 4);
  }

  @HandlesJob(CompactObjects)
  async compact(): Promise<void> {
    for (const { key, projectId } of await this.objects.sparse(this.ageMs, pageObjects)) {
      const blobs = await this.moves.blobsIn(key);
      if (blobs.length === 0) await this.objects.retire(this.database.manager, key, 0);
      else await this.rewrite(key, projectId, blobs);
    }
  }

  private async rewrite(from: string, projectId: string, blobs: readonly LyingBlob[]): Promise<void> {
    const octets = await this.readWhole(blobs);
    if (!octets)
      return this.log.error({ objectKey: from }, 'an object that is to be compacted is damaged; it stays as it is');
    const blobIds = blobs.map(({ id }) => id);
    await this.objects.pack('compact', projectId, asSealed(octets), (to) =>
      this.moves.move(from, to, blobIds, this.ageMs),
    );
  }

  /**
   * The octets of the blobs, back to back. Null where they are not what was acknowledged: a copy would carry the damage on,
   * and whoever repairs the object needs it as it is. The check of these media finds it, too, and marks them.
   */
  private async readWhole(blobs: readonly LyingBlob[]): Promise<Uint8Array | null> {
    const pieces: Uint8Array[] = [];
    for (const slice of slicesOf(blobs)) {
      const octets = await this.read(slice.key, slice);
      for (const blob of slice.blobs) {
        const own = octets && cutFrom(slice, octets, blob);
        if (!own || !segmentDigestsOf(own).equals(blob.segmentDigests)) {
          await this.media.checkSoon(blob.mediaId);
          return null;
        }
        pieces.push(own);
      }
    }
    return concatBytes(pieces);
  }

  private async read(key: string, range: { start: number; end: number }): Promise<Buffer | null> {
    try {
      return await buffer(await this.store.get(key, range));
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }
}
