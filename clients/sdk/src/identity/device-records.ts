/** What is said of a device when it is certified. */
import { toBase64, uploadOnlyDeviceDaysDefault, type Certificate, type EntrySigner } from '@aerie/protocol';
import { signRecord, type SecretKey } from '../crypto/openpgp.js';
import type { EntryDraft } from './append.js';

type DeviceSaid = Extract<EntryDraft['said'], { type: 'device' }>;

interface Known {
  readonly signer: Extract<EntrySigner, { by: 'device' | 'recovery' }>;
  readonly memberId: string;
  readonly deviceId: string;
  readonly label: string;
  readonly certificate: Certificate;
  /** From `proveDevice`, base64. */
  readonly proof: string;
}

const dayMs = 24 * 60 * 60 * 1000;

const certified = ({ certificate, ...known }: Known) =>
  ({ type: 'device', ...known, certificate: toBase64(certificate.bytes) }) as const;

export const fullDevice = (known: Known): DeviceSaid => ({
  ...certified(known),
  kind: 'full',
  projects: null,
  expiresAt: null,
});

export const rendererDevice = (known: Known): DeviceSaid => ({
  ...certified(known),
  kind: 'renderer',
  projects: null,
  expiresAt: null,
});

/** @param now the server's time */
export const uploadOnlyDevice = (
  known: Known,
  { projectId, days = uploadOnlyDeviceDaysDefault, now }: { projectId: string; days?: number; now: string },
): DeviceSaid => ({
  ...certified(known),
  kind: 'upload-only',
  projects: [projectId],
  expiresAt: new Date(Date.parse(now) + days * dayMs).toISOString(),
});

/** The device's word that it holds its key and wants to be that device: without it nobody certifies the key. Base64. */
export async function proveDevice(key: SecretKey, organizationId: string, deviceId: string): Promise<string> {
  const certificateFp = key.certificate.fingerprint;
  const proof = { v: 1, type: 'device-proof', organizationId, deviceId, certificateFp } as const;
  return toBase64((await signRecord('device-proof', proof, key)).signature);
}
