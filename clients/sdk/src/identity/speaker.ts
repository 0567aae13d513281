/** Whose word counts: judged by place in the membership chain, and, for what runs out, by the server's time. */
import type { DeviceRecord, Membership, Signer, TrustedDevice } from '@aerie/protocol';
import { TrustError } from '../errors.js';

/** Whether a device may add files to that project. */
export const mayAddTo = (projectId: string, { kind, projects }: Pick<DeviceRecord, 'kind' | 'projects'>): boolean =>
  kind === 'full' || (kind === 'upload-only' && (projects?.includes(projectId) ?? false));

/**
 * The device that speaks, if it could.
 * @param when.size entries that the chain had by then
 * @param when.at RFC 3339: an enrollment that is limited had not run out by then
 * @throws TrustError `trust.membership`
 */
export function speakerOf(
  membership: Membership,
  signer: Signer,
  { size, at }: { size: number; at: string },
): TrustedDevice {
  const device = found(membership, signer, size);
  const { expiresAt } = device.record;
  if (expiresAt !== null && Date.parse(at) >= Date.parse(expiresAt))
    throw new TrustError('trust.membership', `The enrollment of the device "${device.label}" had run out before that`);
  return device;
}

function found(membership: Membership, signer: Signer, size: number): TrustedDevice {
  try {
    return membership.speaker(signer, size);
  } catch (error) {
    throw new TrustError('trust.membership', (error as Error).message, { cause: error });
  }
}
