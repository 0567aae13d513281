import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A further name of a media, as a device signed it. What it names is sealed, in the blob of the same id. */
@Entity('alias')
export class Alias {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'uuid', name: 'media_id' })
  mediaId!: string;
  @Column({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'bytea' })
  record!: Buffer;
  @Column({ type: 'bytea' })
  signature!: Buffer;
}
