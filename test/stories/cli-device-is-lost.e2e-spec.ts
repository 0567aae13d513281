import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie } from '@aerie/sdk';
import { readKeyringFile } from '@aerie/sdk/node';
import { Cli, finished } from '../support/cli.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

describe('A laptop that was left on a train', () => {
  const others: Cli[] = [];
  let folder: string;
  let server: RunningServer;
  let ada: Owner;
  let desk: Cli;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-lost-'));
    server = await startServer();
    ada = await foundBy(server);
    await ada.must('project', 'create', 'Harbor');
    desk = (await added('Desk')).cli;
  }, 90_000);
  afterAll(async () => {
    await server?.stop();
    for (const cli of [ada, ...others]) cli?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function added(label: string): Promise<{ cli: Cli; deviceId: string }> {
    const cli = new Cli(`another gull with a ${label} over another pier`);
    others.push(cli);
    const kit = ['--server', server.url, '--kit', ada.kitFile, '--label', label];
    const { deviceId } = await cli.must('recover', ...kit);
    return { cli, deviceId };
  }
  const file = (name: string): { path: string; content: Buffer } => {
    const [path, content] = [join(folder, name), randomBytes(3_000)];
    writeFileSync(path, content);
    return { path, content };
  };
  async function reads(cli: Cli, name: string): Promise<Buffer> {
    const [media] = (await cli.must('list', '--project', 'Harbor')).filter(
      (one: { name: string }) => one.name === name,
    );
    const out = join(folder, `${name}-${randomBytes(4).toString('hex')}`);
    await cli.must('get', media.mediaId, '--out', out);
    return readFileSync(out);
  }

  it('is revoked in one command, which replaces the keys it had, step by step', async () => {
    const { deviceId } = await added('Laptop');
    const before = file('before.bin');
    await ada.must('ingest', before.path, '--project', 'Harbor');
    const { code, stdout, stderr } = await ada.say('device', 'revoke', deviceId, '--reason', 'lost');
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`Device ${deviceId} is revoked`),
    });
    expect(stderr).toContain('Replacing your key (1 of 2)');
    expect(stderr).toContain('Replacing the key of the project "Harbor" (2 of 2)');
    expect(stdout).toContain('Its keys are replaced');
    const after = file('after.bin');
    await ada.must('ingest', after.path, '--project', 'Harbor');
    const kit = (await added('From the kit')).cli;
    for (const cli of [ada, desk, kit])
      for (const [name, { content }] of Object.entries({ 'before.bin': before, 'after.bin': after }))
        expect((await reads(cli, name)).equals(content)).toBe(true);
  }, 120_000);

  it('that an owner locked out in a hurry has its keys replaced later, from another device', async () => {
    const { deviceId } = await added('Phone');
    const aerie = await Aerie.open(await readKeyringFile(join(ada.home, 'keyring.pgp'), ada.passphrase));
    await aerie.devices.revoke(deviceId);
    for (const command of [['status'], ['device', 'list']])
      expect((await desk.say(...command)).stderr).toContain('aerie device rotate');
    expect((await desk.must('status')).keysToReplace).toBe(2);
    expect(await desk.must('device', 'rotate')).toEqual({ keysReplaced: 2 });
    expect((await ada.must('status')).keysToReplace).toBe(0);
    expect((await ada.say('device', 'rotate')).stdout).toContain('No keys need to be replaced.');
    expect((await ada.say('status')).stderr).not.toContain('aerie device rotate');
  }, 120_000);

  it('is dealt with to the end after Ctrl-C: what was replaced stays so', async () => {
    for (let i = 1; i <= 8; i++) await ada.must('project', 'create', `Survey ${i}`);
    const { deviceId } = await added('Tablet');
    const revoking = ada.start(['device', 'revoke', deviceId, '--json']);
    let said = '';
    revoking.stderr!.on('data', (piece: Buffer) => (said += String(piece)));
    const ended = finished(revoking);
    await until(() => said.includes('(1 of 10)') || revoking.exitCode !== null, Boolean, 30_000, 5);
    revoking.kill('SIGINT');
    const { code, outcome } = await ended;
    expect({ code, error: outcome.error }).toMatchObject({
      code: 130,
      error: { code: 'interrupted', hint: expect.stringContaining('aerie device rotate') },
    });
    const devices: { deviceId: string; state: string }[] = await desk.must('device', 'list');
    expect(devices.find((one) => one.deviceId === deviceId)?.state).toBe('revoked');
    const { keysToReplace } = await desk.must('status');
    expect(keysToReplace).toBeGreaterThan(0);
    expect(await desk.must('device', 'rotate')).toEqual({ keysReplaced: keysToReplace });
    expect((await ada.must('project', 'list')).map(({ name }: { name: string }) => name).sort()[0]).toBe('Harbor');
  }, 180_000);
});
