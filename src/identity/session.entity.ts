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

/** A session. The token itself is not here: a stolen database logs nobody in. */
@Entity('session')
export class SessionRow {
  @PrimaryColumn({ type: 'bytea', name: 'token_digest' })
  tokenDigest!: Buffer;
  @Column({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}
