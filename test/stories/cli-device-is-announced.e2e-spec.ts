import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPairingCode } from '@aerie/sdk';
import { Cli, finished } from '../support/cli.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';
import { startSlowProxy } from '../support/slow-proxy.js';

describe('A device that was added with the recovery kit', () => {
  const others: Cli[] = [];
  let server: RunningServer;
  let ada: Owner;
  let laptop: Cli;
  let deviceId: string;

  beforeAll(async () => {
    server = await startServer();
    ada = await foundBy(server);
    // Of its projects a device believes what certified devices signed, so it looks at who there is.
    await ada.must('project', 'create', 'Harbor');
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
    const devices: { label: string; isNew: boolean }[] = await cli.must('device', 'list');
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

  it('stays known, and the server stays where it is, after a command that had begun before', async () => {
    const proxy = await startSlowProxy(server.url);
    await ada.must('server', 'move', proxy.url);
    const phone = new Cli('a fourth gull over a fourth pier');
    others.push(phone);
    await phone.must('recover', '--server', server.url, '--kit', ada.kitFile, '--label', 'Phone');
    const letFirstGoOn = proxy.hold();
    const first = finished(ada.start(['project', 'list']));
    await until(() => proxy.held > 0);
    // It has read the keyring, and waits. The second comes after it and is done before it.
    proxy.hold()();
    expect(await isNew(ada)).toMatchObject({ Phone: true });
    await ada.must('server', 'move', server.url);
    letFirstGoOn();
    // It keeps how far it has seen the membership chain, and on that occasion learns that the phone was seen in the list.
    expect(await first).toMatchObject({ code: 0, stderr: '' });
    expect(await ada.must('status')).toMatchObject({ server: server.url });
    expect(await isNew(ada)).toMatchObject({ Phone: false });
    await proxy.stop();
  }, 120_000);
});
