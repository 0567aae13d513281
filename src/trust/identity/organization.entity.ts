import { Entity, PrimaryColumn } from 'typeorm';

/** The one organization of this server. What there is to know of it stands in the membership chain. */
@Entity('organization')
export class Organization {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
}
