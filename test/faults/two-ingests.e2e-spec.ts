import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { finished } from '../support/cli.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';
import { startSlowProxy, type SlowProxy } from '../support/slow-proxy.js';

describe('Two processes that ingest the same file', () => {
  let server: RunningServer;
  let proxy: SlowProxy;
  let pilot: Owner;
  let folder: string;
  let projectId: string;
  const msMax = 240_000;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-two-'));
    server = await startServer();
    proxy = await startSlowProxy(server.url);
    pilot = await foundBy({ ...server, url: proxy.url });
    ({ projectId } = await pilot.must('project', 'create', 'Two'));
  }, msMax);

  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
    pilot?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, msMax);

  /** Three parts, so slow that the first process is still at it when the second one comes. */
  const begin = async (name: string) => {
    const file = join(folder, name);
    writeFileSync(file, randomBytes(17 * 1024 * 1024));
    proxy.sent.length = 0;
    proxy.uploadBytesPerSecond = 300_000;
    const first = pilot.start(['ingest', file, '--project', projectId, '--json']);
    const result = finished(first);
    await until(
      async () => proxy.sent.length,
      (parts) => parts > 0,
      msMax,
    );
    return { file, first, result };
  };

  it(
    'send its parts once: the second one leaves it alone and says so, and the first one finishes',
    async () => {
      const { file, result } = await begin('once.bin');
      const second = await pilot.run('ingest', file, '--project', projectId);
      expect(second.code).toBe(1);
      expect(second.json).toMatchObject({ status: 'failed', problem: { code: 'ingest.elsewhere' } });
      proxy.uploadBytesPerSecond = undefined;
      expect(await result).toMatchObject({ code: 0, json: { status: 'stored' } });
      expect(proxy.sent).toHaveLength(3);
      expect(new Set(proxy.sent).size).toBe(3);
      const third = await pilot.run('ingest', file, '--project', projectId);
      expect(third).toMatchObject({ code: 0, json: { status: 'already-stored' } });
    },
    msMax,
  );

  it(
    'take turns where the first one is killed: the second one goes on where it stopped',
    async () => {
      const { file, first } = await begin('turns.bin');
      const ended = once(first, 'exit');
      first.kill('SIGKILL');
      await ended;
      proxy.uploadBytesPerSecond = undefined;
      const [media] = proxy.sent[0]!.split('/');
      expect(await pilot.run('ingest', file, '--project', projectId)).toMatchObject({
        code: 0,
        json: { status: 'stored', mediaId: media },
      });
    },
    msMax,
  );
});
