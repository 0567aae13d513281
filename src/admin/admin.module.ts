import { Module } from '@nestjs/common';
import { MediaModule } from '../media/media.module.js';
import { AdminController } from './admin.controller.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { JobsService } from './jobs.service.js';
import { StorageService } from './storage.service.js';
import { WarningsService } from './warnings.service.js';

@Module({
  imports: [MediaModule],
  controllers: [HealthController, AdminController],
  providers: [HealthService, StorageService, JobsService, WarningsService],
})
export class AdminModule {}
