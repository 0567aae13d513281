import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A committed media: the signed manifest is the truth, every other column is a cache of it. */
@Entity('media')
export class Media {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'uuid', name: 'project_id' })
  projectId!: string;
  @Column({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'bigint', insert: false, update: false })
  position!: string;
  @Column({ type: 'bytea' })
  manifest!: Buffer;
  @Column({ type: 'bytea' })
  signature!: Buffer;
  @Column({ type: 'bigint' })
  bytes!: string;
  @Column({ type: 'bytea', name: 'content_token', nullable: true })
  contentToken!: Buffer | null;
  @Column({ type: 'uuid', nullable: true })
  replaces!: string | null;
  @Column({ type: 'text' })
  receipt!: string;
  @Column({ type: 'timestamptz', name: 'committed_at' })
  committedAt!: Date;
  @Column({ type: 'timestamptz', name: 'checked_at', nullable: true })
  checkedAt!: Date | null;
}
