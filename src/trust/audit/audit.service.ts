import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditEvent, type AuditType } from './audit-event.entity.js';

/**
 * Who did it: a device for its member, as in every request with a session; a member alone, where only its signature or its
 * kit is known; null for the server itself.
 */
export type Actor = { readonly deviceId?: string; readonly memberId?: string } | null;

/** Writes down who did what to what, in the transaction that does it, so neither can happen without the other. */
@Injectable()
export class AuditService {
  /** @param objects ids of what it was done to; keys where it was done to objects of the store */
  async record(manager: EntityManager, type: AuditType, by: Actor, objects: readonly string[]): Promise<void> {
    const at = new Date();
    const { deviceId = null, memberId = null } = by ?? {};
    await manager.insert(
      AuditEvent,
      objects.map((object) => ({ at, type, deviceId, memberId, object })),
    );
  }
}
