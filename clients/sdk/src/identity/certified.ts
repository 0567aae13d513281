import { Http } from '../api/http.js';
import type { Keyring } from './keyring.js';
import { LocalDevice } from './local-device.js';
import { keepKnown } from './newcomers.js';

/**
 * Logs in with the keyring of a new device, and asks the membership, verified up to the root in the keyring, for it. Notes in
 * the keyring which devices its member has by then.
 * @param projectId what an upload-only device was promised that it may add to; null for a full device
 * @returns whether its member certified this very key for that purpose, and whether the member's keys are the member's
 * @throws TrustError; ServerProblem
 */
export async function confirmEnrollment(
  keyring: Keyring,
  projectId: string | null,
  { fetch }: { fetch?: typeof globalThis.fetch } = {},
): Promise<boolean> {
  const local = await LocalDevice.open(keyring, new Http(keyring.server, fetch));
  const membership = await local.membership();
  const device = membership.devices.get(keyring.deviceId);
  await local.session.end();
  keepKnown(keyring, membership);
  if (device?.until !== null) return false;
  const { certificate, record } = device;
  return (
    record.memberId === keyring.memberId &&
    certificate.fingerprint === local.deviceKey.certificate.fingerprint &&
    record.kind === keyring.kind &&
    (projectId === null || record.projects?.includes(projectId) === true) &&
    (!local.holdsMemberKey || local.memberKeys.areOf(membership, keyring.memberId))
  );
}
