import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Pkesk, toBase64 } from '@aerie/protocol';
import { type EntityManager, In } from 'typeorm';
import { PkeskRow } from './pkesk.entity.js';
import { ShredKey } from './shred-key.entity.js';

/**
 * Keeps the session-key packets (PKESK) of media. They are ciphertext already; here each media's packets are wrapped
 * once more by a small key in a table of its own. Destroying that one row shreds the media, in every backup that does
 * not hold the row (NIST SP 800-88r2, cryptographic erase).
 */
@Injectable()
export class KeysService {
  /** Stores the packets of new media, under a fresh shred key each. */
  async store(manager: EntityManager, media: readonly { mediaId: string; pkesks: readonly Pkesk[] }[]): Promise<void> {
    const keys = media.map(({ mediaId }) => ({ mediaId, key: randomBytes(32) }));
    await manager.insert(ShredKey, keys);
    await manager.insert(
      PkeskRow,
      media.flatMap(({ mediaId, pkesks }, index) => wrapAll(keys[index]!.key, mediaId, pkesks)),
    );
  }

  /** Adds packets to a media that has its shred key; a media without one is shredded and stays so. */
  async add(manager: EntityManager, mediaId: string, pkesks: readonly Pkesk[]): Promise<boolean> {
    const shredKey = await manager.findOneBy(ShredKey, { mediaId });
    if (!shredKey) return false;
    await manager.insert(PkeskRow, wrapAll(shredKey.key, mediaId, pkesks));
    return true;
  }

  /** The packets of those media, by media id. A shredded media has none. */
  async read(manager: EntityManager, mediaIds: readonly string[]): Promise<ReadonlyMap<string, Pkesk[]>> {
    const keys = new Map(
      (await manager.findBy(ShredKey, { mediaId: In([...mediaIds]) })).map((row) => [row.mediaId, row.key]),
    );
    const rows = await manager.find(PkeskRow, { where: { mediaId: In([...keys.keys()]) }, order: { blobId: 'ASC' } });
    const found = new Map<string, Pkesk[]>(mediaIds.map((mediaId) => [mediaId, []]));
    for (const row of rows) {
      // A damaged row opens nothing: a client says so of this blob, and the rest of its page goes on.
      const pkesk = unwrap(keys.get(row.mediaId)!, row);
      if (pkesk) found.get(row.mediaId)!.push(pkesk);
    }
    return found;
  }
}

const nonceBytes = 12;
const tagBytes = 16;

const wrapAll = (key: Buffer, mediaId: string, pkesks: readonly Pkesk[]): PkeskRow[] =>
  pkesks.map(({ blobId, recipientFp, packet }) => {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(contextOf(blobId, recipientFp));
    const wrapped = Buffer.concat([nonce, cipher.update(packet, 'base64'), cipher.final(), cipher.getAuthTag()]);
    return { blobId, recipientFp, mediaId, wrapped };
  });

/** Null where the row is not what was wrapped. */
function unwrap(key: Buffer, { blobId, recipientFp, wrapped }: PkeskRow): Pkesk | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, nonceBytes));
    decipher.setAAD(contextOf(blobId, recipientFp)).setAuthTag(wrapped.subarray(-tagBytes));
    const packet = Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return { blobId, recipientFp, packet: toBase64(packet) };
  } catch {
    return null;
  }
}

const contextOf = (blobId: string, recipientFp: string): Buffer => Buffer.from(`${blobId} ${recipientFp}`);
