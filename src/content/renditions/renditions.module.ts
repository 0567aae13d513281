import { Module } from '@nestjs/common';
import { IdentityModule } from '../../trust/identity/identity.module.js';
import { MembershipModule } from '../../trust/membership/membership.module.js';
import { AuditModule } from '../../trust/audit/audit.module.js';
import { MediaModule } from '../media/media.module.js';
import { ObjectsModule } from '../objects/objects.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { PackBlobsJobs } from './pack-blobs.jobs.js';
import { RenditionsController } from './renditions.controller.js';
import { PacksService } from './packs.service.js';
import { RenderingsService } from './renderings.service.js';
import { RenditionsService } from './renditions.service.js';

@Module({
  imports: [AuditModule, MembershipModule, IdentityModule, MediaModule, ObjectsModule, UploadsModule],
  controllers: [RenditionsController],
  providers: [RenditionsService, RenderingsService, PacksService, PackBlobsJobs],
  exports: [RenditionsService],
})
export class RenditionsModule {}
