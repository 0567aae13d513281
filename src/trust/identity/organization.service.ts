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
import { Config } from '../../platform/config/config.js';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import { Device } from './device.entity.js';
import { Member } from './member.entity.js';
import { Organization } from './organization.entity.js';
import { isSameSecret } from './same-secret.js';
import { bufferOf, introductionOf, signedRecordOf } from './wire.js';

/** The organization: founded once with the set-up token, then read as a signed roster. */
@Injectable()
export class OrganizationService {
  /** Made again at each start until the organization exists, unless the environment presets it. */
  readonly setupToken: string;
  private readonly log = new Logger('organization');

  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
    private readonly receipts: ReceiptsService,
    config: Config,
  ) {
    this.setupToken = config.environment.AERIE_SETUP_TOKEN ?? randomBytes(16).toString('hex');
  }

  async describe(): Promise<ReplyOf<typeof routes.describeServer>> {
    const [organization] = await this.database.getRepository(Organization).find();
    const key = await this.receipts.key();
    return {
      product: 'aerie',
      version: '0.1.0',
      organizationId: organization?.id ?? null,
      receiptKey: { origin: key.origin, publicKey: toBase64(key.publicKey) },
      time: new Date().toISOString(),
    };
  }

  /** The id of the organization. @throws ApiError setup.needed */
  async requireId(): Promise<string> {
    const [organization] = await this.database.getRepository(Organization).find({ select: { id: true } });
    if (!organization) throw new ApiError('setup.needed');
    return organization.id;
  }

  async found(input: BodyOf<typeof routes.foundOrganization>): Promise<Roster> {
    if ((await this.describe()).organizationId) throw new ApiError('setup.already_done');
    if (!isSameSecret(input.setupToken, this.setupToken)) throw new ApiError('setup.token_invalid');
    const rows = await this.verifyFounding(input);
    await this.database.transaction(async (manager) => {
      // Two founders at once: the lock lets the first finish, and the second sees the row.
      await manager.query('LOCK TABLE organization IN SHARE ROW EXCLUSIVE MODE');
      if (await manager.exists(Organization)) throw new ApiError('setup.already_done');
      await manager.insert(Organization, rows.organization);
      await manager.insert(Member, rows.member);
      await manager.insert(Device, rows.device);
      await this.audit.record(manager, 'organization.founded', { deviceId: rows.device.id, memberId: rows.member.id }, [
        rows.organization.id,
      ]);
    });
    this.log.log('the organization was founded; the set-up token is void');
    return this.roster();
  }

  async roster(): Promise<Roster> {
    const [organization] = await this.database.getRepository(Organization).find();
    if (!organization) throw new ApiError('setup.needed');
    const members = await this.database.getRepository(Member).find({ order: { id: 'ASC' } });
    const devices = await this.database.getRepository(Device).find({ order: { id: 'ASC' } });
    return {
      organization: introductionOf(organization),
      members: members.map(introductionOf),
      devices: devices.map(introductionOf),
      // In the order they took effect: a device that was revoked later could still revoke before.
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
    await this.database.transaction((manager) =>
      this.audit.record(manager, 'recovery.used', { memberId: member.id }, [member.id]),
    );
    return { memberId: member.id, sealedBackup: toBase64(member.sealedBackup), roster: await this.roster() };
  }

  private async verifyFounding(input: BodyOf<typeof routes.foundOrganization>) {
    const root = await readCertificate(fromBase64(input.organization.certificate));
    const organization = await verified('organization', input.organization, root);
    const memberCertificate = await readCertificate(fromBase64(input.member.certificate));
    const member = await verified('member', input.member, root);
    const deviceCertificate = await readCertificate(fromBase64(input.device.certificate));
    const device = await verified('device', input.device, memberCertificate);
    const receiptKey = await this.receipts.key();
    mustHold(organization.rootFp === root.fingerprint, 'organization.rootFp');
    mustHold(organization.receiptKey.origin === receiptKey.origin, 'organization.receiptKey.origin');
    mustHold(organization.receiptKey.publicKey === toBase64(receiptKey.publicKey), 'organization.receiptKey.publicKey');
    mustHold(member.certificateFp === memberCertificate.fingerprint, 'member.certificateFp');
    mustHold(member.role === 'owner', 'member.role');
    mustHold(member.organizationId === organization.organizationId, 'member.organizationId');
    mustHold(device.certificateFp === deviceCertificate.fingerprint, 'device.certificateFp');
    mustHold(device.organizationId === organization.organizationId, 'device.organizationId');
    mustHold(device.memberId === member.memberId && device.kind === 'full', 'device');
    return {
      organization: { id: organization.organizationId, ...storedIntroduction(input.organization) },
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
