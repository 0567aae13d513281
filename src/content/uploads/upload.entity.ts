import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BlobRole } from '@aerie/protocol';

export type UploadStateName = 'open' | 'committed' | 'aborted' | 'expired';

/** A media on its way in. The row comes before any object, so an object without a row is an orphan for certain. */
@Entity('upload')
export class Upload {
  @PrimaryColumn({ type: 'uuid', name: 'media_id' })
  mediaId!: string;
  @Column({ type: 'uuid', name: 'project_id' })
  projectId!: string;
  @Column({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'text' })
  state!: UploadStateName;
  @Column({ type: 'bigint', name: 'bytes_reserved' })
  bytesReserved!: string;
  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}

/** One blob of an upload and the object it will become. */
@Entity('upload_blob')
export class UploadBlob {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'uuid', name: 'media_id' })
  mediaId!: string;
  @Column({ type: 'text' })
  role!: BlobRole;
  @Column({ type: 'bigint' })
  bytes!: string;
  @Column({ type: 'text', name: 'object_key' })
  objectKey!: string;
  /** The store's name for an upload in parts; null for blobs of one part, and before the first part. */
  @Column({ type: 'text', name: 'upload_ref', nullable: true })
  uploadRef!: string | null;
}

@Entity('upload_part')
export class UploadPart {
  @PrimaryColumn({ type: 'uuid', name: 'blob_id' })
  blobId!: string;
  @PrimaryColumn({ type: 'int' })
  number!: number;
  @Column({ type: 'bytea' })
  digest!: Buffer;
  @Column({ type: 'bytea', name: 'segment_digests' })
  segmentDigests!: Buffer;
  @Column({ type: 'text', nullable: true })
  tag!: string | null;
}
