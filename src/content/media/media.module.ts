import { Module } from '@nestjs/common';
import { AuditModule } from '../../trust/audit/audit.module.js';
import { KeysModule } from '../../trust/keys/keys.module.js';
import { ObjectsModule } from '../objects/objects.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { BlobsService } from './blobs.service.js';
import { CheckMediaJobs } from './check-media.jobs.js';
import { MediaAspects } from './media-aspects.js';
import { MediaController } from './media.controller.js';
import { MediaService } from './media.service.js';
import { MovesService } from './moves.service.js';

@Module({
  imports: [AuditModule, KeysModule, ProjectsModule, ObjectsModule],
  controllers: [MediaController],
  providers: [MediaService, MediaAspects, BlobsService, MovesService, CheckMediaJobs],
  exports: [MediaService, MediaAspects, BlobsService, MovesService],
})
export class MediaModule {}
