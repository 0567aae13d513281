import {
  canonicalJson,
  fromBase64,
  sha256,
  signedToWire,
  toBase64,
  type EnvelopeContent,
  type ProjectView,
  type RecordOf,
} from '@aerie/protocol';
import { Http } from '../api/http.js';
import { generateSecretKey, sealMessage, signRecord, writeSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { introduce } from '../identity/introduce.js';
import { newKeyring } from '../identity/keyring.js';
import { LocalDevice } from '../identity/local-device.js';
import { Roster } from '../identity/roster.js';
import { VerifiedProject } from './verified-project.js';

const organizationId = crypto.randomUUID();
const projectId = crypto.randomUUID();
const createdAt = '2026-01-01T00:00:00.000Z';

/** An owner with a laptop, a plain member with a tablet, and whatever either of them signs. */
async function organization() {
  const root = await generateSecretKey('root', 'signing');
  const people = await Promise.all(
    (['owner', 'member'] as const).map(async (role) => {
      const [member, device] = [
        await generateSecretKey(role, 'encrypting'),
        await generateSecretKey('device', 'encrypting'),
      ];
      const ids = { memberId: crypto.randomUUID(), deviceId: crypto.randomUUID() };
      const memberRecord = {
        v: 1,
        type: 'member',
        organizationId,
        memberId: ids.memberId,
        name: role,
        role,
        certificateFp: member.certificate.fingerprint,
        createdAt,
      } as const;
      const deviceRecord = {
        v: 1,
        type: 'device',
        organizationId,
        ...ids,
        kind: 'full',
        label: 'device',
        certificateFp: device.certificate.fingerprint,
        projects: null,
        expiresAt: null,
        createdAt,
      } as const;
      return {
        ids,
        member,
        device,
        introductions: [
          await introduce('member', memberRecord, member, root),
          await introduce('device', deviceRecord, device, member),
        ] as const,
      };
    }),
  );
  const record = {
    v: 1,
    type: 'organization',
    organizationId,
    name: 'Org',
    rootFp: root.certificate.fingerprint,
    receiptKey: { origin: 'test', publicKey: toBase64(new Uint8Array(32)) },
    createdAt,
  } as const;
  const view = {
    organization: await introduce('organization', record, root, root),
    members: people.map(({ introductions }) => introductions[0]),
    devices: people.map(({ introductions }) => introductions[1]),
    revocations: [],
  };
  const [owner, member] = [people[0]!, people[1]!];
  const keyring = newKeyring({
    server: 'http://127.0.0.1:1',
    organizationId,
    rootFp: root.certificate.fingerprint,
    ...owner.ids,
    kind: 'full',
    deviceSecretKey: toBase64(writeSecretKey(owner.device)),
    memberSecretKey: toBase64(writeSecretKey(owner.member)),
  });
  return { owner, member, roster: await Roster.verify(view, root.certificate.fingerprint), keyring };
}
type Organization = Awaited<ReturnType<typeof organization>>;
type Person = Organization['owner'];

const signed = async <T extends 'project' | 'epoch' | 'envelope'>(
  type: T,
  by: Person,
  rest: Omit<RecordOf<T>, 'v' | 'type' | 'organizationId' | 'createdAt' | 'signer'>,
) =>
  signedToWire(
    await signRecord(
      type,
      { v: 1, type, organizationId, createdAt, signer: by.ids, ...rest } as unknown as RecordOf<T>,
      by.device,
    ),
  );

const project = (by: Person, id = projectId) => signed('project', by, { projectId: id, previews: { mode: 'sealed' } });

async function epoch(by: Person, key: SecretKey, number = 1, prev: string | null = null, id = projectId) {
  const record = await signed('epoch', by, {
    projectId: id,
    epoch: number,
    certificateFp: key.certificate.fingerprint,
    members: [by.ids.memberId],
    prev,
  });
  return { record, certificate: toBase64(key.certificate.bytes) };
}
const digestOf = async ({ record }: { record: { bytes: string } }) => toBase64(await sha256(fromBase64(record.bytes)));

async function envelope(
  by: Person,
  to: Person,
  key: SecretKey,
  change: Partial<EnvelopeContent> = {},
  inRecord: { epoch?: number; projectId?: string } = {},
) {
  const certificateFp = to.member.certificate.fingerprint;
  const content: EnvelopeContent = {
    v: 1,
    organizationId,
    projectId,
    epoch: 1,
    recipientFp: certificateFp,
    name: 'Survey',
    secretKey: toBase64(writeSecretKey(key)),
    hashKey: toBase64(new Uint8Array(32)),
    ...change,
  };
  const sealed = await sealMessage(canonicalJson(content), [to.member.certificate]);
  const record = await signed('envelope', by, {
    projectId,
    epoch: 1,
    recipient: { memberId: to.ids.memberId, certificateFp },
    sealed: toBase64(await sha256(sealed)),
    ...inRecord,
  });
  return { record, sealed: toBase64(sealed) };
}

describe('A project', () => {
  let org: Organization;
  let key: SecretKey;
  let honest: ProjectView;
  beforeAll(async () => {
    org = await organization();
    key = await generateSecretKey('epoch', 'encrypting');
    honest = {
      projectId,
      record: await project(org.owner),
      epochs: [await epoch(org.owner, key)],
      envelopes: [await envelope(org.owner, org.owner, key)],
      bytesUsed: 0,
      bytesQuota: null,
      mediaCount: 0,
    };
  });
  const verify = async (change: Partial<ProjectView> = {}, pins: Record<string, number> = {}) =>
    VerifiedProject.verify(
      { ...honest, ...change },
      await LocalDevice.open({ ...org.keyring, pins }, new Http('http://127.0.0.1:1')),
      org.roster,
    );
  const refused = (change: Partial<ProjectView>, code: string) =>
    expect(verify(change)).rejects.toMatchObject({ code });

  it('opens for its member, with its name and its keys', async () => {
    const verified = await verify();
    expect(verified.opened.name).toBe('Survey');
    expect(verified.secretKeyOf(1, key.certificate.fingerprint).certificate.fingerprint).toBe(
      key.certificate.fingerprint,
    );
    expect(() => verified.secretKeyOf(1, 'f'.repeat(64))).toThrow('an epoch that no owner signed');
    expect(() => verified.secretKeyOf(2, key.certificate.fingerprint)).toThrow('an epoch that no owner signed');
  });

  it('is refused where the server puts an epoch of its own making in', async () => {
    const foreign = await generateSecretKey('evil', 'encrypting');
    await refused(
      { epochs: [{ ...honest.epochs[0]!, certificate: toBase64(foreign.certificate.bytes) }] },
      'trust.epoch',
    );
    await refused({ epochs: [await epoch(org.member, foreign)] }, 'trust.epoch');
    await refused({ epochs: [await epoch({ ...org.owner, device: org.member.device }, foreign)] }, 'trust.epoch');
    await refused({ epochs: [await epoch(org.owner, foreign, 1, null, crypto.randomUUID())] }, 'trust.epoch');
    await refused({ epochs: [] }, 'trust.epoch');
  });

  it('is refused where its record is by a plain member, or of another project', async () => {
    await refused({ record: await project(org.member) }, 'trust.project');
    await refused({ record: await project(org.owner, crypto.randomUUID()) }, 'trust.project');
  });

  it('follows a chain of epochs, and refuses gaps, forks and repetitions', async () => {
    const next = await generateSecretKey('epoch 2', 'encrypting');
    const first = honest.epochs[0]!;
    const second = await epoch(org.owner, next, 2, await digestOf(first));
    expect((await verify({ epochs: [first, second], envelopes: [] })).epoch.certificate.fingerprint).toBe(
      next.certificate.fingerprint,
    );
    await refused({ epochs: [second] }, 'trust.epoch');
    await refused({ epochs: [first, first] }, 'trust.epoch');
    await refused({ epochs: [first, await epoch(org.owner, next, 2, null)] }, 'trust.epoch');
    await refused({ epochs: [first, await epoch(org.owner, next, 2, toBase64(new Uint8Array(32)))] }, 'trust.epoch');
    await refused({ epochs: [first, await epoch(org.owner, next, 3, await digestOf(first))] }, 'trust.epoch');
  });

  it('is refused at a lower epoch than this device has seen, and remembers a higher one', async () => {
    await expect(verify({}, { [projectId]: 2 })).rejects.toMatchObject({ code: 'trust.rollback' });
    const pins: Record<string, number> = {};
    await verify({}, pins);
    expect(pins).toEqual({ [projectId]: 1 });
  });

  it('ignores envelopes for others and refuses one that was swapped, re-addressed or made for another project', async () => {
    const forMember = await envelope(org.owner, org.member, key);
    const verified = await verify({ envelopes: [forMember] });
    expect(() => verified.opened).toThrow('does not hold the key');
    const mine = honest.envelopes[0]!;
    await refused({ envelopes: [{ ...mine, sealed: forMember.sealed }] }, 'trust.envelope');
    const otherHashKey = await envelope(org.owner, org.owner, key, { hashKey: toBase64(new Uint8Array(32).fill(1)) });
    await refused({ envelopes: [{ ...mine, sealed: otherHashKey.sealed }] }, 'trust.envelope');
    await refused({ envelopes: [await envelope(org.member, org.owner, key)] }, 'trust.envelope');
    await refused(
      { envelopes: [await envelope(org.owner, org.owner, key, { projectId: crypto.randomUUID() })] },
      'trust.envelope',
    );
    await refused({ envelopes: [await envelope(org.owner, org.owner, key, { epoch: 2 })] }, 'trust.envelope');
    await refused(
      {
        envelopes: [
          await envelope(org.owner, org.owner, key, { recipientFp: org.member.member.certificate.fingerprint }),
        ],
      },
      'trust.envelope',
    );
    await refused(
      { envelopes: [await envelope(org.owner, org.owner, key, {}, { projectId: crypto.randomUUID() })] },
      'trust.envelope',
    );
    await refused({ envelopes: [await envelope(org.owner, org.owner, key, {}, { epoch: 2 })] }, 'trust.envelope');
    await refused(
      { envelopes: [await envelope(org.owner, org.owner, await generateSecretKey('evil', 'encrypting'))] },
      'trust.envelope',
    );
  });
});
