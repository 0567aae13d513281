import { z } from 'zod';
import { Digest, Fingerprint, Id, Octets32, Timestamp, base64 } from '../ids.js';
import { sealedMemberKeyBytesMax } from '../limits.js';
import { CaptureFacts } from './capture-facts.js';

/** What is inside the encryption. The server never sees these; they are here because every client must agree on them. */

/** The `meta` blob: what the uploader says about the file. Repeats the ids, so it cannot serve another media. */
export const MediaMeta = z.strictObject({
  v: z.literal(1),
  mediaId: Id,
  projectId: Id,
  uploaderFp: Fingerprint,
  /** The file's name as the file system gave it, any characters; a path separator never. */
  name: z.string().max(4096),
  /** The folders it lay in, as the card or the person's choice names them, with `/` between; empty where there were none. */
  folder: z.string().max(4096),
  /** The same for all files of one ingest: what lay together on a card stays together when it is written out. */
  batchId: Id,
  mime: z.string().max(200),
  /** Octets of plaintext. */
  bytes: z.int().nonnegative(),
  sha256: Digest,
  modifiedAt: Timestamp.nullable(),
  capture: CaptureFacts,
  /** SHA-256 of the plaintext of each picture that was sent along, by blob id. */
  pictures: z.record(Id, Digest),
});
export type MediaMeta = z.infer<typeof MediaMeta>;

/** The `alias` blob: another name of a file that is stored already, and where it lay. */
export const AliasContent = z.strictObject({
  v: z.literal(1),
  mediaId: Id,
  projectId: Id,
  signerFp: Fingerprint,
  name: z.string().max(4096),
  folder: z.string().max(4096),
  batchId: Id,
  modifiedAt: Timestamp.nullable(),
});
export type AliasContent = z.infer<typeof AliasContent>;

/** Inside an envelope. `secretKey` is the epoch's transferable secret key; the message around it is its protection. */
export const EnvelopeContent = z.strictObject({
  v: z.literal(1),
  organizationId: Id,
  projectId: Id,
  epoch: z.int().positive(),
  recipientFp: Fingerprint,
  name: z.string().min(1).max(200),
  secretKey: base64(8 * 1024),
  /** 32 octets for content tokens. */
  hashKey: Octets32,
});
export type EnvelopeContent = z.infer<typeof EnvelopeContent>;

/** Inside the sealed backup that the recovery kit opens. */
export const BackupContent = z.strictObject({
  v: z.literal(1),
  organizationId: Id,
  memberId: Id,
  rootFp: Fingerprint,
  rootSecretKey: base64(8 * 1024).nullable(),
  memberSecretKey: base64(8 * 1024),
  /** What the kit signs with: it certifies a new device where none is left. */
  recoverySecretKey: base64(8 * 1024),
});
export type BackupContent = z.infer<typeof BackupContent>;

const belonging = { v: z.literal(1), organizationId: Id, rootFp: Fingerprint, memberId: Id, deviceId: Id };
/** Inside the answer to a pairing: whose device it is now, and what it may do. `rootFp` is what the device pins. */
export const PairingAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    ...belonging,
    kind: z.literal('full'),
    /** The member's transferable secret keys, the oldest first, each in an OpenPGP message to the offered certificate. */
    sealedMemberKeys: z.array(base64(sealedMemberKeyBytesMax)).min(1),
  }),
  z.strictObject({
    ...belonging,
    kind: z.literal('upload-only'),
    projectId: Id,
    projectName: z.string().min(1).max(200),
  }),
]);
export type PairingAnswer = z.infer<typeof PairingAnswer>;
