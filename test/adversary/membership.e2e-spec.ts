import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, Pairing, newPairingCode, type Keyring } from '@aerie/sdk';
import {
  fromBase64,
  manifestDigest,
  printReceipt,
  receiptText,
  sha256,
  signedToWire,
  toBase64,
  type MembershipPage,
  type SignedRecord,
} from '@aerie/protocol';
import { generateSecretKey, readSecretKey } from '../../clients/sdk/src/crypto/openpgp.js';
import { signEntries, type EntryDraft } from '../../clients/sdk/src/identity/append.js';
import { fullDevice, proveDevice } from '../../clients/sdk/src/identity/device-records.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { RawDevice, send, type SealedFile } from '../support/raw.js';
import type { RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';

/** What comes of who belongs to an organization where a device was lost, and where the server helps whoever has it. */
describe('The membership chain, with the help of the server', () => {
  let harbor: Harbor;
  let server: RunningServer;
  let ada: RawDevice;
  let stored: Stored;
  let projectId: string;
  /** A full device of Ada's, with her member key, that was revoked. */
  let lost: RawDevice;

  beforeAll(async () => {
    ({ server, ada, stored, projectId } = harbor = await openHarbor());
    lost = await RawDevice.open(await paired('lost phone'));
    await lost.aerie.local.membership();
    await ada.aerie.devices.revoke(lost.aerie.keyring.deviceId, 'left on a train');
  }, 120_000);

  afterAll(() => harbor?.close(), 60_000);

  async function paired(label: string): Promise<Keyring> {
    const code = newPairingCode();
    const pairing = await Pairing.offer({ server: server.url, code, label, kind: 'full' });
    await ada.aerie.devices.approve(code, (await ada.aerie.devices.readOffer(code))!);
    return pairing.answered();
  }

  /** Ada's keyring at work, with a server whose chain is what `change` makes of it. */
  const shown = (change: (page: MembershipPage) => MembershipPage, keyring: Keyring = ada.aerie.keyring) =>
    Aerie.open(structuredClone(keyring), {
      fetch: async (input, init) => {
        const { pathname, searchParams } = new URL(String(input instanceof Request ? input.url : input));
        if (!pathname.endsWith('/membership')) return fetch(input, init);
        const whole = change(await chain());
        const from = Number(searchParams.get('from') ?? 0);
        return Response.json({ ...whole, entries: whole.entries.slice(from) });
      },
    });
  const chain = async (): Promise<MembershipPage> => (await ada.send('readMembership')).json as MembershipPage;
  /** Entries that follow what the chain has, or had after so many entries, by whoever holds that key. */
  async function signed(said: EntryDraft['said'][], key = lost.aerie.local.deviceKey, size?: number) {
    const membership = await ada.aerie.local.membership({ fresh: true });
    const { entries } = await chain();
    const after = size === undefined ? membership.head : { size, head: await digestOf(entries[size - 1]!) };
    const stated = { organizationId: ada.aerie.keyring.organizationId, createdAt: '2020-01-01T00:00:00.000Z', after };
    const drafts = said.map((one) => ({ said: one, key }));
    return (await signEntries(drafts, stated)).map(signedToWire);
  }
  const plus = (entries: SignedRecord[]) => (page: MembershipPage) => ({
    size: page.size + entries.length,
    entries: [...page.entries, ...entries],
  });
  async function planted(signer = byLost()) {
    const { organizationId, memberId } = ada.aerie.keyring;
    const key = await generateSecretKey('mine now', 'encrypting');
    const deviceId = randomUUID();
    const proof = await proveDevice(key, organizationId, deviceId);
    const { certificate } = key;
    return fullDevice({ signer, memberId, deviceId, label: 'mine now', certificate, proof });
  }
  const byLost = () => ({ by: 'device', ...lost.aerie.local.signer }) as const;

  it('lets a revoked device in nowhere', async () => {
    expect((await lost.send('readMembership', { token: null })).code).toBe('session.missing');
    await expect(lost.aerie.projects.list()).rejects.toMatchObject({
      code: expect.stringMatching(/^device\.revoked$/),
    });
  });

  it('lets a revoked device enroll nobody, neither with its own key nor with the key of its member', async () => {
    const memberKey = await readSecretKey(fromBase64(lost.aerie.keyring.memberSecretKeys![0]!));
    const said = await planted();
    for (const [key, code] of [
      [lost.aerie.local.deviceKey, 'record.not_authorized'],
      [memberKey, 'record.not_authorized'],
    ] as const) {
      const [entry] = await signed([said], key);
      expect((await send(server.url, 'enrollDevice', { body: { entry } })).code).toBe(code);
      await expect((await shown(plus([entry!]))).local.membership()).rejects.toMatchObject({
        code: 'trust.membership',
      });
    }
    const byKit = { ...said, signer: { by: 'recovery', memberId: ada.aerie.keyring.memberId } } as const;
    const [asKit] = await signed([byKit], memberKey);
    expect((await send(server.url, 'enrollDevice', { body: { entry: asKit } })).code).toBe('record.signature_invalid');
    await expect((await shown(plus([asKit!]))).local.membership()).rejects.toMatchObject({ code: 'trust.membership' });
  });

  it('lets a revoked device sign no epoch that a client seals to, however it dates it', async () => {
    const key = await generateSecretKey('epoch 2', 'encrypting');
    const members = [{ memberId: ada.aerie.keyring.memberId, sealed: toBase64(await sha256(new Uint8Array(1))) }];
    const certificate = toBase64(key.certificate.bytes);
    const entries = await signed([{ type: 'epoch', signer: byLost(), projectId, epoch: 2, certificate, members }]);
    await expect((await shown(plus(entries))).projects.read(projectId)).rejects.toMatchObject({
      code: 'trust.membership',
    });
    // Nor in the place of its own revocation, in a history that never had it: whoever has seen that knows better.
    const place = await placeOf('revocation');
    const [instead] = await signed(
      [{ type: 'epoch', signer: byLost(), projectId, epoch: 2, certificate, members }],
      undefined,
      place,
    );
    const forked = (page: MembershipPage) => ({
      size: place + 1,
      entries: [...page.entries.slice(0, place), instead!],
    });
    await expect((await shown(forked)).local.membership()).rejects.toMatchObject({ code: 'trust.fork' });
  });

  it('keeps nobody from noticing an older state, also not a restart of the client', async () => {
    const keyring = structuredClone(ada.aerie.keyring);
    await (await shown((page) => page, keyring)).local.membership();
    const older = (page: MembershipPage) => ({ size: page.size - 1, entries: page.entries.slice(0, -1) });
    const pinned = (await ada.aerie.local.membership({ fresh: true })).head;
    const aerie = await shown(older, { ...keyring, membership: pinned });
    await expect(aerie.local.membership()).rejects.toMatchObject({ code: 'trust.rollback' });
    await expect(aerie.projects.read(projectId)).rejects.toMatchObject({ code: 'trust.rollback' });
  });

  it('shows two devices two histories until they exchange one file', async () => {
    const ben = await RawDevice.open(await paired('second laptop'));
    const { size } = await ada.aerie.local.membership({ fresh: true });
    const { entrySigner: signer } = ada.aerie.local;
    const told = (label: string) =>
      signed(
        [{ type: 'device-name', signer, deviceId: ben.aerie.keyring.deviceId, label }],
        ada.aerie.local.deviceKey,
        size,
      );
    const [one, other] = [await told('this'), await told('that')];
    const uploader = await shown(plus(one), ben.aerie.keyring);
    const { head } = await uploader.local.membership();
    // The server keeps the manifest that the second device signs over what it was shown.
    const file = await ben.seal(projectId, Buffer.from('evidence'));
    const lied = await ben.resign(file, (manifest) => ({ ...manifest, membership: head }));
    expect((await ben.bundle(projectId, [lied])).json.outcomes[0].problem.code).toBe('record.mismatch');
    const honest = await ben.seal(projectId, Buffer.from('more evidence'));
    expect((await ben.bundle(projectId, [honest])).json.outcomes[0].receipt).toBeDefined();
    const signedElsewhere = await ben.resign(honest, (manifest) => ({ ...manifest, membership: head }));
    const receipt = await forgedReceipt(signedElsewhere, head.size);
    const reader = await Aerie.open(structuredClone(ada.aerie.keyring), {
      fetch: async (input, init) => {
        const url = new URL(String(input instanceof Request ? input.url : input));
        if (url.pathname.endsWith('/membership')) {
          const whole = plus(other)(await chain());
          return Response.json({ ...whole, entries: whole.entries.slice(Number(url.searchParams.get('from') ?? 0)) });
        }
        const response = await fetch(input, init);
        if (!url.pathname.endsWith(`/media/${honest.mediaId}`)) return response;
        const view = (await response.json()) as object;
        return Response.json({ ...view, manifest: signedElsewhere.commit.manifest, receipt });
      },
    });
    await expect(reader.media.check(honest.mediaId)).resolves.toMatchObject({ problem: { code: 'trust.fork' } });
  });

  it('leaves no project out of the list of those who read it', async () => {
    const aerie = await Aerie.open(structuredClone(ada.aerie.keyring), {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        return String(input).endsWith('/projects') && response.ok ? Response.json({ projects: [] }) : response;
      },
    });
    await expect(aerie.projects.list()).rejects.toMatchObject({ code: 'trust.project' });
  });

  it('takes entries of many devices at the same time, each once and one after another', async () => {
    const before = (await chain()).size;
    const second = await RawDevice.open(await paired('third laptop'));
    const enrolled = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        (i % 2 ? ada : second).aerie.devices.enrollUploadOnly({ projectId, label: `Drone ${i}` }),
      ),
    );
    const { devices, size } = await ada.aerie.local.membership({ fresh: true });
    expect(size).toBe(before + 1 + enrolled.length);
    for (const { deviceId } of enrolled) expect(devices.get(deviceId)?.record.kind).toBe('upload-only');
    expect(await stored.count('SELECT count(*) FROM membership_entry')).toBe(size);
  });

  /** The operator has the key that receipts are signed with. */
  async function forgedReceipt(
    { mediaId, sealedBytes: bytes, commit }: SealedFile,
    membership: number,
  ): Promise<string> {
    const [row] = await stored.query<{ origin: string; public_key: Buffer; private_key: Buffer }>(
      'SELECT * FROM receipt_key',
    );
    const { origin, public_key: publicKey, private_key: key } = row!;
    const manifest = await manifestDigest(fromBase64(commit.manifest.bytes));
    const receipt = { mediaId, projectId, manifest, bytes, committedAt: new Date().toISOString(), membership };
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    const signature = sign(null, Buffer.from(receiptText(origin, receipt)), privateKey);
    return printReceipt({ origin, publicKey }, receipt, signature);
  }

  const placeOf = async (type: string): Promise<number> =>
    (await chain()).entries.findIndex(({ bytes }) => Buffer.from(bytes, 'base64').includes(`"type":"${type}"`));
});

const digestOf = async ({ bytes, signature }: SignedRecord): Promise<string> =>
  toBase64(await sha256(Buffer.concat([fromBase64(bytes), fromBase64(signature)])));
