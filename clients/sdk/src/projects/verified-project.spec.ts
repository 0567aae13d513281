import { canonicalJson, toBase64, utf8, type EnvelopeContent, type Previews, type ProjectView } from '@aerie/protocol';
import { Organization, type Machine, type Person } from '../../../../test/support/organization.js';
import { Http } from '../api/http.js';
import { generateSecretKey, sealMessage, writeSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { LocalDevice } from '../identity/local-device.js';
import { Projects } from './projects.js';
import { VerifiedProject } from './verified-project.js';

const epochKey = () => generateSecretKey('epoch', 'encrypting');
const fpOf = ({ certificate }: SecretKey): string => certificate.fingerprint;

/** A project in the chain of the organization, and what an honest server shows of it to the owner. */
interface Made {
  readonly projectId: string;
  readonly key: SecretKey;
  readonly view: ProjectView;
}

describe('A project', () => {
  let org: Organization;
  let ben: Person;
  let made: Made;
  /** Ben's envelope of the same epoch. */
  let forBen: Uint8Array;
  beforeAll(async () => {
    org = await Organization.found();
    ben = await org.addMember('member');
    const [projectId, key] = [crypto.randomUUID(), await epochKey()];
    forBen = await seal(contentOf(projectId, key, { recipientFp: fpOf(ben.key) }), ben);
    made = await make({ projectId, key, others: { [ben.memberId]: forBen } });
  });

  const contentOf = (projectId: string, key: SecretKey, change: Partial<EnvelopeContent> = {}): EnvelopeContent => ({
    v: 1,
    organizationId: org.organizationId,
    projectId,
    epoch: 1,
    recipientFp: fpOf(org.owner.key),
    name: 'Survey',
    secretKey: toBase64(writeSecretKey(key)),
    hashKey: toBase64(new Uint8Array(32)),
    ...change,
  });
  const seal = (content: EnvelopeContent, to = org.owner) => sealMessage(canonicalJson(content), [to.key.certificate]);
  const viewOf = (projectId: string, ...envelopes: Uint8Array[]): ProjectView => ({
    projectId,
    envelopes: envelopes.map((sealed, at) => ({ epoch: at + 1, sealed: toBase64(sealed) })),
    ...{ bytesUsed: 0, bytesQuota: null, mediaCount: 0 },
  });

  /** A project with its first epoch; `sealed` is the owner's envelope in it. */
  async function make(
    known: {
      projectId?: string;
      key?: SecretKey;
      previews?: Previews;
      sealed?: Uint8Array;
      others?: Record<string, Uint8Array>;
    } = {},
  ): Promise<Made> {
    const { projectId = crypto.randomUUID(), key = await epochKey(), previews, others } = known;
    const sealed = known.sealed ?? (await seal(contentOf(projectId, key)));
    await org.append(org.projectDraft(projectId, previews));
    await org.append(await org.epochDraft(projectId, key, { [org.owner.memberId]: sealed, ...others }));
    return { projectId, key, view: viewOf(projectId, sealed) };
  }

  const open = (on: Machine = org.laptop) => LocalDevice.open(org.keyringOf(on), new Http('http://127.0.0.1:1'));
  const verify = async (view: ProjectView, on?: Machine) =>
    VerifiedProject.verify(view, await open(on), org.membership);
  const refused = (view: ProjectView, code: string) => expect(verify(view)).rejects.toMatchObject({ code });

  it('opens for its member, with its name and its keys', async () => {
    const verified = await verify(made.view);
    const fingerprint = fpOf(made.key);
    expect(verified.opened.name).toBe('Survey');
    expect(fpOf(verified.secretKeyOf(1, fingerprint))).toBe(fingerprint);
    expect(() => verified.secretKeyOf(1, 'f'.repeat(64))).toThrow('an epoch that no owner signed');
    expect(() => verified.secretKeyOf(2, fingerprint)).toThrow('an epoch that no owner signed');
    expect(() => verified.secretKeyOf(0, fingerprint)).toThrow('an epoch that no owner signed');
  });

  it('opens for another member with the envelope of that one', async () => {
    const tablet = await org.addDevice(ben);
    const verified = await verify(viewOf(made.projectId, forBen), tablet);
    expect(fpOf(verified.opened.secretKey)).toBe(fpOf(made.key));
    await expect(verify(made.view, tablet)).rejects.toMatchObject({ code: 'trust.envelope' });
  });

  it('is refused where the chain does not have it, whatever the server shows of it', async () => {
    await refused({ ...made.view, projectId: crypto.randomUUID() }, 'trust.project');
    // One that is signed by now, but not in the chain that was read.
    const before = org.membership;
    const { view } = await make();
    await expect(VerifiedProject.verify(view, await open(), before)).rejects.toMatchObject({ code: 'trust.project' });
  });

  it('is refused before its first epoch: there is nothing to seal to', async () => {
    const projectId = crypto.randomUUID();
    await org.append(org.projectDraft(projectId));
    await refused(viewOf(projectId), 'trust.epoch');
  });

  it('seals to its newest epoch, and opens what was sealed to those before', async () => {
    const { projectId, key, view } = await make();
    const next = await epochKey();
    const sealed = await seal(contentOf(projectId, next, { epoch: 2, name: 'Renamed' }));
    await org.append(await org.epochDraft(projectId, next, { [org.owner.memberId]: sealed }, { epoch: 2 }));
    const both = [...view.envelopes, { epoch: 2, sealed: toBase64(sealed) }];
    const verified = await verify({ ...view, envelopes: both });
    expect(verified.epoch.certificate.fingerprint).toBe(fpOf(next));
    expect(verified.opened.name).toBe('Renamed');
    for (const [epoch, one] of [key, next].entries())
      expect(fpOf(verified.secretKeyOf(epoch + 1, fpOf(one)))).toBe(fpOf(one));
    // A server that holds the newer envelope back is found out.
    await refused(view, 'trust.envelope');
    const newer = await verify({ ...view, envelopes: both.slice(1) });
    expect(() => newer.secretKeyOf(1, fpOf(key))).toThrow(expect.objectContaining({ code: 'project.no_key' }));
    const swapped = both.map(({ epoch, sealed: one }) => ({ epoch: 3 - epoch, sealed: one }));
    await refused({ ...view, envelopes: swapped }, 'trust.envelope');
  });

  it('opens with the key that its member had where the epoch began, and with no other', async () => {
    const cy = await org.addMember('member');
    const tablet = await org.addDevice(cy);
    const [projectId, first] = [crypto.randomUUID(), await epochKey()];
    await org.append(org.projectDraft(projectId));
    const memberKey = await generateSecretKey('cy', 'encrypting');
    const keyring = { ...org.keyringOf(tablet), memberSecretKeys: [cy.key, memberKey].map(octetsOf) };
    const local = await LocalDevice.open(keyring, new Http('http://127.0.0.1:1'));
    const envelopes: ProjectView['envelopes'] = [];
    const verifyWith = async (sealed: Uint8Array, epoch: number, next: SecretKey) => {
      await org.append(await org.epochDraft(projectId, next, { [cy.memberId]: sealed }, { epoch }));
      const shown = [...envelopes, { epoch, sealed: toBase64(sealed) }];
      const verified = await VerifiedProject.verify({ ...viewOf(projectId), envelopes: shown }, local, org.membership);
      envelopes.push(shown.at(-1)!);
      return verified;
    };
    await verifyWith(await seal(contentOf(projectId, first, { recipientFp: fpOf(cy.key) }), cy), 1, first);
    await org.append(await org.certificateDraft(cy, memberKey));
    const [second, third, fourth] = [await epochKey(), await epochKey(), await epochKey()];
    const newest = { ...cy, key: memberKey };
    const content = contentOf(projectId, second, { epoch: 2, recipientFp: fpOf(memberKey) });
    const verified = await verifyWith(await seal(content, newest), 2, second);
    expect(fpOf(verified.secretKeyOf(1, fpOf(first)))).toBe(fpOf(first));
    expect(fpOf(verified.secretKeyOf(2, fpOf(second)))).toBe(fpOf(second));
    // Whoever has the earlier key would open these as well.
    const toEarlier = await seal(contentOf(projectId, third, { epoch: 3, recipientFp: fpOf(cy.key) }), cy);
    await expect(verifyWith(toEarlier, 3, third)).rejects.toMatchObject({ code: 'trust.envelope' });
    const saysEarlier = await seal(contentOf(projectId, fourth, { epoch: 4, recipientFp: fpOf(cy.key) }), newest);
    await expect(verifyWith(saysEarlier, 4, fourth)).rejects.toMatchObject({ code: 'trust.envelope' });
  });

  it('is refused where the envelope of a member is held back whom the newest epoch names', async () => {
    await refused({ ...made.view, envelopes: [] }, 'trust.envelope');
  });

  it('is refused with another envelope than the epoch names, though its content is right', async () => {
    const { projectId, key, view } = made;
    await refused(viewOf(projectId, await seal(contentOf(projectId, key))), 'trust.envelope');
    const otherHashKey = contentOf(projectId, key, { hashKey: toBase64(new Uint8Array(32).fill(1)) });
    await refused(viewOf(projectId, await seal(otherHashKey)), 'trust.envelope');
    await refused(viewOf(projectId, forBen), 'trust.envelope');
    await refused({ ...view, envelopes: [{ ...view.envelopes[0]!, epoch: 2 }] }, 'trust.envelope');
    const other = await make();
    await refused({ ...view, envelopes: other.view.envelopes }, 'trust.envelope');
  });

  it.each<[string, () => Partial<EnvelopeContent>]>([
    ['of another project', () => ({ projectId: made.projectId })],
    ['of another epoch', () => ({ epoch: 2 })],
    ['for another member', () => ({ recipientFp: fpOf(ben.key) })],
    ['of another organization', () => ({ organizationId: crypto.randomUUID() })],
    ['with another key', () => ({ secretKey: toBase64(writeSecretKey(made.key)) })],
    ['with something that is no key', () => ({ secretKey: toBase64(new Uint8Array(50)) })],
  ])('is refused where the envelope that its epoch names is %s', async (_, change) => {
    const [projectId, key] = [crypto.randomUUID(), await epochKey()];
    const { view } = await make({ projectId, key, sealed: await seal(contentOf(projectId, key, change())) });
    await refused(view, 'trust.envelope');
  });

  it('is refused where the envelope that its epoch names does not open, or holds something else', async () => {
    const [projectId, key] = [crypto.randomUUID(), await epochKey()];
    const toBen = await make({ projectId, key, sealed: await seal(contentOf(projectId, key), ben) });
    await refused(toBen.view, 'trust.envelope');
    const nonsense = await sealMessage(utf8('{}'), [org.owner.key.certificate]);
    await refused((await make({ sealed: nonsense })).view, 'trust.envelope');
  });

  it('is verified without its keys on a device that opens nothing', async () => {
    const controller = await org.addDevice(org.owner, 'upload-only', { projects: [made.projectId] });
    const verified = await verify(made.view, controller);
    expect(verified.epoch.certificate.fingerprint).toBe(fpOf(made.key));
    expect(verified.envelopes.size).toBe(0);
    expect(() => verified.opened).toThrow(expect.objectContaining({ code: 'project.no_key' }));
  });

  it('shows pictures to the renderer that its record names, until that is revoked', async () => {
    expect((await verify(made.view)).renderer).toBeNull();
    const renderer = await org.addDevice(org.owner, 'renderer', { by: org.laptop });
    await org.addDevice(org.owner, 'renderer', { by: org.laptop });
    const named = { deviceId: renderer.deviceId, certificateFp: fpOf(renderer.key) };
    const { view } = await make({ previews: { mode: 'assisted', renderer: named } });
    expect((await verify(view)).renderer?.fingerprint).toBe(fpOf(renderer.key));
    await org.append(org.revocationDraft(renderer, org.laptop));
    expect((await verify(view)).renderer).toBeNull();
  });

  describe('in a list', () => {
    let first: Made;
    let second: Made;
    let tablet: Machine;
    beforeAll(async () => {
      org = await Organization.found();
      ben = await org.addMember('member');
      tablet = await org.addDevice(ben);
      [first, second] = [await make(), await make()];
    });

    const projectsOn = async (on: Machine, shown: readonly ProjectView[]) => {
      const fetch = (async (url: URL | string) =>
        Response.json(
          org.answer(url, on) ?? (/\/projects$/.test(String(url)) ? { projects: shown } : shown[0]),
        )) as typeof globalThis.fetch;
      return new Projects(await LocalDevice.open(org.keyringOf(on), new Http('http://127.0.0.1:1', fetch)));
    };
    const list = async (on: Machine, ...shown: ProjectView[]) =>
      (await (await projectsOn(on, shown)).list()).map(({ projectId, name }) => [projectId, name]);

    it('is told with the name that is sealed in its envelope', async () => {
      expect(await list(org.laptop, second.view, first.view)).toEqual([
        [second.projectId, 'Survey'],
        [first.projectId, 'Survey'],
      ]);
    });

    it('cannot be left out of what its members are shown', async () => {
      for (const shown of [[], [first.view], [second.view], [first.view, first.view]])
        await expect(list(org.laptop, ...shown)).rejects.toMatchObject({ code: 'trust.project' });
    });

    it('may be left out where this member does not read it, or not any more', async () => {
      expect(await list(tablet)).toEqual([]);
      const [projectId, key] = [crypto.randomUUID(), await epochKey()];
      const forBen = await seal(contentOf(projectId, key, { recipientFp: fpOf(ben.key) }), ben);
      await make({ projectId, key, others: { [ben.memberId]: forBen } });
      await expect(list(tablet)).rejects.toMatchObject({ code: 'trust.project' });
      expect(await list(tablet, viewOf(projectId, forBen))).toEqual([[projectId, 'Survey']]);
      const next = await epochKey();
      const sealed = await seal(contentOf(projectId, next, { epoch: 2 }));
      await org.append(await org.epochDraft(projectId, next, { [org.owner.memberId]: sealed }, { epoch: 2 }));
      expect(await list(tablet)).toEqual([]);
    });

    it('may be left out on a device that only adds to others', async () => {
      const controller = await org.addDevice(org.owner, 'upload-only', { projects: [first.projectId] });
      expect(await list(controller, first.view)).toEqual([[first.projectId, '']]);
    });

    it('cannot be put in by the server, nor shown in place of another', async () => {
      const strange = viewOf(crypto.randomUUID());
      await expect(list(tablet, strange)).rejects.toMatchObject({ code: 'trust.project' });
      const projects = await projectsOn(org.laptop, [second.view]);
      await expect(projects.verified(first.projectId)).rejects.toMatchObject({ code: 'trust.project' });
      expect((await projects.verified(second.projectId)).projectId).toBe(second.projectId);
    });
  });
});

const octetsOf = (key: SecretKey): string => toBase64(writeSecretKey(key));
