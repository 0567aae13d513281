import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { DevicesService } from './devices.service.js';
import { IdentityController } from './identity.controller.js';
import { OrganisationService } from './organisation.service.js';
import { PairingsService } from './pairings.service.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [AuditModule],
  controllers: [IdentityController],
  providers: [OrganisationService, DevicesService, PairingsService, SessionsService],
  exports: [OrganisationService, DevicesService, SessionsService],
})
export class IdentityModule {}
