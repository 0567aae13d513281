import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BlobRole } from '@aerie/protocol';

/** Sealed octets of a media, in one of two places: a range of an object, or this row (small, for a while). */
@Entity('blob')
export class Blob {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'uuid', name: 'media_id' })
  mediaId!: string;
  @Column({ type: 'text' })
  role!: BlobRole;
  @Column({ type: 'bigint' })
  bytes!: string;
  @Column({ type: 'bytea', name: 'segment_digests' })
  segmentDigests!: Buffer;
  @Column({ type: 'text', name: 'object_key', nullable: true })
  objectKey!: string | null;
  @Column({ type: 'bigint', name: 'object_offset', nullable: true })
  objectOffset!: string | null;
  @Column({ type: 'bytea', nullable: true })
  content!: Buffer | null;
  @Column({ type: 'timestamptz', name: 'damaged_at', nullable: true })
  damagedAt!: Date | null;
}
