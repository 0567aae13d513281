import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an object is made of: one blob that came in parts, what one request brought, or what the server put together. */
export type ObjectPurpose = 'parts' | 'bundle' | 'pack';
/** Announced before its octets are sent, stored once a blob lies in it, dead once none ever will again. */
export type ObjectState = 'announced' | 'stored' | 'dead';

/** An object of the store, known from before its octets are sent there until they are gone. */
@Entity('object')
export class ObjectRow {
  @PrimaryColumn({ type: 'text' })
  key!: string;
  @Column({ type: 'uuid', name: 'project_id' })
  projectId!: string;
  /** The device that sends it; null where the server made it. */
  @Column({ type: 'uuid', name: 'device_id', nullable: true })
  deviceId!: string | null;
  @Column({ type: 'text' })
  purpose!: ObjectPurpose;
  @Column({ type: 'text' })
  state!: ObjectState;
  @Column({ type: 'bigint' })
  bytes!: string;
  /** Octets of it in which blobs lie. */
  @Column({ type: 'bigint', name: 'bytes_live' })
  bytesLive!: string;
  /** Octets of it that count as promised in the project's quota: those in which no blob lies yet, or none any more. */
  @Column({ type: 'bigint', name: 'bytes_reserved' })
  bytesReserved!: string;
}
