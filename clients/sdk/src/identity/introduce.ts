import { signedToWire, toBase64, type Introduction, type RecordOf } from '@aerie/protocol';
import { signRecord, type SecretKey } from '../crypto/openpgp.js';

/** Signs a record that introduces a certificate. */
export async function introduce<T extends 'organization' | 'member' | 'device'>(
  type: T,
  record: RecordOf<T>,
  subject: Pick<SecretKey, 'certificate'>,
  signer: SecretKey,
): Promise<Introduction> {
  return {
    record: signedToWire(await signRecord(type, record, signer)),
    certificate: toBase64(subject.certificate.bytes),
  };
}
