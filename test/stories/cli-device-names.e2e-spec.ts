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
  readonly isNew: boolean;
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
    expect(await labels()).toEqual(expect.arrayContaining(['Café 1']));
    expect((await labels()).length).toBe(2);
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
    expect(await labels()).toEqual(expect.arrayContaining(['Hangar']));
    expect(await labels()).not.toEqual(expect.arrayContaining(['Café 1']));
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

describe('A device that was added with the recovery kit', () => {
  const others: Cli[] = [];
  let server: RunningServer;
  let ada: Owner;
  let laptop: Cli;
  let deviceId: string;

  beforeAll(async () => {
    server = await startServer();
    ada = await foundBy(server);
    others.push((laptop = new Cli('another gull over another pier')));
    // Its first command comes after the other device: that it was not there when this one was made is what counts.
    ({ deviceId } = await laptop.must(
      'recover',
      '--server',
      server.url,
      '--kit',
      ada.kitFile,
      '--label',
      'On the pier',
    ));
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    for (const cli of [ada, ...others]) cli?.remove();
  }, 60_000);

  const isNew = async (cli: Cli): Promise<Record<string, boolean>> => {
    const devices: Listed[] = await cli.must('device', 'list');
    return Object.fromEntries(devices.map((device) => [device.label, device.isNew]));
  };

  it('is announced on the others once, with the way to revoke it', async () => {
    const { code, stderr } = await ada.say('project', 'list');
    expect(code).toBe(0);
    expect(stderr).toMatch(/new device.*"On the pier"/i);
    expect(stderr).toContain(`aerie device revoke ${deviceId}`);
    expect((await ada.say('project', 'list')).stderr).toBe('');
  }, 60_000);

  it('is marked in the list until the list was seen', async () => {
    expect(await isNew(ada)).toMatchObject({ 'On the pier': true });
    expect(await isNew(ada)).toMatchObject({ 'On the pier': false });
  }, 60_000);

  it('announces nothing that was there before it, and not itself', async () => {
    expect((await laptop.say('project', 'list')).stderr).toBe('');
    expect(Object.values(await isNew(laptop))).toEqual([false, false]);
  }, 60_000);

  it('is not announced where it was approved, but on every other', async () => {
    const [tablet, code] = [new Cli('a third gull over a third pier'), newPairingCode()];
    others.push(tablet);
    const request = ['device', 'request', '--server', server.url, '--code', code, '--label', 'Tablet', '--json'];
    const end = finished(tablet.start(request));
    await until(
      () => ada.run('device', 'approve', code, '--yes'),
      (tried) => tried.code === 0,
    );
    expect((await end).code).toBe(0);
    expect((await ada.say('project', 'list')).stderr).toBe('');
    expect(await isNew(ada)).toMatchObject({ Tablet: false });
    expect((await tablet.say('project', 'list')).stderr).toBe('');
    // In words and in the list at once: the list is the place where it is seen.
    const { stdout, stderr } = await laptop.say('device', 'list');
    expect(stderr).toMatch(/new device.*"Tablet"/i);
    expect(stdout).toMatch(/Tablet \(new\)/);
    expect((await laptop.say('device', 'list')).stdout).not.toContain('(new)');
  }, 120_000);
});
