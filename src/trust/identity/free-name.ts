import { type DeviceRecord, deviceNameKey } from '@aerie/protocol';
import type { EntityManager } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';

/**
 * The caller holds the membership chain, so nobody takes a name at the same time. Names of devices that were revoked or
 * have expired are free; that depends on the time, so no index can say it, and no replay of the chain.
 * @throws ApiError device.name_taken
 */
export async function requireFreeName(
  manager: EntityManager,
  { memberId, deviceId, label }: Pick<DeviceRecord, 'memberId' | 'deviceId' | 'label'>,
): Promise<void> {
  const others = await manager.query<{ label: string }[]>(
    `SELECT label FROM device
      WHERE member_id = $1 AND id <> $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [memberId, deviceId],
  );
  const key = deviceNameKey(label);
  if (others.some((other) => deviceNameKey(other.label) === key)) throw new ApiError('device.name_taken');
}
