import {
  toBase64,
  signedToWire,
  type DeviceKind,
  type DeviceRecord,
  type Introduction,
  type MemberRecord,
  type RevocationRecord,
  type Roster as RosterView,
  type SignedRecord,
} from '@aerie/protocol';
import { generateSecretKey, signRecord, type SecretKey } from '../crypto/openpgp.js';
import { introduce } from './introduce.js';
import { Roster } from './roster.js';

const organizationId = crypto.randomUUID();
const earlier = '2026-01-01T00:00:00.000Z';
const later = '2026-06-01T00:00:00.000Z';

interface Person {
  readonly memberId: string;
  readonly key: SecretKey;
  readonly introduction: Introduction;
}
interface Machine {
  readonly deviceId: string;
  readonly memberId: string;
  readonly key: SecretKey;
  readonly introduction: Introduction;
}

async function person(
  root: SecretKey,
  role: MemberRecord['role'],
  change: Partial<MemberRecord> = {},
): Promise<Person> {
  const key = await generateSecretKey(role, 'encrypting');
  const record: MemberRecord = {
    v: 1,
    type: 'member',
    organizationId,
    memberId: crypto.randomUUID(),
    name: role,
    role,
    certificateFp: key.certificate.fingerprint,
    createdAt: earlier,
    ...change,
  };
  return { memberId: record.memberId, key, introduction: await introduce('member', record, key, root) };
}
async function machine(owner: Person, kind: DeviceKind = 'full', change: Partial<DeviceRecord> = {}): Promise<Machine> {
  const key = await generateSecretKey(kind, kind === 'upload-only' ? 'signing' : 'encrypting');
  const record: DeviceRecord = {
    v: 1,
    type: 'device',
    organizationId,
    memberId: owner.memberId,
    deviceId: crypto.randomUUID(),
    kind,
    label: kind,
    certificateFp: key.certificate.fingerprint,
    projects: null,
    expiresAt: null,
    createdAt: earlier,
    ...change,
  };
  return {
    deviceId: record.deviceId,
    memberId: record.memberId,
    key,
    introduction: await introduce('device', record, key, owner.key),
  };
}
async function revocation(by: Machine, of: Machine): Promise<SignedRecord> {
  const record: RevocationRecord = {
    v: 1,
    type: 'revocation',
    organizationId,
    deviceId: of.deviceId,
    reason: '',
    createdAt: '2026-03-01T00:00:00.000Z',
    signer: { memberId: by.memberId, deviceId: by.deviceId },
  };
  return signedToWire(await signRecord('revocation', record, by.key));
}
async function organization() {
  const root = await generateSecretKey('root', 'signing');
  const record = {
    v: 1,
    type: 'organization',
    organizationId,
    name: 'Org',
    rootFp: root.certificate.fingerprint,
    receiptKey: { origin: 'test', publicKey: toBase64(new Uint8Array(32)) },
    createdAt: earlier,
  } as const;
  const [ada, ben] = [await person(root, 'owner'), await person(root, 'member')];
  const [laptop, tablet, controller] = [await machine(ada), await machine(ben), await machine(ben, 'upload-only')];
  const view: RosterView = {
    organization: await introduce('organization', record, root, root),
    members: [ada.introduction, ben.introduction],
    devices: [laptop.introduction, tablet.introduction, controller.introduction],
    revocations: [],
  };
  return { root, ada, ben, laptop, tablet, controller, view, rootFp: root.certificate.fingerprint };
}
const as = ({ memberId, deviceId }: Machine) => ({ memberId, deviceId });

describe('The roster', () => {
  let org: Awaited<ReturnType<typeof organization>>;
  beforeAll(async () => {
    org = await organization();
  });
  const refused = (change: Partial<RosterView>, code = 'trust.roster', rootFp = org.rootFp) =>
    expect(Roster.verify({ ...org.view, ...change }, rootFp)).rejects.toMatchObject({ code });

  it('believes what is signed from the root down', async () => {
    const roster = await Roster.verify(org.view, org.rootFp);
    expect(roster.owner(as(org.laptop), later).member.record.name).toBe('owner');
    expect(roster.speaker(as(org.controller), later).record.kind).toBe('upload-only');
    expect(() => roster.owner(as(org.tablet), later)).toThrow('not a full device of an owner');
    expect(() => roster.owner(as(org.controller), later)).toThrow('not a full device of an owner');
  });

  it('refuses another organization, however well signed', async () => {
    const other = await organization();
    await refused(other.view, 'trust.root');
    await refused({ organization: other.view.organization }, 'trust.root');
    const named = {
      ...JSON.parse(Buffer.from(other.view.organization.record.bytes, 'base64').toString()),
      rootFp: org.rootFp,
    };
    await refused({ organization: await introduce('organization', named, other.root, other.root) }, 'trust.root');
  });

  it('refuses a look-alike certificate for a member or a device', async () => {
    const lookAlike = await generateSecretKey('member', 'encrypting');
    const certificate = toBase64(lookAlike.certificate.bytes);
    await refused({ members: [org.ada.introduction, { ...org.ben.introduction, certificate }] });
    await refused({ devices: [{ ...org.laptop.introduction, certificate }] });
  });

  it('refuses members that the root did not sign and devices that their member did not sign', async () => {
    const forged = await person(org.laptop.key, 'owner');
    await refused({ members: [...org.view.members, forged.introduction] });
    const planted = await machine({ ...org.ada, key: org.ben.key });
    await refused({ devices: [...org.view.devices, planted.introduction] });
    await refused({ devices: [...org.view.devices, (await machine(await person(org.root, 'member'))).introduction] });
  });

  it('refuses a record of another organization under the same root', async () => {
    const stray = await person(org.root, 'owner', { organizationId: crypto.randomUUID() });
    await refused({ members: [...org.view.members, stray.introduction] });
  });

  it('refuses two entries for one id', async () => {
    const twice = await person(org.root, 'owner', { memberId: org.ben.memberId });
    await refused({ members: [...org.view.members, twice.introduction] });
    await refused({ devices: [...org.view.devices, org.laptop.introduction] });
  });

  it('does not let one member borrow the device of another', async () => {
    const roster = await Roster.verify(org.view, org.rootFp);
    expect(() => roster.speaker({ memberId: org.ada.memberId, deviceId: org.tablet.deviceId }, later)).toThrow(
      'No member certified',
    );
  });

  it('trusts a revoked or expired device for what it did before, and no further', async () => {
    const expiring = await machine(org.ben, 'upload-only', { expiresAt: '2026-03-01T00:00:00.000Z' });
    const view = {
      ...org.view,
      devices: [...org.view.devices, expiring.introduction],
      revocations: [await revocation(org.tablet, org.controller)],
    };
    const roster = await Roster.verify(view, org.rootFp);
    for (const device of [org.controller, expiring]) {
      expect(roster.speaker(as(device), '2026-02-01T00:00:00.000Z').record.deviceId).toBe(device.deviceId);
      expect(() => roster.speaker(as(device), later)).toThrow(/was revoked|had run out/);
    }
  });

  it('refuses revocations by those who may not make them, and ignores those by the revoked', async () => {
    await refused({ revocations: [await revocation(org.tablet, org.laptop)] });
    await refused({ revocations: [await revocation(org.controller, org.tablet)] });
    const forged = await revocation({ ...org.laptop, key: org.tablet.key }, org.tablet);
    await refused({ revocations: [forged] });
    const roster = await Roster.verify(
      {
        ...org.view,
        revocations: [await revocation(org.laptop, org.tablet), await revocation(org.tablet, org.controller)],
      },
      org.rootFp,
    );
    expect(roster.devices.get(org.tablet.deviceId)?.revokedAt).not.toBeNull();
    expect(roster.devices.get(org.controller.deviceId)?.revokedAt).toBeNull();
  });
});
