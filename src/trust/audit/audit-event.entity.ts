import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One state change, as it will enter the verifiable log: ids and words, no personal data. Append-only. */
@Entity('audit_event')
export class AuditEvent {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  position!: string;
  @Column({ type: 'timestamptz' })
  at!: Date;
  @Column({ type: 'text' })
  type!: AuditType;
  /** The device that acted; null where a member did without one that is known, and for the server itself. */
  @Column({ type: 'uuid', name: 'device_id', nullable: true })
  deviceId!: string | null;
  /** The member for whom it acted, or who signed; null where only the server acted. */
  @Column({ type: 'uuid', name: 'member_id', nullable: true })
  memberId!: string | null;
  /** What it was done to: an id, or the key of an object in the store. */
  @Column({ type: 'text' })
  object!: string;
}

export type AuditType =
  | 'organization.founded'
  | 'device.enrolled'
  | 'device.renamed'
  | 'device.revoked'
  | 'certificate.rotated'
  | 'recovery.used'
  | 'session.ended'
  | 'project.created'
  | 'epoch.created'
  | 'media.committed'
  | 'rendition.added'
  | 'alias.added'
  | 'upload.aborted'
  | 'upload.expired'
  | 'scrub.failed'
  | 'orphan.reclaimed';
