import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BlobRole } from '@aerie/protocol';

/** Sealed octets of a media, in exactly one of three places: an object, this row (small, for a while), or a pack. */
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
  @Column({ type: 'bytea', nullable: true })
  content!: Buffer | null;
  @Column({ type: 'text', name: 'pack_key', nullable: true })
  packKey!: string | null;
  @Column({ type: 'bigint', name: 'pack_offset', nullable: true })
  packOffset!: string | null;
  @Column({ type: 'timestamptz', name: 'damaged_at', nullable: true })
  damagedAt!: Date | null;
}
