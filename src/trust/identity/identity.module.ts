import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MembershipModule } from '../membership/membership.module.js';
import { DeviceAspects } from './device-aspects.js';
import { DeviceNamesService } from './device-names.service.js';
import { DevicesService } from './devices.service.js';
import { IdentityController } from './identity.controller.js';
import { MemberKeysService } from './member-keys.service.js';
import { OrganizationService } from './organization.service.js';
import { PairingsService } from './pairings.service.js';
import { SessionHook } from './session.hook.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [AuditModule, MembershipModule],
  controllers: [IdentityController],
  providers: [
    OrganizationService,
    DeviceAspects,
    DevicesService,
    DeviceNamesService,
    MemberKeysService,
    PairingsService,
    SessionsService,
    SessionHook,
  ],
  exports: [OrganizationService, DeviceAspects, DevicesService, SessionsService],
})
export class IdentityModule {}
