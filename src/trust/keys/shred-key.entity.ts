import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The key of one media's packets. Destroying this row makes the media unreadable for good. */
@Entity('shred_key')
export class ShredKey {
  @PrimaryColumn({ type: 'uuid', name: 'media_id' })
  mediaId!: string;
  /** AES-256. */
  @Column({ type: 'bytea' })
  key!: Buffer;
}
