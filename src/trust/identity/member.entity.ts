import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the membership chain says of a member, for queries; and what its recovery kit opens. */
@Entity('member')
export class Member {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  role!: 'owner' | 'member';
  @Column({ type: 'text', name: 'certificate_fp' })
  certificateFp!: string;
  @Column({ type: 'bytea' })
  certificate!: Buffer;
  @Column({ type: 'bytea', name: 'sealed_backup' })
  sealedBackup!: Buffer;
  /** SHA-256 of the token that the recovery kit yields. */
  @Column({ type: 'bytea', name: 'recovery_token_digest' })
  recoveryTokenDigest!: Buffer;
}
