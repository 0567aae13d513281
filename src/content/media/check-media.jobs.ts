import { Injectable, Logger } from '@nestjs/common';
import { DataSource, In, IsNull, Not } from 'typeorm';
import { AuditService } from '../../trust/audit/audit.service.js';
import { ApiError } from '../../platform/http/api-error.js';
import type { PayloadOf } from '../../platform/jobs/define-job.js';
import { HandlesJob, type RunningJob } from '../../platform/jobs/handles-job.decorator.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { ObjectStore, isAbsence } from '../../platform/storage/object-store.port.js';
import { ObjectsService } from '../objects/objects.service.js';
import { Blob } from './blob.entity.js';
import { BlobsService } from './blobs.service.js';
import { CheckMedia } from './check-media.js';
import { Media } from './media.entity.js';
import { SegmentHasher } from './segment-hasher.js';
import { type Slice, slicesOf } from './slices.js';

@Injectable()
export class CheckMediaJobs {
  private readonly log = new Logger('media');

  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly objects: ObjectsService,
    private readonly blobs: BlobsService,
    private readonly audit: AuditService,
  ) {}

  @HandlesJob(CheckMedia)
  async check({ mediaIds }: PayloadOf<typeof CheckMedia>, running: RunningJob): Promise<void> {
    const blobs = await this.database.getRepository(Blob).findBy({ mediaId: In(mediaIds) });
    const damaged = await this.damagedAmong(blobs.filter(({ content }) => content));
    // What one request brought lies in one object, side by side, and is read in one go.
    const bytes = await this.objects.bytesOf(blobs.flatMap(({ objectKey }) => objectKey ?? []));
    for (const slice of slicesOf(blobs)) damaged.push(...(await this.damagedOf(slice, bytes.get(slice.key)!)));
    failpoint('check.read');
    const damagedIds = damaged.map(({ id }) => id);
    const whole = mediaIds.filter((mediaId) => !damaged.some((blob) => blob.mediaId === mediaId));
    await this.database.transaction(async (manager) => {
      if (whole.length > 0) {
        await manager.update(Media, whole, { checkedAt: new Date() });
        // A store may have been restored from its backup.
        await manager.update(Blob, { mediaId: In(whole), damagedAt: Not(IsNull()) }, { damagedAt: null });
      }
      if (damaged.length > 0) {
        await manager.update(Blob, damagedIds, { damagedAt: new Date() });
        await this.audit.record(manager, 'scrub.failed', null, damagedIds);
      }
      await running.complete(manager);
    });
    if (damaged.length > 0) this.log.error({ blobIds: damagedIds }, 'stored octets differ from what was acknowledged');
  }

  /** Where the slice cannot be read, each by itself: those before a cut are whole, and they may lie elsewhere by now. */
  private async damagedOf({ key, blobs, start, end }: Slice, objectBytes: number): Promise<Blob[]> {
    const hasher = new SliceHasher(start, blobs);
    // Behind the last one of an object there is nothing.
    const last = end === objectBytes ? blobs.at(-1) : undefined;
    try {
      for await (const octets of await this.store.get(key, { start, end: end + (last ? 1 : 0) }))
        hasher.update(octets as Buffer);
    } catch (error) {
      if (!isAbsence(error)) throw error;
      return this.damagedAmong(blobs);
    }
    const damaged = hasher.damaged();
    return last && hasher.at > end && !damaged.includes(last) ? [...damaged, last] : damaged;
  }

  /** Each read by itself. */
  private async damagedAmong(blobs: readonly Blob[]): Promise<Blob[]> {
    const damaged: Blob[] = [];
    for (const blob of blobs) if (!(await this.isWhole(blob))) damaged.push(blob);
    return damaged;
  }

  private async isWhole(blob: Blob): Promise<boolean> {
    const hasher = new SegmentHasher();
    try {
      for await (const octets of await this.blobs.open(blob)) hasher.update(octets as Buffer);
    } catch (error) {
      // Missing is a finding. A store that does not answer is not: the job fails and runs again later.
      if (error instanceof ApiError && error.code === 'blob.missing') return false;
      throw error;
    }
    return isWhole(hasher, blob);
  }
}

const isWhole = (hasher: SegmentHasher, blob: Blob): boolean =>
  hasher.bytes === Number(blob.bytes) && hasher.finish().equals(blob.segmentDigests);

/** Digests the blobs of a slice as its octets come by. */
class SliceHasher {
  private readonly parts: { readonly blob: Blob; readonly from: number; readonly hasher: SegmentHasher }[];

  constructor(
    /** Where the next octet lies in the object. */
    public at: number,
    blobs: readonly Blob[],
  ) {
    this.parts = blobs.map((blob) => ({ blob, from: Number(blob.objectOffset), hasher: new SegmentHasher() }));
  }

  update(octets: Buffer): void {
    const end = this.at + octets.length;
    for (const { blob, from, hasher } of this.parts) {
      const to = from + Number(blob.bytes);
      if (to <= this.at || from >= end) continue;
      hasher.update(octets.subarray(Math.max(0, from - this.at), to - this.at));
    }
    this.at = end;
  }

  /** To be asked once, at the end. */
  damaged(): Blob[] {
    return this.parts.filter(({ blob, hasher }) => !isWhole(hasher, blob)).map(({ blob }) => blob);
  }
}
