/** What a member says of a device, before it is signed. */
import { uploadOnlyDeviceDaysDefault, type DeviceRecord } from '@aerie/protocol';

/** `createdAt` is the server's time. */
type Known = Pick<DeviceRecord, 'organizationId' | 'memberId' | 'deviceId' | 'label' | 'certificateFp' | 'createdAt'>;

const dayMs = 24 * 60 * 60 * 1000;

export const fullDevice = (known: Known): DeviceRecord => ({
  v: 1,
  type: 'device',
  ...known,
  kind: 'full',
  projects: null,
  expiresAt: null,
});

export const uploadOnlyDevice = (
  known: Known,
  { projectId, days = uploadOnlyDeviceDaysDefault }: { projectId: string; days?: number },
): DeviceRecord => ({
  v: 1,
  type: 'device',
  ...known,
  kind: 'upload-only',
  projects: [projectId],
  expiresAt: new Date(Date.parse(known.createdAt) + days * dayMs).toISOString(),
});
