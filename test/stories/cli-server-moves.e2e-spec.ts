import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromBase64, type MediaView } from '@aerie/protocol';
import { Cli } from '../support/cli.js';
import { foundBy, type Owner } from '../support/people.js';
import { RawDevice } from '../support/raw.js';
import { freePort, startServer, startProcess, type ServerProcess } from '../support/server.js';

describe('When the server moves to another address', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'aerie-moves-'));
  const card = mkdtempSync(join(tmpdir(), 'aerie-card-'));
  let server: ServerProcess;
  let ada: Owner;
  let controller: Cli;
  let projectId: string;

  beforeAll(async () => {
    server = await startProcess({ dataDir });
    ada = await foundBy(server);
    ({ projectId } = await ada.must('project', 'create', 'Harbour'));
    writeFileSync(join(card, 'photo.jpg'), randomBytes(1_000));
    await ada.must('ingest', card, '--project', projectId);
    const file = join(card, 'enrollment.json');
    await ada.must('device', 'enroll', '--upload-only', '--project', projectId, '--out', file);
    await server.stop();
    server = await startProcess({ dataDir, port: await freePort() });
    controller = new Cli();
  }, 240_000);

  afterAll(async () => {
    await server?.stop();
    for (const cli of [ada, controller]) cli?.remove();
    for (const folder of [dataDir, card]) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }, 60_000);

  it('a device follows it, and reads what it read before', async () => {
    expect(await ada.must('server', 'move', server.url)).toMatchObject({ to: server.url });
    expect(await ada.must('status')).toMatchObject({ server: server.url, member: 'Ada' });
    expect(await ada.must('verify', '--project', projectId)).toMatchObject({ ok: true });
  }, 120_000);

  it('a device that was enrolled before and joins after follows it as well', async () => {
    await controller.must('join', join(card, 'enrollment.json'), '--server', server.url);
    expect(await controller.must('status')).toMatchObject({ server: server.url, kind: 'upload-only' });
  }, 120_000);

  it('nothing that was signed names the host', async () => {
    const { aerie } = await RawDevice.of(ada);
    const { http } = aerie.local;
    const { entries } = await http.call('readMembership', { query: { from: 0 } });
    const { media } = await http.call('listMedia', { params: { projectId } });
    const [one] = media as [MediaView];
    const records = [...entries, one.manifest];
    expect(entries.length).toBeGreaterThan(4);
    const signed = [...records.map(({ bytes }) => Buffer.from(fromBase64(bytes)).toString()), one.receipt];
    for (const text of signed) {
      expect(text).not.toMatch(/https?:|127\.0\.0\.1|localhost/);
      expect(text).not.toContain(String(server.port));
    }
    expect(one.receipt).toMatch(/^aerie\.internal\/[0-9a-f-]{36}\/receipt\/v1\n/);
    await aerie.close();
  }, 60_000);

  it('a device does not follow to where another organization lives, or none', async () => {
    const other = await startServer();
    const eve = await foundBy(other);
    try {
      const moved = await ada.run('server', 'move', other.url);
      expect(moved).toMatchObject({
        code: 1,
        json: { error: { code: expect.stringMatching(/^(trust\.root|device\.unknown)$/) } },
      });
      expect(await ada.must('status')).toMatchObject({ server: server.url });
      const path = await ada.run('server', 'move', `${server.url}/aerie`);
      expect(path).toMatchObject({ code: 1, json: { error: { code: 'server.address' } } });
    } finally {
      await other.stop();
      eve.remove();
    }
  }, 240_000);
});
