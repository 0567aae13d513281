import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { DevicesService } from './devices.service.js';
import { IdentityController } from './identity.controller.js';
import { OrganizationService } from './organization.service.js';
import { PairingsService } from './pairings.service.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [AuditModule],
  controllers: [IdentityController],
  providers: [OrganizationService, DevicesService, PairingsService, SessionsService],
  exports: [OrganizationService, DevicesService, SessionsService],
})
export class IdentityModule {}
