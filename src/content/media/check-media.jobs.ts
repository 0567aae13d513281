import { Injectable, Logger } from '@nestjs/common';
import { DataSource, In, IsNull, Not } from 'typeorm';
import { AuditService } from '../../trust/audit/audit.service.js';
import { ApiError } from '../../platform/http/api-error.js';
import type { PayloadOf } from '../../platform/jobs/define-job.js';
import { HandlesJob, type RunningJob } from '../../platform/jobs/handles-job.decorator.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { Blob } from './blob.entity.js';
import { BlobsService } from './blobs.service.js';
import { CheckMedia } from './check-media.js';
import { Media } from './media.entity.js';
import { SegmentHasher } from './segment-hasher.js';

@Injectable()
export class CheckMediaJobs {
  private readonly log = new Logger('media');

  constructor(
    private readonly database: DataSource,
    private readonly blobs: BlobsService,
    private readonly audit: AuditService,
  ) {}

  @HandlesJob(CheckMedia)
  async check({ mediaIds }: PayloadOf<typeof CheckMedia>, running: RunningJob): Promise<void> {
    const blobs = await this.database.getRepository(Blob).findBy({ mediaId: In(mediaIds) });
    const damaged: Blob[] = [];
    for (const blob of blobs) if (!(await this.isWhole(blob))) damaged.push(blob);
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

  private async isWhole(blob: Blob): Promise<boolean> {
    const hasher = new SegmentHasher();
    try {
      for await (const octets of await this.blobs.open(blob)) hasher.update(octets as Buffer);
    } catch (error) {
      // Missing is a finding. A store that does not answer is not: the job fails and runs again later.
      if (error instanceof ApiError && error.code === 'blob.missing') return false;
      throw error;
    }
    return hasher.bytes === Number(blob.bytes) && hasher.finish().equals(blob.segmentDigests);
  }
}
