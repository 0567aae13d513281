import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cli, finished } from '../support/cli.js';
import { foundBy, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

describe('Devices of a member', () => {
  let server: RunningServer;
  let ada: Owner;
  let folder: string;
  let projectId: string;
  let mediaId: string;
  const others: Cli[] = [];

  const newDevice = (passphrase?: string): Cli => {
    const cli = new Cli(passphrase);
    others.push(cli);
    return cli;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-devices-'));
    server = await startServer();
    ada = await foundBy(server);
    ({ projectId } = await ada.must('project', 'create', 'Harbour'));
    writeFileSync(join(folder, 'first.txt'), 'the first file');
    [{ mediaId }] = [await ada.must('ingest', join(folder, 'first.txt'), '--project', projectId)].flat();
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    for (const cli of [ada, ...others]) cli?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  describe('founding the organization', () => {
    it('keeps keys and kit from other users of the machine, and neither holds a key in the clear', () => {
      expect(statSync(ada.kitFile).mode & 0o777).toBe(0o600);
      expect(statSync(join(ada.home, 'keyring.pgp')).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(ada.home, 'keyring.pgp')).includes('SecretKey')).toBe(false);
    });

    it('is refused a second time, and leaves home and kit alone', async () => {
      const kit = readFileSync(ada.kitFile);
      const init = [
        'init',
        '--server',
        server.url,
        '--setup-token',
        server.setupToken,
        '--org',
        'X',
        '--name',
        'Eve',
        '--kit-file',
      ];
      expect(await ada.run(...init, join(folder, 'kit-2'))).toMatchObject({
        code: 1,
        json: { error: { code: 'home.exists' } },
      });
      const eve = newDevice();
      expect(await eve.run(...init, ada.kitFile)).toMatchObject({ code: 1, json: { error: { code: 'file.exists' } } });
      expect(await eve.run(...init, join(folder, 'kit-3'))).toMatchObject({
        code: 1,
        json: { error: { code: 'setup.already_done' } },
      });
      expect(readFileSync(ada.kitFile)).toEqual(kit);
    });

    it('is refused with a wrong passphrase in words that say what to do', async () => {
      const wrong = ada.start(['list', '--project', projectId, '--json'], { AERIE_PASSPHRASE: 'not this one' });
      expect(await finished(wrong)).toMatchObject({
        code: 1,
        json: { error: { code: 'crypto.passphrase', hint: expect.stringMatching(/AERIE_PASSPHRASE/) } },
      });
    });

    it('asks for a passphrase where there is none, and waits for nobody', async () => {
      const none = ada.start(['status', '--json'], { AERIE_PASSPHRASE: undefined, AERIE_PASSPHRASE_FILE: undefined });
      expect(await finished(none)).toMatchObject({ code: 1, json: { error: { code: 'passphrase.missing' } } });
    });
  });

  describe('an upload-only device', () => {
    let station: Cli;
    let deviceId: string;

    it('is enrolled by file', async () => {
      station = newDevice('the station beside the hangar');
      const file = join(folder, 'station.json');
      const enroll = [
        'device',
        'enroll',
        '--project',
        'Harbour',
        '--upload-only',
        '--out',
        file,
        '--label',
        'Ingest station',
      ];
      ({ deviceId } = await ada.must(...enroll));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(await station.must('join', file)).toMatchObject({ deviceId, kind: 'upload-only', projectName: 'Harbour' });
    });

    it('uploads what its owner can read', async () => {
      writeFileSync(join(folder, 'from-station.txt'), 'seen by the station');
      const result = await station.must('ingest', join(folder, 'from-station.txt'), '--project', 'Harbour');
      expect(result).toMatchObject({ status: 'stored', receipt: expect.any(String) });
      const out = join(folder, 'station-back.txt');
      await ada.must('get', result.mediaId, '--out', out);
      expect(readFileSync(out, 'utf8')).toBe('seen by the station');
      const listed = await ada.must('list', '--project', projectId);
      const uploaded = listed.find((media: { mediaId: string }) => media.mediaId === result.mediaId);
      expect(uploaded).toMatchObject({ verified: true, uploader: { deviceId, device: 'Ingest station' } });
    });

    it('can read nothing, not even what it sent', async () => {
      const out = join(folder, 'stolen');
      for (const attempt of [
        ['list', '--project', 'Harbour'],
        ['get', mediaId, '--out', out],
        ['preview', mediaId, '--out', out],
        ['verify', '--project', 'Harbour'],
        ['export', '--project', 'Harbour', '--to', `${out}.d`],
        ['key', 'export', '--secret', '--out', out],
        ['project', 'create', 'Mine'],
      ]) {
        const { code, json } = await station.run(...attempt);
        expect({ attempt: attempt[0], code, error: json?.error?.code }).toEqual({
          attempt: attempt[0],
          code: 1,
          error: expect.stringMatching(/^(device\.cannot|access\.denied)$/),
        });
      }
      expect(() => statSync(out)).toThrow();
    }, 60_000);

    it('is refused once it is revoked, and loses nothing local', async () => {
      await ada.must('device', 'revoke', deviceId, '--reason', 'stolen from the van');
      writeFileSync(join(folder, 'late.txt'), 'too late');
      const { code, outcome } = await station.run('ingest', join(folder, 'late.txt'), '--project', 'Harbour');
      expect({ code, error: outcome.error?.code }).toEqual({ code: 1, error: 'device.revoked' });
      expect(readFileSync(join(folder, 'late.txt'), 'utf8')).toBe('too late');
      const devices = await ada.must('device', 'list');
      expect(devices.find((device: { deviceId: string }) => device.deviceId === deviceId)).toMatchObject({
        revokedAt: expect.any(String),
      });
      // What it sent before stays good.
      expect(await ada.must('verify', '--project', 'Harbour')).toMatchObject({ ok: true });
    });
  });

  describe('recovery from the kit', () => {
    it('brings a member back on a new device from the kit alone', async () => {
      const laptop = newDevice('another gull over another pier');
      await laptop.must('recover', '--server', server.url, '--kit', ada.kitFile);
      const out = join(folder, 'recovered.txt');
      await laptop.must('get', mediaId, '--out', out);
      expect(readFileSync(out, 'utf8')).toBe('the first file');
      // Not only to read: the new device may do what the old one might.
      await laptop.must('project', 'create', 'After the loss');
      expect((await ada.must('project', 'list')).map(({ name }: { name: string }) => name)).toContain('After the loss');
    }, 60_000);

    it('is refused with a kit that was misread, and writes no keys', async () => {
      const kit = readFileSync(ada.kitFile, 'utf8');
      const accountKey = /Account key:\s+(\S+)/.exec(kit)![1]!;
      const misread = accountKey.replace(/^./, (first) => (first === '2' ? '3' : '2'));
      writeFileSync(join(folder, 'misread.txt'), kit.replace(accountKey, misread));
      const eve = newDevice();
      const { code, json } = await eve.run('recover', '--server', server.url, '--kit', join(folder, 'misread.txt'));
      expect({ code, error: json.error.code }).toEqual({ code: 1, error: 'kit.malformed' });
      expect(() => statSync(join(eve.home, 'keyring.pgp'))).toThrow();
    });
  });
});
