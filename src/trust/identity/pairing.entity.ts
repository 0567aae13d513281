import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A new device that waits to be approved, and the answer once it was. */
@Entity('pairing')
export class Pairing {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  /** The body of `createPairing` as canonical JSON, so that the same offer is the same octets. */
  @Column({ type: 'bytea' })
  offer!: Buffer;
  @Column({ type: 'bytea', nullable: true })
  answer!: Buffer | null;
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}
