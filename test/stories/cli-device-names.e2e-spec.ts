import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPairingCode } from '@aerie/sdk';
import { Cli, finished } from '../support/cli.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

interface Listed {
  readonly deviceId: string;
  readonly label: string;
}

describe('A member names devices', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-names-'));
  const others: Cli[] = [];
  let server: RunningServer;
  let ada: Owner;

  const newDevice = (): Cli => {
    const cli = new Cli('another gull over another pier');
    others.push(cli);
    return cli;
  };
  const enrollment = (name: string): string => join(folder, `${name}.json`);
  const enroll = (file: string, ...label: string[]) =>
    ada.run('device', 'enroll', '--project', 'Harbor', '--upload-only', '--out', enrollment(file), ...label);
  const labels = async (): Promise<string[]> => {
    const devices: Listed[] = await ada.must('device', 'list');
    return devices.map(({ label }) => label);
  };
  const taken = {
    code: 1,
    json: { error: { code: 'device.name_taken', hint: expect.stringMatching(/another name/) } },
  };

  beforeAll(async () => {
    server = await startServer();
    ada = await foundBy(server);
    await ada.must('project', 'create', 'Harbor');
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    for (const cli of [ada, ...others]) cli?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('and cannot give the same name twice, however it is written', async () => {
    expect((await enroll('first', '--label', 'Café 1')).code).toBe(0);
    for (const same of ['Café 1', ' café 1 ', 'CAFE\u0301 1'])
      expect(await enroll('second', '--label', same)).toMatchObject(taken);
    expect(existsSync(enrollment('second'))).toBe(false);
    expect((await labels()).filter((label) => /caf/i.test(label))).toEqual(['Café 1']);
  }, 120_000);

  it('and is offered the next free one where none was chosen', async () => {
    for (const file of ['third', 'fourth']) expect((await enroll(file)).code).toBe(0);
    expect(await labels()).toEqual(expect.arrayContaining(['upload-only device', 'upload-only device 2']));
  }, 120_000);

  it('and renames one: everybody sees it, what the device stored stays good, and the old name is free', async () => {
    const station = newDevice();
    const { deviceId } = await station.must('join', enrollment('first'));
    writeFileSync(join(folder, 'note.txt'), 'from the station');
    await station.must('ingest', join(folder, 'note.txt'), '--project', 'Harbor');

    expect(await ada.run('device', 'rename', deviceId, 'UPLOAD-ONLY device 2')).toMatchObject(taken);
    expect(await ada.must('device', 'rename', deviceId, ' Hangar ')).toMatchObject({ deviceId, label: 'Hangar' });
    const renamed = await labels();
    expect(renamed).toEqual(expect.arrayContaining(['Hangar']));
    expect(renamed).not.toEqual(expect.arrayContaining(['Café 1']));
    // Only capital letters change: that is no other device's name.
    expect(await ada.must('device', 'rename', deviceId, 'HANGAR')).toMatchObject({ label: 'HANGAR' });

    const [media] = [await ada.must('list', '--project', 'Harbor')].flat(2);
    expect(media).toMatchObject({ verified: true, uploader: { deviceId, device: 'HANGAR' } });
    expect(await ada.must('verify', '--project', 'Harbor')).toMatchObject({ ok: true });
    writeFileSync(join(folder, 'later.txt'), 'still at work');
    expect(await station.must('ingest', join(folder, 'later.txt'), '--project', 'Harbor')).toMatchObject({
      status: 'stored',
    });
    expect((await enroll('fifth', '--label', 'Café 1')).code).toBe(0);
    // Whoever does not hold the member's key renames nothing.
    expect(await station.run('device', 'rename', deviceId, 'Mine')).toMatchObject({
      code: 1,
      json: { error: { code: 'device.cannot' } },
    });
    await ada.must('device', 'revoke', deviceId);
    expect(await ada.run('device', 'rename', deviceId, 'Gone')).toMatchObject({
      code: 1,
      json: { error: { code: 'device.revoked' } },
    });
    expect((await enroll('sixth', '--label', 'Hangar')).code).toBe(0);
  }, 180_000);

  it('also when approving one that came with a name that is taken', async () => {
    const approved = async (...options: string[]) => {
      const [cli, code] = [newDevice(), newPairingCode()];
      const end = finished(
        cli.start(['device', 'request', '--server', server.url, '--code', code, '--label', 'hangar', '--json']),
      );
      const tried = await until(
        () => ada.run('device', 'approve', code, '--yes', ...options),
        ({ json }) => json?.error?.code !== 'pairing.unknown',
      );
      if (tried.code !== 0) return { tried, code, end };
      expect((await end).code).toBe(0);
      return { tried, code, end };
    };
    expect((await approved()).tried.json).toMatchObject({ label: 'hangar 2' });
    const { tried, code, end } = await approved('--label', 'HANGAR 2');
    expect(tried).toMatchObject(taken);
    // What was made is kept: the device still waits, and gets in under another name.
    expect(await ada.must('device', 'approve', code, '--yes', '--label', 'Pier')).toMatchObject({ label: 'Pier' });
    expect((await end).code).toBe(0);
    expect(await labels()).toEqual(expect.arrayContaining(['Hangar', 'hangar 2', 'Pier']));
  }, 180_000);

  it('and recovers under a free name, and hears of one that is taken before anything is made', async () => {
    const laptop = newDevice();
    const recover = ['recover', '--server', server.url, '--kit', ada.kitFile];
    const before = (await labels()).length;
    expect(await laptop.run(...recover, '--label', 'PIER')).toMatchObject(taken);
    expect(existsSync(join(laptop.home, 'keyring.pgp'))).toBe(false);
    expect((await labels()).length).toBe(before);
    const { deviceId } = await laptop.must(...recover);
    const devices: Listed[] = await ada.must('device', 'list');
    expect(devices.find((device) => device.deviceId === deviceId)?.label).toMatch(/^command line \(\w+\) 2$/);
  }, 120_000);
});
