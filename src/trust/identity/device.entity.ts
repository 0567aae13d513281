import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeviceKind } from '@aerie/protocol';

/** What the membership chain says of a device, for queries. */
@Entity('device')
export class Device {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'uuid', name: 'member_id' })
  memberId!: string;
  @Column({ type: 'text' })
  kind!: DeviceKind;
  /** What it is called by now. */
  @Column({ type: 'text' })
  label!: string;
  @Column({ type: 'text', name: 'certificate_fp' })
  certificateFp!: string;
  @Column({ type: 'bytea' })
  certificate!: Buffer;
  /** For upload-only devices: where they may add. */
  @Column({ type: 'uuid', array: true, nullable: true })
  projects!: string[] | null;
  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;
}

/** The certificate a renderer has offered and that waits for an owner's signature. At most one waits. */
@Entity('renderer_offer')
export class RendererOffer {
  @PrimaryColumn({ type: 'uuid', name: 'device_id' })
  deviceId!: string;
  @Column({ type: 'bytea' })
  certificate!: Buffer;
  /** Its own signature: that it holds the key, and wants to be that device. */
  @Column({ type: 'bytea' })
  proof!: Buffer;
  @Column({ type: 'timestamptz', name: 'offered_at' })
  offeredAt!: Date;
}
