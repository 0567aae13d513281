import type { Membership, TrustedDevice } from '@aerie/protocol';
import { ApiError } from '../../platform/http/api-error.js';

/** What the chain says of a device, its certificate among it; also of one that was revoked. @throws ApiError device.unknown */
export function trustedDevice(membership: Membership, deviceId: string): TrustedDevice {
  const device = membership.devices.get(deviceId);
  if (!device) throw new ApiError('device.unknown');
  return device;
}
