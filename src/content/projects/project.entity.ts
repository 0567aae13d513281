import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the membership chain says of a project, for queries; and what it takes up. */
@Entity('project')
export class Project {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  previews!: 'sealed' | 'assisted' | 'none';
  @Column({ type: 'uuid', name: 'renderer_device_id', nullable: true })
  rendererDeviceId!: string | null;
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
}

/** The epoch's secret key, sealed to one member; the chain has its digest. The server cannot open it. */
@Entity('envelope')
export class Envelope {
  @PrimaryColumn({ type: 'uuid', name: 'project_id' })
  projectId!: string;
  @PrimaryColumn({ type: 'int' })
  epoch!: number;
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId!: string;
  @Column({ type: 'bytea' })
  sealed!: Buffer;
}
