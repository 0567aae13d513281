import { type SignedRecord, toBase64 } from '@aerie/protocol';

/** Rows with a record, as they travel. */
export const signedRecordOf = (row: { record: Buffer; signature: Buffer }): SignedRecord => ({
  bytes: toBase64(row.record),
  signature: toBase64(row.signature),
});

export const bufferOf = (base64: string): Buffer => Buffer.from(base64, 'base64');
