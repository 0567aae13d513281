import { type DeviceRecord, deviceNameKey, parseRecord } from '@aerie/protocol';
import type { EntityManager } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';

/**
 * Holds the names of a member's devices until the transaction ends: whoever takes one at the same time waits. Names of
 * devices that were revoked or have expired are free; that depends on the time, so no index can say it.
 * @throws ApiError device.name_taken
 */
export async function requireFreeName(
  manager: EntityManager,
  { memberId, deviceId, label }: Pick<DeviceRecord, 'memberId' | 'deviceId' | 'label'>,
): Promise<void> {
  await manager.query('SELECT 1 FROM member WHERE id = $1 FOR NO KEY UPDATE', [memberId]);
  const others = await manager.query<{ record: Buffer }[]>(
    `SELECT record FROM device
      WHERE member_id = $1 AND id <> $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [memberId, deviceId],
  );
  const key = deviceNameKey(label);
  if (others.some(({ record }) => deviceNameKey(parseRecord('device', record).label) === key))
    throw new ApiError('device.name_taken');
}
