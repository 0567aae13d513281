import { Module } from '@nestjs/common';
import { RenditionsModule } from '../../content/renditions/renditions.module.js';
import { HealthModule } from '../../platform/health/health.module.js';
import { AdminController } from './admin.controller.js';
import { JobsService } from './jobs.service.js';
import { StorageService } from './storage.service.js';
import { WarningsService } from './warnings.service.js';

@Module({
  imports: [HealthModule, RenditionsModule],
  controllers: [AdminController],
  providers: [StorageService, JobsService, WarningsService],
})
export class AdminModule {}
