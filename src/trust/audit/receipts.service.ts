import { createPrivateKey, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Receipt, type ReceiptKey, printReceipt, receiptText } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { ReceiptKeyRow } from './receipt-key.entity.js';

/** Signs receipts with the server's own key, made once and shared by every process on the same database. */
@Injectable()
export class ReceiptsService {
  private loaded: Promise<{ key: ReceiptKey; privateKey: KeyObject }> | undefined;

  constructor(private readonly database: DataSource) {}

  async key(): Promise<ReceiptKey> {
    return (await this.load()).key;
  }

  /** The receipt as a C2SP signed note. */
  async sign(receipt: Receipt): Promise<string> {
    const { key, privateKey } = await this.load();
    return printReceipt(key, receipt, sign(null, Buffer.from(receiptText(key.origin, receipt)), privateKey));
  }

  private load(): Promise<{ key: ReceiptKey; privateKey: KeyObject }> {
    this.loaded ??= this.readOrMake().catch((error: unknown) => {
      this.loaded = undefined;
      throw error;
    });
    return this.loaded;
  }

  private async readOrMake(): Promise<{ key: ReceiptKey; privateKey: KeyObject }> {
    const row = await this.database.transaction(async (manager) => {
      // Two processes may start on an empty database at once; the table lock lets one of them make the key.
      await manager.query('LOCK TABLE receipt_key IN SHARE ROW EXCLUSIVE MODE');
      const [found] = await manager.find(ReceiptKeyRow);
      if (found) return found;
      const made = newKey();
      await manager.insert(ReceiptKeyRow, made);
      return made;
    });
    const privateKey = createPrivateKey({ key: row.privateKey, format: 'der', type: 'pkcs8' });
    return { key: { origin: row.origin, publicKey: Uint8Array.from(row.publicKey) }, privateKey };
  }
}

/** Of what RFC 8410 prints of an Ed25519 key, the last octets are the key itself. */
const rawKeyBytes = 32;

/** Printed while it is made: an export afterwards can meet the collector, and stand still (clients/sdk, `primitives.ts` on Node). */
function newKey(): ReceiptKeyRow {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  });
  return { origin: `aerie.internal/${randomUUID()}`, publicKey: publicKey.subarray(-rawKeyBytes), privateKey };
}
