import { Module } from '@nestjs/common';
import { DeleteObjectsJobs } from './delete-objects.jobs.js';
import { ObjectsService } from './objects.service.js';

@Module({ providers: [ObjectsService, DeleteObjectsJobs], exports: [ObjectsService] })
export class ObjectsModule {}
