import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A log-in challenge that was handed out and not yet answered. */
@Entity('challenge')
export class ChallengeRow {
  @PrimaryColumn({ type: 'bytea' })
  challenge!: Buffer;
  @Column({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}

/** A session. The token itself is not here: a stolen database lets no one log in. */
@Entity('session')
export class SessionRow {
  @PrimaryColumn({ type: 'bytea', name: 'token_digest' })
  tokenDigest!: Buffer;
  /** What others may call it by. Made by the database, like the times: random, not derived from the token. */
  @Column({ type: 'uuid', insert: false, update: false })
  id!: string;
  @Column({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;
  /** At most a minute old while it is used, so that reading does not become writing. */
  @Column({ type: 'timestamptz', name: 'last_used_at', insert: false, update: false })
  lastUsedAt!: Date;
}
