import { createHash, randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import {
  type BodyOf,
  type ReplyOf,
  type SignedRecord,
  type TrustedMember,
  fromBase64,
  parseRecord,
  routes,
  signedFromWire,
  toBase64,
} from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { ReceiptsService } from '../audit/receipts.service.js';
import { Config } from '../../platform/config/config.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import { MembershipService } from '../membership/membership.service.js';
import { trustedDevice } from '../membership/trusted-device.js';
import { Device } from './device.entity.js';
import { deviceRow } from './device-row.js';
import { Member } from './member.entity.js';
import { MemberKeysService } from './member-keys.service.js';
import { Organization } from './organization.entity.js';
import { isSameSecret } from './same-secret.js';
import { bufferOf } from './wire.js';

/** The organization: founded once with the set-up token, by the first entries of the membership chain. */
@Injectable()
export class OrganizationService {
  /** Made again at each start until the organization exists, unless the environment presets it. */
  readonly setupToken: string;
  private readonly log = new Logger('organization');

  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
    private readonly receipts: ReceiptsService,
    private readonly membership: MembershipService,
    private readonly memberKeys: MemberKeysService,
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

  async found({
    setupToken,
    entries,
    ...kit
  }: BodyOf<typeof routes.foundOrganization>): Promise<ReplyOf<typeof routes.foundOrganization>> {
    if ((await this.describe()).organizationId) throw new ApiError('setup.already_done');
    if (!isSameSecret(setupToken, this.setupToken)) throw new ApiError('setup.token_invalid');
    const { organizationId, memberId, deviceId } = await this.checkFounding(entries);
    await inTransaction(this.database, async (manager) => {
      // Two founders at once: the lock lets the first finish, and the second sees the row.
      await this.membership.hold(manager);
      if (await manager.exists(Organization)) throw new ApiError('setup.already_done');
      const founded = (await this.membership.append(manager, entries))!;
      await manager.insert(Organization, { id: organizationId });
      await manager.insert(Member, ownerRow(founded.members.get(memberId)!, kit));
      await manager.insert(Device, deviceRow(trustedDevice(founded, deviceId)));
      await this.audit.record(manager, 'organization.founded', { deviceId, memberId }, [organizationId]);
    });
    this.log.log('the organization was founded; the set-up token is void');
    return { organizationId };
  }

  /** The backup comes with the first page of the chain, and that is written down; without it a page is no use of the kit. */
  async recover({ recoveryToken, from }: BodyOf<typeof routes.recover>): Promise<ReplyOf<typeof routes.recover>> {
    const recoveryTokenDigest = createHash('sha256').update(fromBase64(recoveryToken)).digest();
    const member = await this.database.getRepository(Member).findOneBy({ recoveryTokenDigest });
    if (!member) throw new ApiError('recovery.unknown');
    const membership = await this.membership.page(from);
    if (from > 0) return { memberId: member.id, sealedBackup: '', backups: [], membership };
    await this.database.transaction((manager) =>
      this.audit.record(manager, 'recovery.used', { memberId: member.id }, [member.id]),
    );
    const backups = await this.memberKeys.backupsOf(member.id);
    return { memberId: member.id, sealedBackup: toBase64(member.sealedBackup), backups, membership };
  }

  /** What the first entries must say besides that they belong to the chain, which is replayed afterwards. */
  private async checkFounding(entries: readonly SignedRecord[]) {
    const [first, second, third] = entries.map((entry) => signedFromWire(entry).bytes);
    const { organizationId, receiptKey } = parseRecord('organization', first!);
    const { memberId, role } = parseRecord('member', second!);
    const { deviceId, ...device } = parseRecord('device', third!);
    const key = await this.receipts.key();
    mustHold(receiptKey.origin === key.origin, 'organization.receiptKey.origin');
    mustHold(receiptKey.publicKey === toBase64(key.publicKey), 'organization.receiptKey.publicKey');
    mustHold(role === 'owner', 'member.role');
    mustHold(device.memberId === memberId && device.kind === 'full', 'device');
    return { organizationId, memberId, deviceId };
  }
}

const ownerRow = (
  { record, certificates }: TrustedMember,
  kit: Pick<BodyOf<typeof routes.foundOrganization>, 'sealedBackup' | 'recoveryTokenDigest'>,
) => ({
  id: record.memberId,
  role: record.role,
  certificateFp: certificates[0]!.certificate.fingerprint,
  certificate: Buffer.from(certificates[0]!.certificate.bytes),
  sealedBackup: bufferOf(kit.sealedBackup),
  recoveryTokenDigest: bufferOf(kit.recoveryTokenDigest),
});
