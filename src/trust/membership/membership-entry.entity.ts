import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One entry of the membership chain, as it was signed. Append-only: every other table of members and devices follows from these. */
@Entity('membership_entry')
export class MembershipEntry {
  /** Its place in the chain, from 0 and without a gap. */
  @PrimaryColumn({ type: 'integer' })
  seq!: number;
  /** SHA-256 of record and signature: what the entry after it names. */
  @Column({ type: 'bytea' })
  digest!: Buffer;
  @Column({ type: 'bytea' })
  record!: Buffer;
  @Column({ type: 'bytea' })
  signature!: Buffer;
}
