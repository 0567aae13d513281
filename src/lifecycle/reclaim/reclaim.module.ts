import { Module } from '@nestjs/common';
import { AuditModule } from '../../trust/audit/audit.module.js';
import { ReclaimOrphansJobs } from './reclaim-orphans.jobs.js';

@Module({ imports: [AuditModule], providers: [ReclaimOrphansJobs] })
export class ReclaimModule {}
