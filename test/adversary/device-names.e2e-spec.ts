import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromBase64, parseRecord, signedToWire, type DeviceRecord, type Introduction } from '@aerie/protocol';
import { generateSecretKey, signRecord, type SecretKey } from '../../clients/sdk/src/crypto/openpgp.js';
import { introduce } from '../../clients/sdk/src/identity/introduce.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { RawDevice, send, type Answer } from '../support/raw.js';
import type { RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';

describe('The name of a device', () => {
  let harbor: Harbor;
  let server: RunningServer;
  let ada: RawDevice;
  let stored: Stored;

  beforeAll(async () => {
    ({ server, ada, stored } = harbor = await openHarbor());
  }, 120_000);

  afterAll(() => harbor?.close(), 60_000);

  async function introduced(label: string, change: Partial<DeviceRecord> = {}) {
    const { organizationId, memberId } = ada.aerie.keyring;
    const key = await generateSecretKey(label, 'signing');
    const record: DeviceRecord = {
      v: 1,
      type: 'device',
      organizationId,
      memberId,
      deviceId: randomUUID(),
      kind: 'full',
      label,
      certificateFp: key.certificate.fingerprint,
      projects: null,
      expiresAt: null,
      createdAt: new Date().toISOString(),
      ...change,
    };
    return { key, record, device: await introduce('device', record, key, ada.aerie.local.memberKey) };
  }
  const enroll = (device: Introduction): Promise<Answer> => send(server.url, 'enrollDevice', { body: { device } });
  async function enrolled(label: string, change: Partial<DeviceRecord> = {}) {
    const made = await introduced(label, change);
    expect((await enroll(made.device)).code).toBe('ok');
    return made;
  }
  const rename = async (record: DeviceRecord, by: SecretKey = ada.aerie.local.memberKey, deviceId = record.deviceId) =>
    ada.send('renameDevice', {
      params: { deviceId },
      body: { record: signedToWire(await signRecord('device', record, by)) },
    });
  const storedLabel = async (deviceId: string): Promise<string> => {
    const roster = await ada.send('readRoster');
    const records = (roster.json as { devices: Introduction[] }).devices.map(({ record }) =>
      parseRecord('device', fromBase64(record.bytes)),
    );
    return records.find((record) => record.deviceId === deviceId)!.label;
  };

  it('is all that a second record may change', async () => {
    const { record } = await enrolled('Kestrel', {
      kind: 'upload-only',
      projects: [randomUUID()],
      expiresAt: later(7),
    });
    const changes: Partial<DeviceRecord>[] = [
      { kind: 'full', projects: null },
      { projects: [randomUUID()] },
      { expiresAt: later(365) },
      { expiresAt: null },
      { createdAt: later(-1) },
      { certificateFp: 'a'.repeat(64) },
      { organizationId: randomUUID() },
      { memberId: randomUUID() },
    ];
    for (const change of changes)
      expect([change, (await rename({ ...record, label: 'Better', ...change })).code]).toEqual([
        change,
        'record.mismatch',
      ]);
    expect((await rename({ ...record, label: 'Better' }, undefined, ada.aerie.keyring.deviceId)).code).toBe(
      'record.mismatch',
    );
    expect(await storedLabel(record.deviceId)).toBe('Kestrel');
    expect((await rename({ ...record, label: 'Better' })).code).toBe('ok');
    expect(await storedLabel(record.deviceId)).toBe('Better');
    // And the roster holds: every client verifies it.
    expect((await ada.aerie.devices.list()).map(({ label }) => label)).toContain('Better');
  });

  it('is changed by the signature of its member and a full device of the same, and by nobody else', async () => {
    const { record, key } = await enrolled('Merlin');
    expect((await rename({ ...record, label: 'Mine' }, key)).code).toBe('record.signature_invalid');
    const body = {
      record: signedToWire(await signRecord('device', { ...record, label: 'Mine' }, ada.aerie.local.memberKey)),
    };
    const params = { deviceId: record.deviceId };
    expect((await ada.send('renameDevice', { params, body, token: null })).code).toBe('session.missing');
    expect((await ada.send('renameDevice', { params: { deviceId: randomUUID() }, body })).code).toBe('device.unknown');
    expect(await storedLabel(record.deviceId)).toBe('Merlin');
  });

  it('stands in the audit once for each change, with who changed it', async () => {
    const { record } = await enrolled('Hobby');
    for (let times = 0; times < 2; times++) expect((await rename({ ...record, label: 'Osprey' })).code).toBe('ok');
    const { deviceId, memberId } = ada.aerie.keyring;
    expect(
      await stored.query("SELECT device_id, member_id FROM audit_event WHERE type = 'device.renamed' AND object = $1", [
        record.deviceId,
      ]),
    ).toEqual([{ device_id: deviceId, member_id: memberId }]);
  });

  it('is not given back by the first record: enrolling once more is refused', async () => {
    const { record, device } = await enrolled('Buzzard');
    expect((await enroll(device)).code).toBe('ok');
    expect((await rename({ ...record, label: 'Harrier' })).code).toBe('ok');
    expect((await enroll(device)).code).toBe('record.conflict');
    expect(await storedLabel(record.deviceId)).toBe('Harrier');
  });

  it('is taken however it is written, for every kind of device, and free once its device has gone or run out', async () => {
    const { record: first } = await enrolled('Éagle  1');
    for (const label of ['éagle  1', 'E\u0301AGLE  1', ' Éagle  1\t']) {
      expect([label, (await enroll((await introduced(label)).device)).code]).toEqual([label, 'device.name_taken']);
      const kind = { kind: 'renderer' } as const;
      expect((await enroll((await introduced(label, kind)).device)).code).toBe('device.name_taken');
    }
    const { record: other } = await enrolled('Vulture');
    expect((await rename({ ...other, label: 'ÉAGLE  1' })).code).toBe('device.name_taken');
    expect((await rename({ ...first, label: 'ÉAGLE  1' })).code).toBe('ok');

    await ada.aerie.devices.revoke(other.deviceId);
    await enrolled('Vulture');
    expect((await rename({ ...other, label: 'Condor' })).code).toBe('device.revoked');
    const { record: old } = await enrolled('Swift', {
      kind: 'upload-only',
      projects: [randomUUID()],
      expiresAt: later(-1),
    });
    await enrolled('Swift');
    expect((await rename({ ...old, label: 'Swallow' })).code).toBe('device.expired');
  });

  it('goes to one of many who take it in the same moment', async () => {
    const devices = await Promise.all(Array.from({ length: 4 }, () => introduced('Peregrine')));
    const two = await Promise.all(['One', 'Two'].map((label) => enrolled(label)));
    const answers = await Promise.all([
      ...devices.map(({ device }) => enroll(device)),
      ...two.map(({ record }) => rename({ ...record, label: 'PEREGRINE' })),
    ]);
    expect(answers.map(({ code }) => code).sort()).toEqual(
      [...Array<string>(5).fill('device.name_taken'), 'ok'].sort(),
    );
  });
});

const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
