import { createHash, randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import {
  type BodyOf,
  type Introduction,
  type RecordOf,
  type RecordType,
  type ReplyOf,
  type Roster,
  type Certificate,
  fromBase64,
  readCertificate,
  routes,
  signedFromWire,
  toBase64,
  verifyRecord,
} from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { ReceiptsService } from '../audit/receipts.service.js';
import { Config } from '../config/config.js';
import { ApiError, mustHold } from '../http/api-error.js';
import { Device } from './device.entity.js';
import { Member } from './member.entity.js';
import { Organisation } from './organisation.entity.js';
import { isSameSecret } from './same-secret.js';
import { bufferOf, introductionOf, signedRecordOf } from './wire.js';

/** The organisation: founded once with the set-up token, then read as a signed roster. */
@Injectable()
export class OrganisationService {
  /** Made anew at each start until the organisation exists, unless the environment presets it. */
  readonly setupToken: string;
  private readonly log = new Logger('organisation');

  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
    private readonly receipts: ReceiptsService,
    config: Config,
  ) {
    this.setupToken = config.environment.AERIE_SETUP_TOKEN ?? randomBytes(16).toString('hex');
  }

  async describe(): Promise<ReplyOf<typeof routes.describeServer>> {
    const [organisation] = await this.database.getRepository(Organisation).find();
    const key = await this.receipts.key();
    return {
      product: 'aerie',
      version: '0.1.0',
      organisationId: organisation?.id ?? null,
      receiptKey: { origin: key.origin, publicKey: toBase64(key.publicKey) },
      time: new Date().toISOString(),
    };
  }

  /** The id of the organisation. @throws ApiError setup.needed */
  async requireId(): Promise<string> {
    const [organisation] = await this.database.getRepository(Organisation).find({ select: { id: true } });
    if (!organisation) throw new ApiError('setup.needed');
    return organisation.id;
  }

  async found(input: BodyOf<typeof routes.foundOrganisation>): Promise<Roster> {
    if ((await this.describe()).organisationId) throw new ApiError('setup.already_done');
    if (!isSameSecret(input.setupToken, this.setupToken)) throw new ApiError('setup.token_invalid');
    const rows = await this.verifyFounding(input);
    await this.database.transaction(async (manager) => {
      // Two founders at once: the lock lets the first finish, and the second sees the row.
      await manager.query('LOCK TABLE organisation IN SHARE ROW EXCLUSIVE MODE');
      if (await manager.exists(Organisation)) throw new ApiError('setup.already_done');
      await manager.insert(Organisation, rows.organisation);
      await manager.insert(Member, rows.member);
      await manager.insert(Device, rows.device);
      await this.audit.record(manager, 'organisation.founded', rows.device.id, [rows.organisation.id]);
    });
    this.log.log('the organisation was founded; the set-up token is void');
    return this.roster();
  }

  async roster(): Promise<Roster> {
    const [organisation] = await this.database.getRepository(Organisation).find();
    if (!organisation) throw new ApiError('setup.needed');
    const members = await this.database.getRepository(Member).find({ order: { id: 'ASC' } });
    const devices = await this.database.getRepository(Device).find({ order: { id: 'ASC' } });
    return {
      organisation: introductionOf(organisation),
      members: members.map(introductionOf),
      devices: devices.map(introductionOf),
      // In the order they took effect: whoever was revoked later could still revoke before.
      revocations: [...devices]
        .sort((a, b) => Number(a.revokedAt) - Number(b.revokedAt))
        .flatMap((device) =>
          device.revocationRecord && device.revocationSignature
            ? [signedRecordOf({ record: device.revocationRecord, signature: device.revocationSignature })]
            : [],
        ),
    };
  }

  async recover(recoveryToken: string): Promise<ReplyOf<typeof routes.recover>> {
    const recoveryTokenDigest = createHash('sha256').update(fromBase64(recoveryToken)).digest();
    const member = await this.database.getRepository(Member).findOneBy({ recoveryTokenDigest });
    if (!member) throw new ApiError('recovery.unknown');
    await this.database.transaction((manager) => this.audit.record(manager, 'recovery.used', null, [member.id]));
    return { memberId: member.id, sealedBackup: toBase64(member.sealedBackup), roster: await this.roster() };
  }

  private async verifyFounding(input: BodyOf<typeof routes.foundOrganisation>) {
    const root = await readCertificate(fromBase64(input.organisation.certificate));
    const organisation = await verified('organisation', input.organisation, root);
    const memberCertificate = await readCertificate(fromBase64(input.member.certificate));
    const member = await verified('member', input.member, root);
    const deviceCertificate = await readCertificate(fromBase64(input.device.certificate));
    const device = await verified('device', input.device, memberCertificate);
    const receiptKey = await this.receipts.key();
    mustHold(organisation.rootFp === root.fingerprint, 'organisation.rootFp');
    mustHold(organisation.receiptKey.origin === receiptKey.origin, 'organisation.receiptKey.origin');
    mustHold(organisation.receiptKey.publicKey === toBase64(receiptKey.publicKey), 'organisation.receiptKey.publicKey');
    mustHold(member.certificateFp === memberCertificate.fingerprint, 'member.certificateFp');
    mustHold(member.role === 'owner', 'member.role');
    mustHold(member.organisationId === organisation.organisationId, 'member.organisationId');
    mustHold(device.certificateFp === deviceCertificate.fingerprint, 'device.certificateFp');
    mustHold(device.organisationId === organisation.organisationId, 'device.organisationId');
    mustHold(device.memberId === member.memberId && device.kind === 'full', 'device');
    return {
      organisation: { id: organisation.organisationId, ...storedIntroduction(input.organisation) },
      member: {
        id: member.memberId,
        role: member.role,
        certificateFp: member.certificateFp,
        ...storedIntroduction(input.member),
        sealedBackup: bufferOf(input.sealedBackup),
        recoveryTokenDigest: bufferOf(input.recoveryTokenDigest),
      },
      device: {
        id: device.deviceId,
        memberId: member.memberId,
        kind: device.kind,
        certificateFp: device.certificateFp,
        ...storedIntroduction(input.device),
        projects: null,
        expiresAt: null,
      },
    };
  }
}

export const storedIntroduction = (wire: Introduction) => ({
  record: bufferOf(wire.record.bytes),
  signature: bufferOf(wire.record.signature),
  certificate: bufferOf(wire.certificate),
});

const verified = <T extends RecordType>(type: T, wire: Introduction, signer: Certificate): Promise<RecordOf<T>> =>
  verifyRecord(type, signedFromWire(wire.record), signer);
