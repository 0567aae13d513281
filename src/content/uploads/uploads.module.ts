import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { AuditModule } from '../../trust/audit/audit.module.js';
import { IdentityModule } from '../../trust/identity/identity.module.js';
import { MembershipModule } from '../../trust/membership/membership.module.js';
import { Config } from '../../platform/config/config.js';
import { MediaModule } from '../media/media.module.js';
import { ObjectsModule } from '../objects/objects.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { BundleStore } from './bundle-store.js';
import { CommitWriter } from './commit-writer.js';
import { CommitsService } from './commits.service.js';
import { DiscardUploadJobs } from './discard-upload.jobs.js';
import { ExpireUploadsJobs } from './expire-uploads.jobs.js';
import { Intake } from './intake.js';
import { OpenUploadsService } from './open-uploads.service.js';
import { PartJoiner } from './part-joiner.js';
import { UploadsController } from './uploads.controller.js';
import { UploadsService } from './uploads.service.js';

const openIntake = ({ environment }: Config): Intake => new Intake(join(environment.AERIE_DATA_DIR, 'arriving'));

@Module({
  imports: [AuditModule, MembershipModule, IdentityModule, ProjectsModule, ObjectsModule, MediaModule],
  controllers: [UploadsController],
  providers: [
    UploadsService,
    OpenUploadsService,
    CommitsService,
    CommitWriter,
    BundleStore,
    PartJoiner,
    { provide: Intake, useFactory: openIntake, inject: [Config] },
    DiscardUploadJobs,
    ExpireUploadsJobs,
  ],
  exports: [Intake, BundleStore],
})
export class UploadsModule {}
