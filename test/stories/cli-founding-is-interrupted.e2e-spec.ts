import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Cli, finished, type CliResult } from '../support/cli.js';
import { startServer, type RunningServer } from '../support/server.js';

/** Where a call is met: on its way, or with the answer that the server has given. */
type Side = 'asked' | 'answered';
type Meet = (path: string, side: Side) => 'pass' | 'tear';

/** Stands before the server, and is asked twice about each call. */
async function meeting(origin: string, meet: Meet) {
  const http = createServer((incoming, outgoing) => {
    const path = incoming.url!;
    const { method, headers } = incoming;
    if (meet(path, 'asked') === 'tear') return void incoming.socket.destroy();
    const onward = request(new URL(path, origin), { method, headers }, (answer) => {
      if (meet(path, 'answered') === 'tear') return void incoming.socket.destroy();
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const stop = async (): Promise<void> => {
    http.closeAllConnections();
    await new Promise((closed) => http.close(closed));
  };
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, stop };
}

describe('Whoever founds an organization', () => {
  let server: RunningServer;
  let ada: Cli;
  let kitFile: string;

  beforeEach(async () => {
    server = await startServer();
    ada = new Cli();
    kitFile = join(ada.home, '..', 'kit.txt');
  }, 120_000);
  afterEach(async () => {
    await server?.stop();
    ada?.remove();
  }, 60_000);

  const init = (url: string, token = server.setupToken): ChildProcess => {
    const names = ['--org', 'Harbour Survey', '--name', 'Ada', '--kit-file', kitFile, '--json'];
    return ada.start(['init', '--server', url, '--setup-token', token, ...names]);
  };

  /** Runs `init` until the call to that path is met there, and kills it then. */
  async function killedAt(path: string, side: Side): Promise<CliResult> {
    const proxy = await meeting(server.url, (at, on) => {
      if (at !== path || on !== side) return 'pass';
      child.kill('SIGKILL');
      return 'tear';
    });
    const child = init(proxy.url);
    const result = await finished(child);
    await proxy.stop();
    return result;
  }

  async function hasEverything(): Promise<void> {
    expect(await ada.must('status')).toMatchObject({ member: 'Ada', kind: 'full' });
    const again = new Cli();
    await again.must('recover', '--server', server.url, '--kit', kitFile);
    expect(await again.must('status')).toMatchObject({ member: 'Ada' });
    again.remove();
  }

  it.each<[string, string, Side]>([
    ['before the server heard of it', '/api/v1/organization', 'asked'],
    ['before the answer that it is founded came', '/api/v1/organization', 'answered'],
    ['before the kit was tried out', '/api/v1/recovery', 'asked'],
    ['before the kit that was tried out was found good', '/api/v1/recovery', 'answered'],
  ])(
    'and is killed %s, finishes it by the same command, and has keys and kit',
    async (_, path, side) => {
      expect((await killedAt(path, side)).code).not.toBe(0);
      const kit = readFileSync(kitFile, 'utf8');
      expect(await finished(init(server.url))).toMatchObject({ code: 0 });
      expect(readFileSync(kitFile, 'utf8')).toBe(kit);
      await hasEverything();
    },
    120_000,
  );

  it('keeps the kit where the organization is founded and the next call is refused', async () => {
    const proxy = await meeting(server.url, (path, side) =>
      path === '/api/v1/recovery' && side === 'asked' ? 'tear' : 'pass',
    );
    expect(await finished(init(proxy.url))).toMatchObject({ code: 1 });
    await proxy.stop();
    expect(existsSync(kitFile)).toBe(true);
    expect(await finished(init(server.url))).toMatchObject({ code: 0 });
    await hasEverything();
  }, 240_000);

  it('keeps nothing where founding itself is refused, and may begin again', async () => {
    expect(await finished(init(server.url, 'wrong'))).toMatchObject({
      code: 1,
      json: { error: { code: 'setup.token_invalid' } },
    });
    expect(existsSync(kitFile)).toBe(false);
    expect(await finished(init(server.url))).toMatchObject({ code: 0 });
    await hasEverything();
  }, 120_000);
});
