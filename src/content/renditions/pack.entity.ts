import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An object that holds many small blobs of one project, back to back. */
@Entity('pack')
export class Pack {
  @PrimaryColumn({ type: 'text', name: 'object_key' })
  objectKey!: string;
  @Column({ type: 'uuid', name: 'project_id' })
  projectId!: string;
  @Column({ type: 'bigint' })
  bytes!: string;
}
