import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The Ed25519 key this server signs receipts with. It opens nothing; stealing it allows false receipts, no reading. */
@Entity('receipt_key')
export class ReceiptKeyRow {
  @PrimaryColumn({ type: 'text' })
  origin!: string;
  @Column({ type: 'bytea', name: 'public_key' })
  publicKey!: Buffer;
  /** PKCS #8, DER. */
  @Column({ type: 'bytea', name: 'private_key' })
  privateKey!: Buffer;
}
