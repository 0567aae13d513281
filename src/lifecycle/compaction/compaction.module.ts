import { Module } from '@nestjs/common';
import { MediaModule } from '../../content/media/media.module.js';
import { ObjectsModule } from '../../content/objects/objects.module.js';
import { CompactObjectsJobs } from './compact-objects.jobs.js';

@Module({ imports: [MediaModule, ObjectsModule], providers: [CompactObjectsJobs] })
export class CompactionModule {}
