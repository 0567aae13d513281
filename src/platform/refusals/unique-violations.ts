import type { ErrorCode } from '@aerie/protocol';

/**
 * What a caller is told when a unique constraint refuses, by the constraint's name. A row here means that a client can
 * choose the value; constraints over what this server makes at random, or inserts in one place only, have none, and
 * their violation is a fault of the server. A contract test compares this list with the database.
 */
export const uniqueViolations: Readonly<Record<string, ErrorCode>> = {
  organization_pkey: 'setup.already_done',
  organization_singleton_key: 'setup.already_done',
  member_pkey: 'record.conflict',
  member_certificate_fp_key: 'record.conflict',
  member_recovery_token_digest_key: 'record.conflict',
  device_pkey: 'record.conflict',
  device_certificate_fp_key: 'record.conflict',
  renderer_offer_pkey: 'record.conflict',
  project_pkey: 'record.conflict',
  epoch_pkey: 'record.conflict',
  epoch_certificate_fp_key: 'record.conflict',
  envelope_pkey: 'record.conflict',
  pairing_pkey: 'pairing.conflict',
  idempotency_key_pkey: 'request.in_progress',
  media_pkey: 'media.replayed',
  shred_key_pkey: 'media.replayed',
  rendition_pkey: 'media.replayed',
  rendering_pkey: 'media.replayed',
  alias_pkey: 'blob.conflict',
  blob_pkey: 'blob.conflict',
  pkesk_pkey: 'blob.conflict',
  upload_pkey: 'upload.conflict',
  upload_blob_pkey: 'upload.conflict',
  upload_part_pkey: 'upload.part_conflict',
};

/** Unique all the same, but not a client's to choose. */
export const serverMadeUniques: readonly string[] = [
  'audit_event_pkey',
  'challenge_pkey',
  'media_position_key',
  'member_backup_pkey',
  'member_key_pkey',
  'membership_entry_digest_key',
  'membership_entry_pkey',
  'object_pkey',
  'orphan_pkey',
  'outbox_pkey',
  'outbox_unique_key',
  'receipt_key_pkey',
  'session_id_key',
  'session_pkey',
  'upload_blob_object_key_key',
];
