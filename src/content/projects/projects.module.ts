import { Module } from '@nestjs/common';
import { AuditModule } from '../../trust/audit/audit.module.js';
import { IdentityModule } from '../../trust/identity/identity.module.js';
import { MembershipModule } from '../../trust/membership/membership.module.js';
import { ProjectAccess } from './project-access.js';
import { ProjectsController } from './projects.controller.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [AuditModule, MembershipModule, IdentityModule],
  controllers: [ProjectsController],
  providers: [ProjectAccess, ProjectsService],
  exports: [ProjectAccess, ProjectsService],
})
export class ProjectsModule {}
