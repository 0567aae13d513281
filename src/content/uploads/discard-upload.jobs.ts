import { Injectable } from '@nestjs/common';
import { Id } from '@aerie/protocol';
import { DataSource, In } from 'typeorm';
import { z } from 'zod';
import { type PayloadOf, defineJob } from '../../platform/jobs/define-job.js';
import { HandlesJob, type RunningJob } from '../../platform/jobs/handles-job.decorator.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { ObjectStore } from '../../platform/storage/object-store.port.js';
import { ObjectsService } from '../objects/objects.service.js';
import { Upload, UploadBlob, UploadPart } from './upload.entity.js';

/** Removes from the store what an aborted or expired upload left there, then the rows that named it. */
export const DiscardUpload = defineJob('uploads.discard-upload', z.object({ mediaId: Id }));

@Injectable()
export class DiscardUploadJobs {
  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly objects: ObjectsService,
  ) {}

  @HandlesJob(DiscardUpload)
  async discard({ mediaId }: PayloadOf<typeof DiscardUpload>, running: RunningJob): Promise<void> {
    const upload = await this.database.getRepository(Upload).findOneBy({ mediaId });
    // Only ever of a closed upload: a committed one's objects belong to its media.
    if (upload?.state !== 'aborted' && upload?.state !== 'expired') return;
    const blobs = await this.database.getRepository(UploadBlob).findBy({ mediaId });
    for (const { objectKey } of blobs) {
      // Also where no row says that any were begun: who began them may have died before it could write that.
      await this.store.abortParts(objectKey);
      await this.store.delete(objectKey);
    }
    failpoint('discard.deleted');
    await this.database.transaction(async (manager) => {
      await manager.delete(UploadPart, { blobId: In(blobs.map(({ id }) => id)) });
      await manager.delete(UploadBlob, { mediaId });
      await this.objects.forget(
        manager,
        blobs.map(({ objectKey }) => objectKey),
      );
      await running.complete(manager);
    });
  }
}
