import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { MediaModule } from '../media/media.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { PackBlobsJobs } from './pack-blobs.jobs.js';
import { PreviewsController } from './previews.controller.js';
import { RenderingsService } from './renderings.service.js';

@Module({
  imports: [IdentityModule, MediaModule, UploadsModule],
  controllers: [PreviewsController],
  providers: [RenderingsService, PackBlobsJobs],
})
export class PreviewsModule {}
