import { primitives } from '#primitives';
import {
  canonicalJson,
  contextNotation,
  fromHex,
  fromUtf8,
  signedFromWire,
  toBase64,
  utf8,
  type Membership,
  type MembershipError,
} from '@aerie/protocol';
import {
  Organization,
  as,
  createdAt,
  newMachine,
  newPerson,
  recordIn,
  type Machine,
  type Person,
} from '../../../../test/support/organization.js';
import { generateSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { signOctets } from '../crypto/record-signature.js';
import { signEntries, type EntryDraft } from './append.js';
import { readChain, requireAgrees } from './chain.js';
import { proveDevice } from './device-records.js';
import { speakerOf } from './speaker.js';

describe('The membership chain', () => {
  let org: Organization;
  let ben: Person;
  let tablet: Machine;
  let controller: Machine;
  beforeAll(async () => {
    org = await Organization.found();
    ben = await org.addMember('member');
    tablet = await org.addDevice(ben);
    controller = await org.addDevice(ben, 'upload-only', { by: tablet });
  });

  /** That the chain as it is does not take this entry, for that reason; and that nothing has come of it. */
  const refuses = async (draft: EntryDraft, reason: MembershipError['reason']) => {
    const { size } = org.membership;
    await expect(org.append(draft)).rejects.toMatchObject({ name: 'MembershipError', reason });
    expect(org.membership.size).toBe(size);
  };
  const read = (entries = org.entries, size = entries.length) =>
    readChain(async (from) => ({ size, entries: entries.slice(from) }), undefined, org.rootFp);
  const refusedAs = (code: string, entries: typeof org.entries, size?: number) =>
    expect(read(entries, size)).rejects.toMatchObject({ code });

  it('is read from the root down, in pages', async () => {
    const whole = await readChain(
      async (from) => ({ size: org.entries.length, entries: org.entries.slice(from, from + 2) }),
      undefined,
      org.rootFp,
    );
    expect(whole.head).toEqual(org.membership.head);
    expect(whole.members.get(ben.memberId)?.record.role).toBe('member');
    expect(whole.devices.get(controller.deviceId)?.record.kind).toBe('upload-only');
    expect(whole.organization.name).toBe('Org');
  });

  it('refuses another organization, however well signed', async () => {
    const other = await Organization.found();
    await refusedAs('trust.root', other.entries);
    await refusedAs('trust.membership', [org.entries[0]!, ...other.entries.slice(1)]);
    await refusedAs('trust.membership', []);
  });

  it('refuses entries that are left out, moved, repeated or altered', async () => {
    const all = org.entries;
    for (let place = 0; place < all.length - 1; place++) await refusedAs('trust.membership', all.toSpliced(place, 1));
    await refusedAs('trust.membership', [all[0]!, all[2]!, all[1]!, ...all.slice(3)]);
    await refusedAs('trust.membership', [...all, all.at(-1)!]);
    for (let place = 1; place < all.length; place++) {
      const altered = [...all];
      const record = { ...recordIn(all[place]!), createdAt: '2026-01-02T00:00:00.000Z' };
      altered[place] = { ...all[place]!, bytes: toBase64(canonicalJson(record)) };
      await refusedAs('trust.membership', altered);
    }
  });

  it('refuses a server that says it has more than it shows, and one that shows less than was seen', async () => {
    await refusedAs('trust.membership', org.entries, org.entries.length + 1);
    const shorter = org.entries.slice(0, -1);
    await expect(
      readChain(async (from) => ({ size: shorter.length, entries: shorter.slice(from) }), org.membership, org.rootFp),
    ).rejects.toMatchObject({ code: 'trust.rollback' });
    const before = await read(shorter);
    expect(() => requireAgrees(before, org.membership.head)).toThrow(
      expect.objectContaining({ code: 'trust.rollback' }),
    );
    expect(() => requireAgrees(org.membership, before.head)).not.toThrow();
  });

  it('notices another history of the same people', async () => {
    const [one, other] = [
      await org.sign(org.projectDraft(crypto.randomUUID())),
      await org.sign(org.projectDraft(crypto.randomUUID())),
    ];
    const ours = await org.membership.with([signedFromWire(one)]);
    const theirs = await org.membership.with([signedFromWire(other)]);
    expect(() => requireAgrees(ours, theirs.head)).toThrow(expect.objectContaining({ code: 'trust.fork' }));
    expect(() => requireAgrees(ours, ours.head)).not.toThrow();
  });

  it('takes an entry at its own place and of its own organization only', async () => {
    const { head } = org.membership;
    const project = org.projectDraft(crypto.randomUUID());
    for (const after of [
      { ...head, size: head.size + 1 },
      { ...head, size: head.size - 1 },
    ])
      await expect(org.membership.with([signedFromWire(await org.sign(project, after))])).rejects.toMatchObject({
        reason: 'order',
      });
    const stated = { organizationId: crypto.randomUUID(), createdAt: '2026-01-01T00:00:00.000Z', after: head };
    await expect(org.membership.with(await signEntries([project], stated))).rejects.toMatchObject({
      reason: 'authority',
    });
  });

  it('lets no device speak for another member than its own', async () => {
    const { memberId } = org.owner;
    const signer = { ...as(tablet), memberId };
    const said = { type: 'project', signer, projectId: crypto.randomUUID(), previews: { mode: 'sealed' } } as const;
    await refuses({ said, key: tablet.key }, 'authority');
  });

  it('lets the root certify owners and nobody else, and devices of owners everybody else', async () => {
    const eve = await newPerson('eve');
    await refuses({ ...org.memberDraft(eve, 'member'), key: tablet.key }, 'signature');
    await refuses(org.memberDraft(eve, 'member', tablet), 'authority');
    await refuses(org.memberDraft(eve, 'owner', org.laptop), 'authority');
    const byRoot = org.memberDraft(eve, 'member');
    await refuses(
      { said: { ...byRoot.said, signer: { by: 'root' } } as EntryDraft['said'], key: org.root },
      'authority',
    );
  });

  it('lets no member key certify: a revoked device still holds it', async () => {
    const planted = await newMachine(ben);
    const draft = await org.deviceDraft(planted, { by: tablet });
    await refuses({ ...draft, key: ben.key }, 'signature');
    await refuses({ ...(await org.deviceDraft(planted)), key: ben.key }, 'signature');
  });

  it('lets a member certify its own devices, and nobody the devices of another', async () => {
    const planted = await newMachine(org.owner);
    await refuses(await org.deviceDraft(planted, { by: tablet }), 'authority');
    await refuses(await org.deviceDraft(await newMachine(ben), { by: controller }), 'authority');
    await refuses(await org.deviceDraft(await newMachine(ben, 'renderer'), { by: tablet }), 'authority');
    await refuses(await org.deviceDraft(await newMachine(org.owner, 'renderer')), 'authority');
  });

  it('takes no key whose holder does not want it', async () => {
    const victim = await newMachine(ben);
    const other = await newMachine(ben);
    for (const proof of [
      await proveDevice(other.key, org.organizationId, victim.deviceId),
      await proveDevice(victim.key, org.organizationId, other.deviceId),
      await proveDevice(victim.key, crypto.randomUUID(), victim.deviceId),
    ])
      await refuses(await org.deviceDraft(victim, { by: tablet, proof }), 'signature');
  });

  it('takes no device whose certificate does not let its key sign', async () => {
    const victim = await newMachine(ben);
    const draft = await org.deviceDraft(victim, { by: tablet });
    const altered = Uint8Array.from(victim.key.certificate.bytes);
    // The last octet of the direct-key signature, which follows the packet of the key.
    altered[44 + 2 + 187 - 1]! ^= 1;
    const said = { ...draft.said, certificate: toBase64(altered) } as EntryDraft['said'];
    await refuses({ ...draft, said }, 'signature');
    const [entry] = [await org.sign(draft)].map(signedFromWire);
    const [now, anew] = [await org.membership.with([entry!]), await org.membership.with([entry!], { isNew: true })];
    expect(anew.head).toEqual(now.head);
  });

  it('says of many entries at once what it says of one after the other, whichever are wrong', async () => {
    const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const [machine, unwilling] = [await newMachine(ben), await newMachine(ben)];
    const drafts = [
      org.projectDraft(one),
      await org.deviceDraft(machine, { by: tablet }),
      org.revocationDraft(machine, tablet),
      org.projectDraft(other),
      org.projectDraft(crypto.randomUUID(), { mode: 'none' }),
    ];
    const wrong: EntryDraft[] = [
      org.projectDraft(one),
      org.projectDraft(crypto.randomUUID(), { mode: 'sealed' }, tablet),
      { ...org.projectDraft(crypto.randomUUID()), key: tablet.key },
      await org.deviceDraft(unwilling, { by: tablet, proof: await proveDevice(machine.key, one, other) }),
      await org.deviceDraft({ ...unwilling, key: org.laptop.key }, { by: tablet }),
    ];
    const { head, organization } = org.membership;
    const stated = { organizationId: organization.organizationId, createdAt, after: head };
    const verdict = (of: Promise<Membership>) =>
      of.then(
        ({ head: reached }) => reached,
        ({ reason, message }: MembershipError) => ({ reason, message }),
      );
    const verdicts = new Set<unknown>();
    for (let first = 0; first <= drafts.length; first++)
      for (let second = first; second <= drafts.length; second++) {
        const at = first + second;
        const mixed = drafts.toSpliced(second, 0, wrong[at % 5]!).toSpliced(first, 0, wrong[(at + first + 1) % 5]!);
        for (const chosen of [mixed, drafts.toSpliced(first, 0, wrong[at % 5]!), drafts]) {
          const entries = await signEntries(chosen, stated);
          const inTurn = entries.reduce(
            async (chain, entry) => (await chain).with([entry]),
            Promise.resolve(org.membership),
          );
          const expected = await verdict(inTurn);
          expect(await verdict(org.membership.with(entries))).toEqual(expected);
          verdicts.add('reason' in expected ? expected.reason : 'belongs');
        }
      }
    expect([...verdicts].sort()).toEqual(['authority', 'belongs', 'conflict', 'signature']);
  });

  it('limits upload-only devices, and no others', async () => {
    const full = await newMachine(ben);
    await refuses(await org.deviceDraft(full, { by: tablet, expiresAt: '2027-01-01T00:00:00.000Z' }), 'conflict');
    await refuses(await org.deviceDraft(full, { by: tablet, projects: [] }), 'conflict');
    await refuses(
      await org.deviceDraft(await newMachine(ben, 'upload-only'), { by: tablet, projects: null }),
      'conflict',
    );
  });

  it('has one thing for each id and each certificate', async () => {
    const again = { ...(await newMachine(ben)), deviceId: tablet.deviceId };
    await refuses(await org.deviceDraft(again, { by: tablet }), 'conflict');
    const reused: Machine = { ...(await newMachine(ben)), key: org.laptop.key };
    await refuses(await org.deviceDraft(reused, { by: tablet }), 'conflict');
    const twin = { ...(await newPerson('twin')), memberId: ben.memberId };
    await refuses(org.memberDraft(twin, 'member'), 'conflict');
    await refuses(org.memberDraft({ ...(await newPerson('thief')), key: ben.key }, 'member'), 'conflict');
    await refuses(org.memberDraft({ ...(await newPerson('thief')), recovery: ben.recovery }, 'member'), 'conflict');
  });

  it('names devices by their own member, while they stand', async () => {
    const phone = await org.addDevice(ben, 'full', { by: tablet });
    const name = (label: string, by: Machine): EntryDraft => ({
      said: { type: 'device-name', signer: as(by), deviceId: phone.deviceId, label },
      key: by.key,
    });
    await refuses(name('mine', org.laptop), 'authority');
    await org.append(name('Ben’s phone', tablet));
    expect(org.membership.devices.get(phone.deviceId)?.label).toBe('Ben’s phone');
    await org.append(org.revocationDraft(phone, tablet));
    await refuses(name('again', tablet), 'conflict');
  });

  it('judges a revoked device by its place in the chain, whatever dates it writes', async () => {
    const lost = await org.addDevice(ben, 'full', { by: tablet });
    const before = org.membership.size;
    await refuses(org.revocationDraft(org.laptop, lost), 'authority');
    await org.append(org.revocationDraft(lost, org.laptop));
    const said = { memberId: ben.memberId, deviceId: lost.deviceId };
    expect(org.membership.speaker(said, before).until).toBe(before);
    expect(() => org.membership.speaker(said, before + 1)).toThrow('was revoked before that');
    expect(() => org.membership.speaker(said, before - 1)).toThrow('no member certified');
    await refuses(await org.deviceDraft(await newMachine(ben), { by: lost }), 'authority');
    await refuses(org.revocationDraft(tablet, lost), 'authority');
    await refuses(org.revocationDraft(lost, org.laptop), 'conflict');
  });

  it('brings a member back with the kit who has no device left', async () => {
    const cy = await org.addMember('member');
    const only = await org.addDevice(cy);
    await org.append(org.revocationDraft(only, only));
    const said = { type: 'revocation', signer: { by: 'recovery', memberId: cy.memberId }, reason: '' } as const;
    const back = await org.addDevice(cy);
    await refuses({ said: { ...said, deviceId: tablet.deviceId }, key: cy.recovery }, 'authority');
    await org.append({ said: { ...said, deviceId: back.deviceId }, key: cy.recovery });
    expect(org.membership.devices.get(back.deviceId)?.until).not.toBeNull();
  });

  describe('in which a member has a new certificate', () => {
    let dee: Person;
    let desk: Machine;
    let phone: Machine;
    let memberKey: SecretKey;
    beforeEach(async () => {
      dee = await org.addMember('member');
      [desk, phone] = [await org.addDevice(dee), await org.addDevice(dee)];
      await org.addDevice(dee, 'upload-only', { by: desk });
      memberKey = await generateSecretKey('dee', 'encrypting');
    });
    const sealed = toBase64(new Uint8Array(32));
    const fps = () =>
      org.membership.members.get(dee.memberId)!.certificates.map(({ certificate }) => fpOf(certificate));

    it('keeps the earlier one, each in force from its place on', async () => {
      const { size } = org.membership;
      const before = [desk, phone].map(({ deviceId }) => ({ deviceId, sealed }));
      await org.append(await org.certificateDraft(dee, memberKey, { by: desk, keys: before }));
      const later = await generateSecretKey('dee, later', 'encrypting');
      await org.append(await org.certificateDraft(dee, later));
      expect(fps()).toEqual([dee.key, memberKey, later].map(({ certificate }) => fpOf(certificate)));
      const at = (place: number) => fpOf(org.membership.certificateOf(dee.memberId, place)!.certificate);
      expect([at(size), at(size + 1), at(size + 2)]).toEqual(fps());
      expect(org.membership.certificateOf(dee.memberId, 1)).toBeUndefined();
      expect(org.membership.certificateOf(dee.memberId)?.rotation?.keys).toHaveLength(2);
    });

    it('takes it from a full device of that member, or with its kit, and from nobody else', async () => {
      await refuses(await org.certificateDraft(dee, memberKey, { by: org.laptop }), 'authority');
      await refuses(await org.certificateDraft(dee, memberKey, { by: tablet }), 'authority');
      const kit = await org.certificateDraft(dee, memberKey);
      await refuses({ ...kit, key: dee.key }, 'signature');
      await refuses({ said: { ...kit.said, memberId: ben.memberId } as EntryDraft['said'], key: kit.key }, 'authority');
      await org.append(org.revocationDraft(phone, desk));
      await refuses(await org.certificateDraft(dee, memberKey, { by: phone }), 'authority');
      await org.append(await org.certificateDraft(dee, memberKey));
      expect(fps()).toHaveLength(2);
    });

    it('has its key with each full device in good standing, once, and with nothing else', async () => {
      const name = (...machines: Machine[]) => machines.map(({ deviceId }) => ({ deviceId, sealed }));
      const refusesKeys = async (keys: { deviceId: string; sealed: string }[]) =>
        refuses(await org.certificateDraft(dee, memberKey, { by: desk, keys }), 'conflict');
      await refusesKeys([]);
      await refusesKeys(name(desk));
      await refusesKeys(name(desk, desk));
      await refusesKeys(name(desk, phone, phone));
      await refusesKeys(name(desk, phone, tablet));
      await org.append(org.revocationDraft(phone, desk));
      await refusesKeys(name(desk, phone));
      await refusesKeys(name(phone));
      await org.append(await org.certificateDraft(dee, memberKey, { by: desk, keys: name(desk) }));
    });

    it('has one that never stood for anything', async () => {
      for (const used of [dee.key, dee.recovery, ben.key, org.root, phone.key])
        await refuses(await org.certificateDraft(dee, used), 'conflict');
      await org.append(await org.certificateDraft(dee, memberKey));
      await refuses(await org.certificateDraft(dee, memberKey), 'conflict');
      await refuses(await org.certificateDraft(dee, dee.key), 'conflict');
    });
  });

  it('takes projects and epochs from full devices of owners, each epoch after the one before', async () => {
    const projectId = crypto.randomUUID();
    const [first, second] = [await epochKey(), await epochKey()];
    const sealed = { [org.owner.memberId]: utf8('sealed') };
    const epoch = (key: SecretKey, options: { epoch?: number; by?: Machine } = {}, names = sealed) =>
      org.epochDraft(projectId, key, names, options);
    await refuses(org.projectDraft(projectId, { mode: 'sealed' }, tablet), 'authority');
    await refuses(await epoch(first), 'conflict');
    await org.append(org.projectDraft(projectId));
    await refuses(org.projectDraft(projectId), 'conflict');
    await refuses(await epoch(first, { by: tablet }), 'authority');
    await refuses(await epoch(first, { epoch: 2 }), 'conflict');
    await refuses(await epoch(first, {}, { [crypto.randomUUID()]: utf8('sealed') }), 'conflict');
    const draft = await epoch(first);
    const twice = draft.said as Extract<EntryDraft['said'], { type: 'epoch' }>;
    const said = { ...twice, members: [...twice.members, ...twice.members] };
    await refuses({ ...draft, said }, 'conflict');
    await org.append(await epoch(first));
    await refuses(await epoch(first, { epoch: 2 }), 'conflict');
    await refuses(await epoch(second), 'conflict');
    await org.append(await epoch(second, { epoch: 2 }));
    expect(org.membership.projects.get(projectId)?.epochs.map(({ record }) => record.epoch)).toEqual([1, 2]);
  });

  it('names no renderer that no owner signed in, or that was revoked', async () => {
    const renderer = await org.addDevice(org.owner, 'renderer', { by: org.laptop });
    const assisted = (certificateFp = renderer.key.certificate.fingerprint, deviceId = renderer.deviceId) =>
      org.projectDraft(crypto.randomUUID(), { mode: 'assisted', renderer: { deviceId, certificateFp } });
    await org.append(assisted());
    await refuses(assisted(tablet.key.certificate.fingerprint), 'conflict');
    await refuses(assisted(tablet.key.certificate.fingerprint, tablet.deviceId), 'conflict');
    await org.append(org.revocationDraft(renderer, org.laptop));
    await refuses(assisted(), 'conflict');
  });

  it('passes over what a later version added, unless that says it must be understood', async () => {
    const later = (critical: boolean, type = 'member-photo', v = 1) =>
      org.membership.with([]).then(async ({ head }) => {
        const { organizationId } = org;
        const stated = { organizationId, seq: head.size, prev: head.head, createdAt: '2030-01-01T00:00:00.000Z' };
        return laterEntry(
          { v, type, critical, ...stated, signer: as(org.laptop), photo: 'a member nobody knows' },
          org.laptop.key,
        );
      });
    const skipped = await org.membership.with([await later(false)]);
    expect(skipped.size).toBe(org.membership.size + 1);
    await expect(org.membership.with([await later(true)])).rejects.toMatchObject({ reason: 'unsupported' });
    await expect(org.membership.with([await later(true, 'device', 2)])).rejects.toMatchObject({
      reason: 'unsupported',
    });
    const entry = await later(true);
    const entries = [...org.entries, { bytes: toBase64(entry.bytes), signature: toBase64(entry.signature) }];
    await refusedAs('client.too_old', entries);
    const { bytes } = await later(false);
    const loose = await laterEntry(
      recordIn({ bytes: toBase64(bytes), signature: '' }) as never,
      org.laptop.key,
      (text) => text.replace('{', '{ '),
    );
    await expect(org.membership.with([loose])).rejects.toMatchObject({ reason: 'signature' });
    const unsigned = { ...(await later(false)), signature: (await later(false, 'other-thing')).signature };
    await expect(org.membership.with([unsigned])).rejects.toMatchObject({ reason: 'signature' });
  });

  it('lets nobody borrow the device of another, nor one whose time had run out', async () => {
    const limited = await org.addDevice(ben, 'upload-only', { by: tablet, expiresAt: '2026-03-01T00:00:00.000Z' });
    const said = { memberId: ben.memberId, deviceId: limited.deviceId };
    const { size } = org.membership;
    expect(speakerOf(org.membership, said, { size, at: '2026-02-01T00:00:00.000Z' }).record.deviceId).toBe(
      limited.deviceId,
    );
    expect(() => speakerOf(org.membership, said, { size, at: '2026-03-01T00:00:00.000Z' })).toThrow('had run out');
    expect(() =>
      speakerOf(org.membership, { ...said, memberId: org.owner.memberId }, { size, at: '2026-02-01T00:00:00.000Z' }),
    ).toThrow('no member certified');
  });
});

const fpOf = ({ fingerprint }: { fingerprint: string }): string => fingerprint;

const epochKey = () => generateSecretKey('epoch', 'encrypting');

/** Signed as a version would that knows the type: in its own context. */
async function laterEntry(
  record: { type: string; v: number } & Record<string, unknown>,
  key: SecretKey,
  print: (canonical: string) => string = (canonical) => canonical,
) {
  const bytes = utf8(print(fromUtf8(canonicalJson(record))));
  const signing = await key.key.getSigningKey();
  const packet = signing.keyPacket as unknown as KeyOctets;
  const pair = { secret: packet.privateParams.seed, publicKey: packet.publicParams.A };
  const signature = await signOctets(bytes, await primitives.signer(pair), {
    created: Math.floor(Date.now() / 1000),
    issuer: fromHex(signing.getFingerprint()),
    notation: { name: contextNotation, value: `${record.type}.v${record.v}` },
  });
  return { bytes, signature };
}

/** What openpgp.js keeps of a key, but leaves out of its type declarations. */
interface KeyOctets {
  privateParams: { seed: Uint8Array };
  publicParams: { A: Uint8Array };
}
