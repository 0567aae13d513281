import { Module } from '@nestjs/common';
import { AuditModule } from '../../trust/audit/audit.module.js';
import { ObjectsModule } from '../../content/objects/objects.module.js';
import { ReclaimOrphansJobs } from './reclaim-orphans.jobs.js';

@Module({ imports: [AuditModule, ObjectsModule], providers: [ReclaimOrphansJobs] })
export class ReclaimModule {}
