import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one organisation of this server. */
@Entity('organisation')
export class Organisation {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'bytea' })
  record!: Buffer;
  @Column({ type: 'bytea' })
  signature!: Buffer;
  /** The root's certificate: transferable public key, binary. */
  @Column({ type: 'bytea' })
  certificate!: Buffer;
}
