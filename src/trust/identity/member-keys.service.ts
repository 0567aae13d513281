import { Injectable } from '@nestjs/common';
import {
  type BodyOf,
  type CertificateRecord,
  type KeyAtPlace,
  fromBase64,
  parseRecord,
  routes,
  sha256,
  signedFromWire,
  toBase64,
} from '@aerie/protocol';
import { DataSource, Raw } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import { MembershipService } from '../membership/membership.service.js';
import type { Caller } from './caller.js';
import { MemberBackup, MemberKey } from './member-key.entity.js';
import { Member } from './member.entity.js';
import { isSignedBy } from './signed-by.js';
import { bufferOf } from './wire.js';

type Rotation = BodyOf<typeof routes.rotateCertificate>;

/** The certificates of members after their first: each with its secret key, sealed to whoever is to go on with it. */
@Injectable()
export class MemberKeysService {
  constructor(
    private readonly database: DataSource,
    private readonly membership: MembershipService,
    private readonly audit: AuditService,
  ) {}

  /** The entry and the sealed keys, or none of them: a certificate whose key nobody was given would shut its member out. */
  async rotate(caller: Caller, memberId: string, { entry, keys, backup }: Rotation): Promise<void> {
    const record = parseRecord('certificate', signedFromWire(entry).bytes);
    mustHold(record.memberId === memberId, 'certificate.memberId');
    mustHold(isSignedBy(caller, record.signer), 'certificate.signer');
    await requireKeys(record, keys);
    mustHold(record.backup === (await digestOf(backup)), 'certificate.backup');
    await inTransaction(this.database, async (manager) => {
      const membership = await this.membership.append(manager, [entry]);
      if (!membership) return;
      const { certificate, since: seq } = membership.certificateOf(memberId)!;
      await manager.update(Member, memberId, {
        certificateFp: certificate.fingerprint,
        certificate: Buffer.from(certificate.bytes),
      });
      const rows = keys.map(({ deviceId, sealed }) => ({ deviceId, seq, sealed: bufferOf(sealed) }));
      await manager.insert(MemberKey, rows);
      await manager.insert(MemberBackup, { memberId, seq, sealed: bufferOf(backup) });
      await this.audit.record(manager, 'certificate.rotated', caller, [memberId]);
    });
  }

  /** What was sealed to the calling device, from that place on. */
  async keysOf({ deviceId }: Caller, from: number): Promise<KeyAtPlace[]> {
    // A place may be asked for that is beyond any integer of the database.
    const seq = Raw((column) => `${column} >= CAST(:from AS bigint)`, { from });
    const rows = await this.database.getRepository(MemberKey).find({ where: { deviceId, seq }, order: { seq: 'ASC' } });
    return rows.map(atPlace);
  }

  /** What was sealed to the kit. */
  async backupsOf(memberId: string): Promise<KeyAtPlace[]> {
    return (await this.database.getRepository(MemberBackup).find({ where: { memberId }, order: { seq: 'ASC' } })).map(
      atPlace,
    );
  }
}

const atPlace = ({ seq, sealed }: { seq: number; sealed: Buffer }): KeyAtPlace => ({ seq, sealed: toBase64(sealed) });

/** One for each device that the entry names, and the one it names. @throws ApiError record.mismatch */
async function requireKeys({ keys: named }: CertificateRecord, keys: Rotation['keys']): Promise<void> {
  const sealedFor = new Map(keys.map(({ deviceId, sealed }) => [deviceId, sealed]));
  mustHold(sealedFor.size === keys.length && keys.length === named.length, 'certificate.keys');
  for (const { deviceId, sealed } of named) {
    const octets = sealedFor.get(deviceId);
    if (octets === undefined) throw new ApiError('record.mismatch', { detail: 'certificate.keys' });
    mustHold(sealed === (await digestOf(octets)), 'certificate.keys.sealed');
  }
}

const digestOf = async (sealed: string): Promise<string> => toBase64(await sha256(fromBase64(sealed)));
