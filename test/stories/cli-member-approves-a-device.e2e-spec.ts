import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPairingCode } from '@aerie/sdk';
import sharp from 'sharp';
import { Cli, finished } from '../support/cli.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

describe('A member approves a new device', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-pairing-'));
  const photo = join(folder, 'bridge.jpg');
  const others: Cli[] = [];
  let server: RunningServer;
  let ada: Owner;
  let mediaId: string;

  const newDevice = (): Cli => {
    const cli = new Cli('another gull over another pier');
    others.push(cli);
    return cli;
  };

  beforeAll(async () => {
    server = await startServer();
    ada = await foundBy(server);
    await ada.must('project', 'create', 'Bridge');
    const gray = { create: { width: 64, height: 48, channels: 3 as const, background: '#808080' } };
    writeFileSync(photo, await sharp(gray).jpeg().toBuffer());
    [{ mediaId }] = [await ada.must('ingest', photo, '--project', 'Bridge')].flat();
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    for (const cli of [ada, ...others]) cli?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Starts `device request` and answers what it shows at once, and its end. */
  async function request(cli: Cli, ...options: string[]) {
    const child = cli.start(['device', 'request', '--server', server.url, '--json', ...options]);
    const end = finished(child);
    const first = await firstLine(child);
    const { pairing } = JSON.parse(first) as { pairing: { code: string; checkNumber: string } };
    return { ...pairing, end, child };
  }

  const firstLine = (child: ChildProcess): Promise<string> => {
    let text = '';
    child.stdout!.on('data', (piece: string) => (text += piece));
    return until(
      async () => text,
      (seen) => seen.includes('\n'),
      60_000,
    ).then((seen) => seen.split('\n')[0]!);
  };

  it('which then lists and opens what the first can', async () => {
    const laptop = newDevice();
    const { code, checkNumber, end } = await request(laptop, '--label', "Ada's laptop");
    const approved = await ada.must('device', 'approve', code.toLowerCase(), '--yes');
    expect(approved).toMatchObject({ label: "Ada's laptop", kind: 'full', checkNumber, projectId: null });
    const { code: exitCode, json } = await end;
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ deviceId: approved.deviceId, kind: 'full', home: laptop.home });
    expect(await laptop.must('list', '--project', 'Bridge')).toMatchObject([
      { mediaId, verified: true, name: 'bridge.jpg' },
    ]);
    const out = join(folder, 'back.jpg');
    await laptop.must('get', mediaId, '--out', out);
    expect(readFileSync(out).equals(readFileSync(photo))).toBe(true);
    const devices = await ada.must('device', 'list');
    expect(devices.map(({ label }: { label: string }) => label)).toContain("Ada's laptop");
  }, 120_000);

  it('which asked to upload only: it adds to its project and reads nothing', async () => {
    const phone = newDevice();
    // Here the code is made by the other side, as by a page that shows it for a phone to scan.
    const code = newPairingCode();
    const { end, checkNumber } = await request(phone, '--upload-only', '--code', code);
    expect(await ada.run('device', 'approve', code, '--yes')).toMatchObject({
      code: 1,
      json: { error: { code: 'pairing.project' } },
    });
    const approved = await ada.must('device', 'approve', code, '--project', 'Bridge', '--days', '7', '--yes');
    expect(approved).toMatchObject({ kind: 'upload-only', checkNumber });
    expect((await end).code).toBe(0);
    const added = join(folder, 'note.txt');
    writeFileSync(added, 'from the phone');
    expect(await phone.must('ingest', added, '--project', 'Bridge')).toMatchObject({ status: 'stored' });
    for (const attempt of [
      ['list', '--project', 'Bridge'],
      ['get', mediaId, '--out', join(folder, 'stolen')],
    ])
      expect((await phone.run(...attempt)).json.error.code).toMatch(/^(device\.cannot|access\.denied)$/);
    const another = await request(newDevice());
    expect(await phone.run('device', 'approve', another.code, '--yes')).toMatchObject({
      code: 1,
      json: { error: { code: 'device.cannot' } },
    });
    another.child.kill('SIGINT');
    expect((await another.end).code).toBe(130);
  }, 120_000);

  it('but not without a yes, and shows what is to be compared', async () => {
    const tablet = newDevice();
    const { code, checkNumber, end, child } = await request(tablet, '--label', 'tablet\u202e');
    const { code: exitCode, stderr } = await ada.say('device', 'approve', code);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('tablet\\u{202e}');
    expect(stderr).toContain(checkNumber);
    expect(stderr).toContain('--yes');
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
    expect(existsSync(join(tablet.home, 'keyring.pgp'))).toBe(false);
  });

  it('and hears of a code that nobody waits under, or that is none', async () => {
    const refused = async (code: string) => (await ada.run('device', 'approve', code, '--yes')).json.error.code;
    expect(await refused(newPairingCode())).toBe('pairing.unknown');
    expect(await refused('0000-0000')).toBe('pairing.malformed');
    const used = await ada.run('device', 'request', '--server', server.url);
    expect(used.json.error.code).toBe('home.exists');
  });
});
