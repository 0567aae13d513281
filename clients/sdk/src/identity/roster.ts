/**
 * Who is who, believed only as far as signatures reach: from the pinned root to members, from members to their devices.
 * One entry that does not verify condemns the whole roster: an honest server never holds one.
 */
import {
  fromBase64,
  readCertificate,
  signedFromWire,
  verifyRecord,
  parseRecord,
  type Certificate,
  type DeviceRecord,
  type Introduction,
  type MemberRecord,
  type OrganizationRecord,
  type ReceiptKey,
  type RevocationRecord,
  type Roster as RosterView,
  type RecordOf,
  type RecordType,
  type SignedRecord,
  type Signer,
} from '@aerie/protocol';
import { TrustError } from '../errors.js';

export interface TrustedMember {
  readonly record: MemberRecord;
  readonly certificate: Certificate;
}
export interface TrustedDevice {
  readonly record: DeviceRecord;
  readonly certificate: Certificate;
  readonly member: TrustedMember;
  /** RFC 3339; null while it is trusted. */
  readonly revokedAt: string | null;
}

/** Whether a device may add files to that project. */
export const mayAddTo = (projectId: string, { kind, projects }: DeviceRecord): boolean =>
  kind === 'full' || (kind === 'upload-only' && (projects?.includes(projectId) ?? false));

export class Roster {
  private constructor(
    readonly organization: OrganizationRecord,
    readonly root: Certificate,
    readonly members: ReadonlyMap<string, TrustedMember>,
    readonly devices: ReadonlyMap<string, TrustedDevice>,
  ) {}

  /** @throws TrustError `trust.root` for another organization, `trust.roster` for anything that is not certified */
  static async verify(view: RosterView, rootFp: string): Promise<Roster> {
    const { organization, root } = await verifyOrganization(view.organization, rootFp);
    const members = new Map<string, TrustedMember>();
    for (const introduction of view.members) {
      const member = await introduced('member', introduction, root, organization.organizationId);
      addOnce(members, member.record.memberId, member);
    }
    const devices = new Map<string, TrustedDevice>();
    const introductions = await Promise.all(
      view.devices.map((one) => verifyDevice(one, members, organization.organizationId)),
    );
    for (const device of introductions) addOnce(devices, device.record.deviceId, device);
    for (const revocation of view.revocations) await revoke(devices, revocation, organization.organizationId);
    return new Roster(organization, root, members, devices);
  }

  get receiptKey(): ReceiptKey {
    const { origin, publicKey } = this.organization.receiptKey;
    return { origin, publicKey: fromBase64(publicKey) };
  }

  /**
   * The device that speaks, if it could speak at that time: not revoked, not expired.
   * @param at RFC 3339. Until there is a log, time is what the signer or the receipt states.
   * @throws TrustError `trust.roster`
   */
  speaker(signer: Signer, at: string): TrustedDevice {
    const device = this.devices.get(signer.deviceId);
    if (!device || device.record.memberId !== signer.memberId)
      throw new TrustError('trust.roster', `No member certified the device ${signer.deviceId}`);
    const { expiresAt, label } = device.record;
    if (device.revokedAt !== null && !isBefore(at, device.revokedAt))
      throw new TrustError('trust.roster', `The device "${label}" was revoked before that`);
    if (expiresAt !== null && !isBefore(at, expiresAt))
      throw new TrustError('trust.roster', `The enrollment of the device "${label}" had run out before that`);
    return device;
  }

  /** @throws TrustError `trust.roster` unless it is a full device of an owner */
  owner(signer: Signer, at: string): TrustedDevice {
    const device = this.speaker(signer, at);
    if (device.record.kind !== 'full' || device.member.record.role !== 'owner') {
      throw new TrustError('trust.roster', `The device "${device.record.label}" is not a full device of an owner`);
    }
    return device;
  }

  /**
   * Reads who claims to have signed, checks that this is a full device of an owner, and only then believes the record.
   * @throws TrustError `trust.roster`; RecordError where the signature or the shape is wrong
   */
  async verifyByOwner<T extends 'project' | 'epoch' | 'envelope'>(type: T, wire: SignedRecord): Promise<RecordOf<T>> {
    const signed = signedFromWire(wire);
    const claimed = parseRecord(type, signed.bytes);
    const record = await verifyRecord(type, signed, this.owner(claimed.signer, claimed.createdAt).certificate);
    if (record.organizationId !== this.organization.organizationId)
      throw new TrustError('trust.roster', 'A record belongs to another organization');
    return record;
  }
}

const isBefore = (a: string, b: string): boolean => Date.parse(a) < Date.parse(b);

function addOnce<T>(map: Map<string, T>, id: string, value: T): void {
  if (map.has(id)) throw new TrustError('trust.roster', `The server shows two entries with the id ${id}`);
  map.set(id, value);
}

async function verifyOrganization(
  introduction: Introduction,
  rootFp: string,
): Promise<{ organization: OrganizationRecord; root: Certificate }> {
  const root = await readCertificate(fromBase64(introduction.certificate)).catch(distrusted);
  if (root.fingerprint !== rootFp)
    throw new TrustError('trust.root', 'The server shows an organization with another root');
  const organization = await verifyRecord('organization', signedFromWire(introduction.record), root).catch(distrusted);
  if (organization.rootFp !== rootFp)
    throw new TrustError('trust.root', 'The record of the organization names another root');
  return { organization, root };
}

async function introduced<T extends 'member' | 'device'>(
  type: T,
  introduction: Introduction,
  by: Certificate,
  organizationId: string,
) {
  const record = await verifyRecord(type, signedFromWire(introduction.record), by).catch(distrusted);
  const certificate = await readCertificate(fromBase64(introduction.certificate)).catch(distrusted);
  const { certificateFp, organizationId: stated } = record as MemberRecord | DeviceRecord;
  if (certificate.fingerprint !== certificateFp)
    throw new TrustError(
      'trust.roster',
      `The server shows another certificate than the one that was certified for a ${type}`,
    );
  if (stated !== organizationId)
    throw new TrustError('trust.roster', `The server shows a ${type} of another organization`);
  return { record: record as RecordOf<T>, certificate };
}

async function verifyDevice(
  introduction: Introduction,
  members: ReadonlyMap<string, TrustedMember>,
  organizationId: string,
): Promise<TrustedDevice> {
  const { memberId } = claimedBy('device', introduction.record);
  const member = members.get(memberId);
  if (!member) throw new TrustError('trust.roster', 'The server shows a device of an unknown member');
  const { record, certificate } = await introduced('device', introduction, member.certificate, organizationId);
  return { record, certificate, member, revokedAt: null };
}

/** In the server's order: a revocation by a device that was revoked before it counts for nothing. */
async function revoke(devices: Map<string, TrustedDevice>, wire: SignedRecord, organizationId: string): Promise<void> {
  const { signer, deviceId } = claimedBy('revocation', wire);
  const by = devices.get(signer.deviceId);
  const device = devices.get(deviceId);
  if (!by || by.record.memberId !== signer.memberId || !device)
    throw new TrustError('trust.roster', 'The server shows a revocation by or of an unknown device');
  const record: RevocationRecord = await verifyRecord('revocation', signedFromWire(wire), by.certificate).catch(
    distrusted,
  );
  const isEntitled = by.record.memberId === device.record.memberId || by.member.record.role === 'owner';
  if (by.record.kind !== 'full' || !isEntitled || record.organizationId !== organizationId) {
    throw new TrustError('trust.roster', 'The server shows a revocation that its signer may not make');
  }
  if (by.revokedAt !== null || device.revokedAt !== null) return;
  devices.set(deviceId, { ...device, revokedAt: record.createdAt });
}

/** What a record claims, before anything of it is believed: only to find the certificate to verify it with. */
function claimedBy<T extends RecordType>(type: T, wire: SignedRecord): RecordOf<T> {
  try {
    return parseRecord(type, signedFromWire(wire).bytes);
  } catch (error) {
    return distrusted(error);
  }
}

function distrusted(error: unknown): never {
  throw new TrustError('trust.roster', `The server shows something that nobody signed: ${(error as Error).message}`, {
    cause: error,
  });
}
