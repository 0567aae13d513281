import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one organization of this server. */
@Entity('organization')
export class Organization {
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
