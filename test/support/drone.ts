import { join } from '@aerie/sdk';
import { RawDevice } from './raw.js';

/** A new device of this member that may only add files, to one project. */
export async function enrollDrone({ aerie }: RawDevice, projectId: string): Promise<RawDevice> {
  const label = 'upload-only device';
  return RawDevice.open(await join(await aerie.devices.enrollUploadOnly({ projectId, label, isProposed: true })));
}
