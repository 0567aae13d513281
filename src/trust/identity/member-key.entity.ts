import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A newer secret key of a member, sealed to one of its full devices; the chain has its digest. The server cannot open it. */
@Entity('member_key')
export class MemberKey {
  @PrimaryColumn({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  /** The place of the entry that named the key. */
  @PrimaryColumn({ type: 'int' })
  seq!: number;
  @Column({ type: 'bytea' })
  sealed!: Buffer;
}

/** The same key, sealed to the member's recovery certificate: the kit opens it. */
@Entity('member_backup')
export class MemberBackup {
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId!: string;
  @PrimaryColumn({ type: 'int' })
  seq!: number;
  @Column({ type: 'bytea' })
  sealed!: Buffer;
}
