/**
 * Devices of this member that appeared without being approved here: added with the recovery kit, or approved on another
 * device. The keyring keeps which are known, so that a device which the person does not expect is told of and can be revoked.
 */
import type { DeviceRecord, Membership, TrustedDevice } from '@aerie/protocol';
import type { Keyring } from './keyring.js';
import type { LocalDevice } from './local-device.js';

/** Also one that is revoked by now: it could read until then. */
export interface Newcomer {
  readonly deviceId: string;
  readonly label: string;
  readonly kind: DeviceRecord['kind'];
  readonly createdAt: string;
  readonly revokedAt: string | null;
  /** It was told of before, and not yet called known. */
  readonly wasAnnounced: boolean;
}

export const isNewcomer = (
  { keyring, holdsMemberKey }: LocalDevice,
  { memberId, deviceId }: Pick<DeviceRecord, 'memberId' | 'deviceId'>,
): boolean =>
  holdsMemberKey &&
  memberId === keyring.memberId &&
  deviceId !== keyring.deviceId &&
  keyring.knownDevices[deviceId] !== 'known';

export const newcomersIn = (membership: Membership, local: LocalDevice): Newcomer[] =>
  [...membership.devices.values()].filter(({ record }) => isNewcomer(local, record)).map((one) => describe(one, local));

function describe({ record, label, revokedAt }: TrustedDevice, { keyring }: LocalDevice): Newcomer {
  const { deviceId, kind, createdAt } = record;
  return { deviceId, label, kind, createdAt, revokedAt, wasAnnounced: keyring.knownDevices[deviceId] === 'announced' };
}

/** For the keyring of a new device: it announces nothing that was there before it. Devices that open nothing keep no such list. */
export function keepKnown(keyring: Keyring, membership: Membership): void {
  if (keyring.kind !== 'full') return;
  const own = [...membership.devices.values()].filter(({ record }) => record.memberId === keyring.memberId);
  keyring.knownDevices = Object.fromEntries(own.map(({ record }) => [record.deviceId, 'known']));
}

/** Notes it and saves the keyring; known stays known. */
export async function noteDevices(
  { keyring, onKeyringChanged }: LocalDevice,
  deviceIds: readonly string[],
  as: 'announced' | 'known',
): Promise<void> {
  const changed = deviceIds.filter((deviceId) => ![as, 'known'].includes(keyring.knownDevices[deviceId] ?? ''));
  if (changed.length === 0) return;
  for (const deviceId of changed) keyring.knownDevices[deviceId] = as;
  await onKeyringChanged(keyring);
}
