import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SignedRecord } from '@aerie/protocol';
import { generateSecretKey } from '../../clients/sdk/src/crypto/openpgp.js';
import type { EntryDraft } from '../../clients/sdk/src/identity/append.js';
import { fullDevice, proveDevice } from '../../clients/sdk/src/identity/device-records.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { RawDevice, send, type Answer } from '../support/raw.js';
import type { RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';

describe('The name of a device', () => {
  let harbor: Harbor;
  let server: RunningServer;
  let ada: RawDevice;
  let stored: Stored;
  let projectId: string;

  beforeAll(async () => {
    ({ server, ada, stored, projectId } = harbor = await openHarbor());
  }, 120_000);

  afterAll(() => harbor?.close(), 60_000);

  /** What would certify a device of that name, and the key of it. */
  async function drafted(label: string, change: Partial<DeviceSaid> = {}): Promise<DeviceSaid> {
    const { organizationId, memberId } = ada.aerie.keyring;
    const deviceId = randomUUID();
    const key = await generateSecretKey(label, 'signing');
    const proof = await proveDevice(key, organizationId, deviceId);
    const { entrySigner: signer } = ada.aerie.local;
    return { ...fullDevice({ signer, memberId, deviceId, label, certificate: key.certificate, proof }), ...change };
  }
  const enroll = (entry: SignedRecord): Promise<Answer> => send(server.url, 'enrollDevice', { body: { entry } });
  const signed = async (said: EntryDraft['said']): Promise<SignedRecord> => (await ada.entries([said]))[0]!;
  async function enrolled(label: string, change: Partial<DeviceSaid> = {}) {
    const said = await drafted(label, change);
    const entry = await signed(said);
    expect((await enroll(entry)).code).toBe('ok');
    return { deviceId: said.deviceId, entry };
  }
  const naming = ({ deviceId }: { deviceId: string }, label: string) =>
    ({ type: 'device-name', signer: ada.aerie.local.entrySigner, deviceId, label }) as const;
  const rename = async (of: { deviceId: string }, label: string, { deviceId } = of): Promise<Answer> =>
    ada.send('renameDevice', { params: { deviceId }, body: { entry: await signed(naming(of, label)) } });
  const storedLabel = async (deviceId: string): Promise<string> =>
    (await ada.aerie.local.membership({ fresh: true })).devices.get(deviceId)!.label;

  it('is given by an entry that says that name of that device, and nothing else', async () => {
    const device = await enrolled('Kestrel', { kind: 'upload-only', projects: [randomUUID()], expiresAt: later(7) });
    const { entrySigner: signer, keyring } = ada.aerie.local;
    const params = { deviceId: device.deviceId };
    for (const said of [
      await drafted('Better'),
      { type: 'revocation', signer, deviceId: device.deviceId, reason: '' } as const,
      { type: 'project', signer, projectId: randomUUID(), previews: { mode: 'sealed' } } as const,
    ])
      expect((await ada.send('renameDevice', { params, body: { entry: await signed(said) } })).code).toBe(
        'record.mismatch',
      );
    expect((await rename(device, 'Better', keyring)).code).toBe('record.mismatch');
    expect(await storedLabel(device.deviceId)).toBe('Kestrel');
    expect((await rename(device, 'Better')).code).toBe('ok');
    expect(await storedLabel(device.deviceId)).toBe('Better');
    expect((await ada.aerie.devices.list()).map(({ label }) => label)).toContain('Better');
  });

  it('is changed by a full device of its member, at the next place, and by nobody else', async () => {
    const device = await enrolled('Merlin');
    const params = { deviceId: device.deviceId };
    const [entry] = await ada.entries([naming(device, 'Mine')], ada.aerie.local.memberKey);
    expect((await ada.send('renameDevice', { params, body: { entry } })).code).toBe('record.signature_invalid');
    const good = { entry: await signed(naming(device, 'Mine')) };
    expect((await ada.send('renameDevice', { params, body: good, token: null })).code).toBe('session.missing');
    const unknown = await rename({ deviceId: randomUUID() }, 'Mine');
    expect(unknown.code).toBe('device.unknown');
    await enrolled('Goshawk');
    expect((await ada.send('renameDevice', { params, body: good })).code).toBe('membership.moved');
    expect(await storedLabel(device.deviceId)).toBe('Merlin');
  });

  it('stands in the audit once for each change, with who changed it', async () => {
    const device = await enrolled('Hobby');
    const params = { deviceId: device.deviceId };
    const body = { entry: await signed(naming(device, 'Osprey')) };
    for (let times = 0; times < 2; times++) expect((await ada.send('renameDevice', { params, body })).code).toBe('ok');
    const { deviceId, memberId } = ada.aerie.keyring;
    expect(
      await stored.query("SELECT device_id, member_id FROM audit_event WHERE type = 'device.renamed' AND object = $1", [
        device.deviceId,
      ]),
    ).toEqual([{ device_id: deviceId, member_id: memberId }]);
  });

  it('is not given back by the entry that enrolled the device, which says nothing twice', async () => {
    const device = await enrolled('Buzzard');
    expect((await rename(device, 'Harrier')).code).toBe('ok');
    const { size } = await ada.aerie.local.membership({ fresh: true });
    expect((await enroll(device.entry)).code).toBe('ok');
    expect(await storedLabel(device.deviceId)).toBe('Harrier');
    expect((await ada.aerie.local.membership({ fresh: true })).size).toBe(size);
  });

  it('is taken however it is written, for every kind of device, and free once its device has gone or run out', async () => {
    const first = await enrolled('Éagle  1');
    for (const label of ['éagle  1', 'E\u0301AGLE  1', ' Éagle  1\t']) {
      const taken = await enroll(await signed(await drafted(label)));
      expect([label, taken.code]).toEqual([label, 'device.name_taken']);
      const renderer = await signed(await drafted(label, { kind: 'renderer' }));
      expect((await enroll(renderer)).code).toBe('device.name_taken');
    }
    const other = await enrolled('Vulture');
    expect((await rename(other, 'ÉAGLE  1')).code).toBe('device.name_taken');
    expect((await rename(first, 'ÉAGLE  1')).code).toBe('ok');

    await ada.aerie.devices.revoke(other.deviceId);
    await enrolled('Vulture');
    expect((await rename(other, 'Condor')).code).toBe('device.revoked');
    const old = await enrolled('Swift', {
      kind: 'upload-only',
      projects: [randomUUID()],
      expiresAt: later(-1),
    });
    await enrolled('Swift');
    expect((await rename(old, 'Swallow')).code).toBe('device.expired');
  });

  it('goes to one of many who take it in the same moment', async () => {
    const two = await Promise.all(
      ['One', 'Two'].map((label) => ada.aerie.devices.enrollUploadOnly({ projectId, label })),
    );
    const { devices } = ada.aerie;
    const attempts = [
      ...Array.from({ length: 4 }, () => devices.enrollUploadOnly({ projectId, label: 'Peregrine' })),
      ...two.map(({ deviceId }) => devices.rename(deviceId, 'PEREGRINE')),
    ];
    const outcomes = await Promise.allSettled<unknown>(attempts);
    const codes = outcomes.map((one) => (one.status === 'fulfilled' ? 'ok' : (one.reason as { code: string }).code));
    expect(codes.sort()).toEqual([...Array<string>(5).fill('device.name_taken'), 'ok'].sort());
  });
});

type DeviceSaid = Extract<EntryDraft['said'], { type: 'device' }>;

const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
