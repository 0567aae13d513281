import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { BlobsService } from './blobs.service.js';
import { CheckMediaJobs } from './check-media.jobs.js';
import { MediaController } from './media.controller.js';
import { MediaService } from './media.service.js';
import { PacksService } from './packs.service.js';
import { RenditionsService } from './renditions.service.js';

@Module({
  imports: [AuditModule, KeysModule, ProjectsModule],
  controllers: [MediaController],
  providers: [MediaService, BlobsService, PacksService, RenditionsService, CheckMediaJobs],
  exports: [MediaService, BlobsService, PacksService, RenditionsService],
})
export class MediaModule {}
