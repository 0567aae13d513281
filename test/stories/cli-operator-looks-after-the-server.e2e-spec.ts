import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adoptRenderer, createRendererIdentity, offerRenderer } from '@aerie/sdk';
import { Cli } from '../support/cli.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { RawDevice } from '../support/raw.js';
import { startProcess, type ServerProcess } from '../support/server.js';
import { Stored } from '../support/stored.js';

describe('An owner looks after the server', () => {
  let server: ServerProcess;
  let ada: Owner;
  let laptop: Cli;
  let device: RawDevice;
  let stored: Stored;
  let folder: string;
  let projectId: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-operator-'));
    server = await startProcess();
    ada = await foundBy(server);
    stored = await Stored.open(server);
    device = await RawDevice.of(ada);
    laptop = new Cli('another gull over another pier');
    await laptop.must('recover', '--server', server.url, '--kit', ada.kitFile);
    ({ projectId } = await ada.must('project', 'create', 'Harbour'));
  }, 90_000);

  afterAll(async () => {
    await stored?.close();
    await server?.stop();
    for (const cli of [ada, laptop]) cli?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const status = () => ada.must('server', 'status');
  const project = async () =>
    (await status()).storage.projects.find((one: { projectId: string }) => one.projectId === projectId);
  const warnings = async (code: string) =>
    (await device.aerie.server.warnings()).filter((warning) => warning.code === code);

  it('sees how much is stored, and sees it grow with an ingest', async () => {
    expect(await project()).toMatchObject({ name: 'Harbour', mediaCount: 0, bytesUsed: 0, bytesQuota: null });
    writeFileSync(join(folder, 'one.bin'), randomBytes(200_000));
    await ada.must('ingest', join(folder, 'one.bin'), '--project', 'Harbour');
    const { storage } = await status();
    const [harbour] = storage.projects;
    expect(harbour.mediaCount).toBe(1);
    expect(harbour.bytesUsed).toBeGreaterThan(200_000);
    expect(harbour.bytesUsed).toBe(await stored.count('SELECT sum(bytes) FROM blob'));
    expect(storage.unpacked).toEqual({
      blobs: await stored.count('SELECT count(*) FROM blob WHERE content IS NOT NULL'),
      bytes: await stored.count('SELECT sum(octet_length(content)) FROM blob'),
    });
    expect(storage.unpacked.blobs).toBeGreaterThan(0);
    expect(storage.store.kind).toBe('filesystem');
    expect(storage.store.disk.bytesFree).toBeGreaterThan(0);
    expect(storage.store.disk.bytesTotal).toBeGreaterThanOrEqual(storage.store.disk.bytesFree);
    expect(storage.databaseBytes).toBeGreaterThan(1_000_000);
  });

  it('sees an upload that nobody finishes, until it is given up', async () => {
    const file = await device.seal(projectId, randomBytes(70_000), { inParts: true });
    expect((await device.create(file)).code).toBe('ok');
    const { storage } = await status();
    expect(storage.openUploads).toMatchObject({ count: 1, bytesReserved: file.original.length });
    expect(Math.abs(Date.parse(storage.openUploads.oldestAt) - Date.now())).toBeLessThan(60_000);
    expect((await project()).bytesReserved).toBe(file.original.length);
    await device.send('abortUpload', { params: { mediaId: file.mediaId } });
    expect((await status()).storage.openUploads).toEqual({ count: 0, bytesReserved: 0, oldestAt: null });
  });

  it('sees which job is stuck and why, and makes it run again', async () => {
    const mediaId = (await stored.query<{ id: string }>('SELECT id FROM media'))[0]!.id;
    const [{ id: jobId }] = (await stored.query<{ id: string }>(
      `INSERT INTO outbox (job, payload, attempts, failed_at, error_code)
       VALUES ('media.check-media', jsonb_build_object('mediaIds', jsonb_build_array($1::text)), 14, now(), 'StoreUnavailable')
       RETURNING id`,
      [mediaId],
    )) as [{ id: string }];
    const { jobs } = await status();
    expect(jobs.stuck).toEqual([
      {
        jobId,
        kind: 'media.check-media',
        state: 'given-up',
        attempts: 14,
        error: 'StoreUnavailable',
        since: expect.any(String),
        mediaIds: [mediaId],
      },
    ]);
    const kind = jobs.kinds.find((one: { kind: string }) => one.kind === 'media.check-media');
    expect(kind).toMatchObject({ givenUp: 1, stuck: 1 });
    expect(await warnings('jobs.stuck')).toEqual([{ code: 'jobs.stuck', severity: 'warning', details: { jobs: 1 } }]);

    expect(await ada.must('server', 'retry', jobId)).toEqual({ jobId, due: true });
    const doneAt = 'SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL';
    await until(
      () => stored.count(doneAt, [jobId]),
      (done) => done === 1,
      20_000,
    );
    expect(await warnings('jobs.stuck')).toEqual([]);
    expect((await status()).jobs.stuck).toEqual([]);
    await expect(device.aerie.server.retryJob(jobId)).rejects.toMatchObject({ code: 'job.unknown' });
  });

  it('hears that work waits too long, until it is done', async () => {
    // Handed to a worker a moment ago, so that no other worker takes it for a minute.
    const [row] = await stored.query<{ id: string }>(
      `INSERT INTO outbox (job, payload, due_at, dispatched_at)
       VALUES ('previews.pack-blobs', '{}', now() - interval '11 minutes', now()) RETURNING id`,
    );
    const [warning] = await warnings('jobs.overdue');
    expect(warning).toMatchObject({ severity: 'warning', details: { kind: 'previews.pack-blobs' } });
    expect(warning!.details.seconds).toBeGreaterThanOrEqual(660);
    await stored.query('UPDATE outbox SET dispatched_at = NULL WHERE id = $1', [row!.id]);
    await until(
      () => warnings('jobs.overdue'),
      (found) => found.length === 0,
      20_000,
    );
  });

  it('hears that the store does not answer, until it does', async () => {
    expect(await warnings('part.not_ready')).toEqual([]);
    const objects = join(server.dataDir, 'objects');
    renameSync(objects, `${objects}.away`);
    // What a look found is good for a second.
    const [warning] = await until(
      () => warnings('part.not_ready'),
      (found) => found.length === 1,
      20_000,
    ).finally(() => renameSync(`${objects}.away`, objects));
    expect(warning).toMatchObject({ severity: 'critical', details: { part: 'store' } });
    await until(
      () => warnings('part.not_ready'),
      (found) => found.length === 0,
      20_000,
    );
  });

  it('hears that a renderer is missing which a project wants, until it asks for work', async () => {
    const identity = await createRendererIdentity();
    await offerRenderer({ server: server.url, identity, rendererToken: server.rendererToken });
    const assisted = await device.aerie.projects.create('Assisted', 'assisted');
    expect(await warnings('renderer.silent')).toEqual([]);
    const age = (column: string) => `${column} = ${column} - interval '6 minutes'`;
    await stored.query(`UPDATE project SET ${age('created_at')} WHERE id = $1`, [assisted.projectId]);
    const [missing] = await warnings('renderer.silent');
    expect(missing).toMatchObject({ severity: 'warning', details: { deviceId: identity.deviceId } });
    expect(missing!.details.seconds).toBeGreaterThanOrEqual(360);
    const renderer = await RawDevice.open(await adoptRenderer({ server: server.url, identity }));
    expect((await renderer.send('leaseRendering')).code).toBe('ok');
    expect(await warnings('renderer.silent')).toEqual([]);
    await stored.query(`UPDATE device SET ${age('last_seen_at')} WHERE id = $1`, [identity.deviceId]);
    await stored.query(`UPDATE session SET ${age('last_used_at')} WHERE device_id = $1`, [identity.deviceId]);
    expect(await warnings('renderer.silent')).toHaveLength(1);
    expect((await renderer.send('leaseRendering')).code).toBe('ok');
    expect(await warnings('renderer.silent')).toEqual([]);
  });

  it('sees pictures that are owed and that failed', async () => {
    const mediaId = (await stored.query<{ id: string }>('SELECT id FROM media'))[0]!.id;
    await stored.query("INSERT INTO rendering (media_id, device_id, state) VALUES ($1, $2, 'due')", [
      mediaId,
      device.aerie.keyring.deviceId,
    ]);
    expect((await device.aerie.server.jobs()).renderings).toEqual({
      due: 1,
      running: 0,
      failed: 0,
      oldestDueAt: expect.any(String),
      failures: [],
    });
    await stored.query("UPDATE rendering SET leased_until = now() + interval '1 minute'");
    expect((await device.aerie.server.jobs()).renderings).toMatchObject({ due: 0, running: 1, oldestDueAt: null });
    await stored.query("UPDATE rendering SET state = 'failed', failure = 'too_large', attempts = 1");
    expect((await device.aerie.server.jobs()).renderings).toMatchObject({
      due: 0,
      running: 0,
      failed: 1,
      failures: [{ mediaId, reason: 'too_large', attempts: 1 }],
    });
    await stored.query('DELETE FROM rendering');
  });

  it('is told what it must not forget about this set-up, and nothing that is not so', async () => {
    const codes = (await status()).warnings.map(({ code }: { code: string }) => code);
    expect(codes.filter((code: string) => code !== 'store.space_low')).toEqual(['database.embedded']);
  });

  it('reads all of it in words', async () => {
    const { code, stdout } = await ada.say('server', 'status');
    expect(code).toBe(0);
    for (const words of ['WARNINGS', 'Back it up', 'Objects       filesystem', 'Harbour', 'media.check-media'])
      expect(stdout).toContain(words);
  });

  it('sees who is logged in, and ends the session of another device at once', async () => {
    const other = await RawDevice.of(laptop);
    const token = await other.token();
    expect((await other.send('listProjects', { token })).code).toBe('ok');
    const { deviceId } = other.aerie.keyring;
    const sessions = await ada.must('session', 'list');
    const his = sessions.filter((one: { deviceId: string }) => one.deviceId === deviceId);
    expect(his).toMatchObject([{ current: false, device: { kind: 'full', member: 'Ada' } }]);
    expect(sessions.filter((one: { current: boolean }) => one.current)).toHaveLength(1);
    expect((await ada.say('session', 'list')).stdout).toContain(his[0].sessionId);

    await ada.must('session', 'end', his[0].sessionId);
    expect((await other.send('listProjects', { token })).code).toBe('session.expired');
    expect(await ada.run('session', 'end', his[0].sessionId)).toMatchObject({
      code: 1,
      json: { error: { code: 'session.unknown', hint: expect.stringContaining('aerie session list') } },
    });
    // The device was not revoked: it logs in again.
    expect((await (await RawDevice.of(laptop)).send('listProjects')).code).toBe('ok');
  });

  it('is refused all of it on an upload-only device', async () => {
    const station = new Cli('the station beside the hangar');
    try {
      const file = join(folder, `${randomUUID()}.json`);
      await ada.must('device', 'enroll', '--project', 'Harbour', '--upload-only', '--out', file);
      await station.must('join', file);
      for (const command of [
        ['server', 'status'],
        ['session', 'list'],
        ['session', 'end', randomUUID()],
      ]) {
        expect(await station.run(...command)).toMatchObject({ code: 1, json: { error: { code: 'access.denied' } } });
      }
    } finally {
      station.remove();
    }
  });
});
