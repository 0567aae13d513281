import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditEvent, type AuditType } from './audit-event.entity.js';

/** Writes down who did what to which id, in the transaction that does it, so neither can happen without the other. */
@Injectable()
export class AuditService {
  async record(
    manager: EntityManager,
    type: AuditType,
    deviceId: string | null,
    objectIds: readonly string[],
  ): Promise<void> {
    const at = new Date();
    await manager.insert(
      AuditEvent,
      objectIds.map((objectId) => ({ at, type, deviceId, objectId })),
    );
  }
}
