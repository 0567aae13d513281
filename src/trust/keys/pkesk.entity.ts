import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A session-key packet, wrapped by the shred key of its media: nonce (12) || ciphertext || tag (16). */
@Entity('pkesk')
export class PkeskRow {
  @PrimaryColumn({ type: 'uuid', name: 'blob_id' })
  blobId!: string;
  @PrimaryColumn({ type: 'text', name: 'recipient_fp' })
  recipientFp!: string;
  @Column({ type: 'uuid', name: 'media_id' })
  mediaId!: string;
  @Column({ type: 'bytea' })
  wrapped!: Buffer;
}
