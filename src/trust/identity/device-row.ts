import type { TrustedDevice } from '@aerie/protocol';

/** A device of the chain, as the row that is asked on every request. */
export const deviceRow = ({ record, label, certificate }: TrustedDevice) => ({
  id: record.deviceId,
  memberId: record.memberId,
  kind: record.kind,
  label,
  certificateFp: certificate.fingerprint,
  certificate: Buffer.from(certificate.bytes),
  projects: record.projects,
  expiresAt: record.expiresAt === null ? null : new Date(record.expiresAt),
});
