import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('project')
export class Project {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  previews!: 'sealed' | 'assisted' | 'none';
  @Column({ type: 'uuid', name: 'renderer_device_id', nullable: true })
  rendererDeviceId!: string | null;
  @Column({ type: 'bytea' })
  record!: Buffer;
  @Column({ type: 'bytea' })
  signature!: Buffer;
  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
  @Column({ type: 'bigint', name: 'bytes_used', default: '0' })
  bytesUsed!: string;
  @Column({ type: 'bigint', name: 'bytes_reserved', default: '0' })
  bytesReserved!: string;
  @Column({ type: 'bigint', name: 'bytes_quota', nullable: true })
  bytesQuota!: string | null;
}

@Entity('epoch')
export class Epoch {
  @PrimaryColumn({ type: 'uuid', name: 'project_id' })
  projectId!: string;
  @PrimaryColumn({ type: 'int' })
  number!: number;
  @Column({ type: 'text', name: 'certificate_fp' })
  certificateFp!: string;
  @Column({ type: 'bytea' })
  certificate!: Buffer;
  @Column({ type: 'bytea' })
  record!: Buffer;
  @Column({ type: 'bytea' })
  signature!: Buffer;
}

/** The epoch's secret key, sealed to one member. The server cannot open it. */
@Entity('envelope')
export class Envelope {
  @PrimaryColumn({ type: 'uuid', name: 'project_id' })
  projectId!: string;
  @PrimaryColumn({ type: 'int' })
  epoch!: number;
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId!: string;
  @Column({ type: 'bytea' })
  record!: Buffer;
  @Column({ type: 'bytea' })
  signature!: Buffer;
  @Column({ type: 'bytea' })
  sealed!: Buffer;
}
