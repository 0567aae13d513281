import { Module } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { ReceiptsService } from './receipts.service.js';

@Module({ providers: [AuditService, ReceiptsService], exports: [AuditService, ReceiptsService] })
export class AuditModule {}
