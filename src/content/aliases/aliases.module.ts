import { Module } from '@nestjs/common';
import { AuditModule } from '../../trust/audit/audit.module.js';
import { IdentityModule } from '../../trust/identity/identity.module.js';
import { MembershipModule } from '../../trust/membership/membership.module.js';
import { MediaModule } from '../media/media.module.js';
import { AliasesController } from './aliases.controller.js';
import { AliasesService } from './aliases.service.js';

@Module({
  imports: [AuditModule, MembershipModule, IdentityModule, MediaModule],
  controllers: [AliasesController],
  providers: [AliasesService],
})
export class AliasesModule {}
