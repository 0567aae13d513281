import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundBy, until, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';

interface Listed {
  mediaId: string;
  damagedAt: string | null;
  verified: boolean;
}

describe('A file that the store has lost or damaged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-damage-'));
  let server: RunningServer;
  let pilot: Owner;
  let stored: Stored;
  let projectId: string;
  const msMax = 120_000;

  beforeAll(async () => {
    server = await startServer();
    pilot = await foundBy(server);
    stored = await Stored.open(server);
    ({ projectId } = await pilot.must('project', 'create', 'Damage'));
  }, msMax);

  afterAll(async () => {
    await stored?.close();
    await server?.stop();
    pilot?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, msMax);

  const ingest = (file: string) => pilot.must('ingest', file, '--project', projectId);
  const list = (): Promise<Listed[]> => pilot.must('list', '--project', projectId);
  const one = async (mediaId: string) => (await list()).find((media) => media.mediaId === mediaId);
  const warnings = async (): Promise<string[]> =>
    (await pilot.must('server', 'status')).warnings.map(({ code }: { code: string }) => code);

  it.each<[string, number, (object: string) => void, 'get' | 'verify']>([
    ['lost, small, found by get', 3_000, (object) => rmSync(object), 'get'],
    ['cut short, large, found by verify', 9_000_000, (object) => truncateSync(object, 1000), 'verify'],
  ])(
    'is marked, and repaired by putting the card in again: %s',
    async (name, bytes, damage, finder) => {
      const content = randomBytes(bytes);
      const file = join(folder, `${name.length}.bin`);
      writeFileSync(file, content);
      const { mediaId } = await ingest(file);
      expect(await ingest(file)).toMatchObject({ status: 'already-stored', mediaId });
      damage((await stored.original(mediaId)).path);

      const out = join(folder, `${mediaId}.back`);
      const looked =
        finder === 'get'
          ? await pilot.run('get', mediaId, '--out', out)
          : await pilot.run('verify', '--project', projectId);
      expect(looked.code).not.toBe(0);
      const marked = await until(
        () => one(mediaId),
        (media) => media?.damagedAt !== null,
        msMax,
      );
      expect(marked).toMatchObject({ verified: true, damagedAt: expect.any(String) });
      expect(await warnings()).toContain('media.damaged');

      const again = await ingest(file);
      expect(again).toMatchObject({ status: 'stored', mediaId: expect.not.stringContaining(mediaId) });
      expect(await one(mediaId)).toBeUndefined();
      expect(await one(again.mediaId)).toMatchObject({ damagedAt: null, verified: true });
      expect(await warnings()).not.toContain('media.damaged');
      await pilot.must('get', mediaId, '--out', out);
      expect(readFileSync(out).equals(content)).toBe(true);
      expect(await ingest(file)).toMatchObject({ status: 'already-stored', mediaId: again.mediaId });
      await pilot.must('verify', '--project', projectId);
    },
    2 * msMax,
  );
});
