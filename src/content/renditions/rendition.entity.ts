import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The renderer's signed record of the pictures it added to a media. */
@Entity('rendition')
export class Rendition {
  @PrimaryColumn({ type: 'uuid', name: 'media_id' })
  mediaId!: string;
  @PrimaryColumn({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'bytea' })
  record!: Buffer;
  @Column({ type: 'bytea' })
  signature!: Buffer;
}

/** A picture that a renderer owes. */
@Entity('rendering')
export class Rendering {
  @PrimaryColumn({ type: 'uuid', name: 'media_id' })
  mediaId!: string;
  @Column({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'text' })
  state!: 'due' | 'done' | 'failed';
  @Column({ type: 'int', default: 0 })
  attempts!: number;
  @Column({ type: 'timestamptz', name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;
  @Column({ type: 'text', nullable: true })
  failure!: string | null;
}
