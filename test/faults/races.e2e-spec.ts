import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { segmentBytes } from '@aerie/protocol';
import { leaveOut } from '../support/left-out.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { foundBy, until, type Owner } from '../support/people.js';
import { everyProfile, type Profile } from '../support/profiles.js';
import { RawDevice, type SealedFile } from '../support/raw.js';
import { startProcess, type RunningServer, type ServerProcess } from '../support/server.js';
import { Stored, isAtRest } from '../support/stored.js';

const rounds = Number(process.env.AERIE_RACES ?? 10);
const quick = { AERIE_TICK_SECONDS: '1', AERIE_CHECK_DELAY_SECONDS: '1', AERIE_ORPHAN_AGE_SECONDS: '4' };
const numbered = Array.from({ length: rounds }, (_, round) => round);
const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const tally = (codes: readonly string[]) =>
  Object.fromEntries([...new Set(codes)].sort().map((code) => [code, codes.filter((one) => one === code).length]));

describe.each(everyProfile())('Requests that race on %s', (name, openProfile) => {
  let profile: Profile;
  let harbor: Harbor;
  let server: RunningServer;
  let ada: RawDevice;
  let stored: Stored;
  let projectId: string;

  beforeAll(async () => {
    profile = await openProfile();
    ({ server, ada, stored, projectId } = harbor = await openHarbor({ env: { ...profile.env, ...quick } }));
  }, 120_000);

  afterAll(async () => {
    await harbor?.close();
    await profile?.remove();
  }, 60_000);

  /** A small upload, complete but for its commit. */
  async function uploaded(): Promise<SealedFile> {
    const file = await ada.seal(projectId, randomBytes(200), { inParts: true });
    expect([(await ada.create(file)).code, (await ada.putPart(file, 0)).code]).toEqual(['ok', 'ok']);
    return file;
  }

  /** Whether the media is there and its octets are the ones that were sent; or there is no trace of it. */
  async function outcomeOf(file: SealedFile): Promise<'committed' | 'gone' | 'in between'> {
    const params = { mediaId: file.mediaId, blobId: file.originalId };
    const [media, blob] = [await ada.send('readMedia', { params }), await ada.send('readBlob', { params })];
    if (media.code === 'ok' && blob.octets.equals(file.original)) return 'committed';
    return media.code === 'media.unknown' && blob.code === 'media.unknown' ? 'gone' : 'in between';
  }

  /** Asks for that many other things first, one after the other, so that what follows meets a race at another point. */
  async function elsewhere(requests: number): Promise<void> {
    for (let i = 0; i < requests; i++) await ada.send('readUpload', { params: { mediaId: randomUUID() } });
  }

  it('lets either the commit or the abort of an upload win, and both know who', async () => {
    for (const round of numbered) {
      const file = await uploaded();
      const abort = async () => {
        await elsewhere(round % 3);
        return ada.send('abortUpload', { params: { mediaId: file.mediaId } });
      };
      const [committed, aborted] = await Promise.all([ada.commit(file), abort()]);
      expect([
        ['ok', 'upload.closed', 'committed'],
        ['upload.closed', 'ok', 'gone'],
      ]).toContainEqual([committed.code, aborted.code, await outcomeOf(file)]);
    }
  }, 60_000);

  it('commits once, however many ask at once, and gives all the same receipt', async () => {
    for (const _ of numbered) {
      const file = await uploaded();
      const answers = await times(6, () => ada.commit(file));
      expect(tally(answers.map(({ code }) => code))).toEqual({ ok: 6 });
      expect(new Set(answers.map(({ json }) => json.receipt as string)).size).toBe(1);
      expect(await outcomeOf(file)).toBe('committed');
    }
  }, 60_000);

  it('commits one of two manifests for one upload', async () => {
    for (const _ of numbered) {
      const file = await uploaded();
      const other = await ada.resign(file, (manifest) => ({ ...manifest, createdAt: new Date(0).toISOString() }));
      const codes = (await Promise.all([ada.commit(file), ada.commit(other)])).map(({ code }) => code);
      expect(codes.sort()).toEqual(['media.replayed', 'ok']);
    }
  }, 60_000);

  it('commits one of two bundles that carry the same media', async () => {
    for (const _ of numbered) {
      const file = await ada.seal(projectId, randomBytes(200));
      const other = await ada.resign(file, (manifest) => ({ ...manifest, createdAt: new Date(0).toISOString() }));
      const answers = await Promise.all([
        ada.bundle(projectId, [file]),
        ada.bundle(projectId, [file]),
        ada.bundle(projectId, [other]),
      ]);
      const outcomes = answers.map(({ json }) => json.outcomes[0] as { receipt?: string; problem?: { code: string } });
      const receipts = outcomes.flatMap(({ receipt }) => receipt ?? []);
      const refused = outcomes.flatMap(({ problem }) => problem?.code ?? []);
      expect([new Set(receipts).size, receipts.length + refused.length]).toEqual([1, 3]);
      expect(refused.every((code) => code === 'media.replayed')).toBe(true);
      expect(await stored.count('SELECT count(*) FROM media WHERE id = $1', [file.mediaId])).toBe(1);
    }
  }, 60_000);

  it('lets either the commit or the expiry of an upload win', async () => {
    const files: SealedFile[] = [];
    for (const _ of numbered) files.push(await uploaded());
    await stored.uploadsExpire();
    const state = 'SELECT state FROM upload WHERE media_id = $1';
    const isExpired = async ({ mediaId }: SealedFile) =>
      (await stored.query<{ state: string }>(state, [mediaId]))[0]?.state === 'expired';
    // One after the other, while the job comes round; the last once it has.
    for (const file of files) {
      if (file === files.at(-1)) await until(() => isExpired(file));
      const { code } = await ada.commit(file);
      expect([
        ['ok', 'committed'],
        ['upload.closed', 'gone'],
      ]).toContainEqual([code, await outcomeOf(file)]);
      if (file === files.at(-1)) expect(code).toBe('upload.closed');
    }
  }, 60_000);

  it('keeps one of two contents that are sent for one part at once', async () => {
    for (const _ of numbered) {
      const file = await ada.seal(projectId, randomBytes(200), { inParts: true });
      expect((await ada.create(file)).code).toBe('ok');
      const other = randomBytes(file.original.length);
      const codes = await times(
        8,
        async (i) => `${i % 2} ${(await ada.putPart(file, 0, { octets: i % 2 ? other : file.original })).code}`,
      );
      const { json } = await ada.send('readUpload', { params: { mediaId: file.mediaId } });
      const won = json.blobs[0].parts[0].digest === createHash('sha256').update(other).digest('base64') ? 1 : 0;
      expect(tally(codes)).toEqual({ [`${won} ok`]: 4, [`${1 - won} upload.part_conflict`]: 4 });
      expect((await ada.commit(file)).code).toBe(won === 0 ? 'ok' : 'media.manifest_invalid');
      expect(await outcomeOf(file)).toBe(won === 0 ? 'committed' : 'gone');
    }
  }, 60_000);

  it('leaves nothing of an upload that is aborted while its parts arrive', async () => {
    const { original } = await ada.seal(projectId, randomBytes(segmentBytes + 1000), { inParts: true });
    for (const round of numbered) {
      const file = { mediaId: randomUUID(), originalId: randomUUID(), projectId, original } as SealedFile;
      expect((await ada.create(file)).code).toBe('ok');
      const abort = async () => {
        await elsewhere(round);
        return ada.send('abortUpload', { params: { mediaId: file.mediaId } });
      };
      const [aborted, ...parts] = await Promise.all([abort(), ada.putPart(file, 1), ada.putPart(file, 0)]);
      expect(aborted.code).toBe('ok');
      for (const { code } of parts) expect(['ok', 'upload.closed']).toContain(code);
    }
  }, 60_000);

  it('leaves no parts of an upload that is aborted while its first part is begun', async () => {
    const { original } = await ada.seal(projectId, randomBytes(segmentBytes + 1000), { inParts: true });
    const file = { mediaId: randomUUID(), originalId: randomUUID(), projectId, original } as SealedFile;
    expect((await ada.create(file)).code).toBe('ok');
    // Holds the part up just before the store hears of it.
    await stored.query('BEGIN');
    await stored.query('SELECT FROM upload_blob WHERE id = $1 FOR NO KEY UPDATE', [file.originalId]);
    const part = ada.putPart(file, 0);
    await until(
      () => stored.waiting(),
      (sessions) => sessions === 1,
    );
    const abort = ada.send('abortUpload', { params: { mediaId: file.mediaId } });
    // It waits for the same lock, or has its answer without it.
    let isAnswered = false;
    void abort.finally(() => (isAnswered = true));
    await until(
      () => stored.waiting(),
      (sessions) => isAnswered || sessions === 2,
    );
    await stored.query('COMMIT');
    expect([(await abort).code, (await part).code]).toEqual(['ok', expect.stringMatching(/^ok$|^upload\.closed$/)]);
    await until(
      () => stored.differences(),
      ({ leftovers }) => leftovers.length === 0,
      20_000,
    );
  }, 60_000);

  it('refuses a part whose upload was aborted, and cleared away, while its body was on its way', async () => {
    const file = await ada.seal(projectId, randomBytes(5_000), { inParts: true });
    expect((await ada.create(file)).code).toBe('ok');
    const slowly = async function* () {
      yield file.original.subarray(0, 100);
      await ada.send('abortUpload', { params: { mediaId: file.mediaId } });
      await until(
        () => stored.count('SELECT count(*) FROM upload_blob WHERE media_id = $1', [file.mediaId]),
        (count) => count === 0,
        20_000,
      );
      yield file.original.subarray(100);
    };
    const response = await fetch(`${server.url}/api/v1/uploads/${file.mediaId}/blobs/${file.originalId}/parts/0`, {
      method: 'PUT',
      body: Readable.toWeb(Readable.from(slowly())),
      duplex: 'half',
      headers: {
        authorization: `Bearer ${await ada.token()}`,
        'content-type': 'application/octet-stream',
        'content-digest': `sha-256=:${createHash('sha256').update(file.original).digest('base64')}:`,
      },
    } as RequestInit);
    expect((await response.json()).code).toBe('upload.closed');
  }, 60_000);

  it('takes a new manifest after a commit that staged pictures and could not be finished', async () => {
    const plain = randomBytes(300);
    const first = await ada.seal(projectId, plain, { inParts: true, preview: randomBytes(100_000) });
    expect([(await ada.create(first)).code, (await ada.commit(first)).code]).toEqual(['ok', 'upload.part_missing']);
    expect((await ada.putPart(first, 0)).code).toBe('ok');
    const { mediaId, stated: original } = first;
    const second = await ada.seal(projectId, plain, {
      inParts: true,
      preview: randomBytes(100_000),
      mediaId,
      original,
    });
    expect([(await ada.commit(second)).code, await outcomeOf(first)]).toEqual(['ok', 'committed']);
  });

  it('keeps one of two contents that are sent for one blob in two bundles at once', async () => {
    for (const _ of numbered) {
      const first = await ada.seal(projectId, randomBytes(100_000));
      const { mediaId, originalId: blobId } = first;
      const other = await ada.seal(projectId, randomBytes(100_000));
      const pkesks = other.stated.pkesks.map((one) => ({ ...one, blobId }));
      const original = { ...other.stated, pkesks, stated: { ...other.stated.stated, blobId } };
      const second = await ada.seal(projectId, randomBytes(100_000), { mediaId, original });
      const outcomes = await Promise.all(
        [first, second].map(async (file) => (await ada.bundle(projectId, [file])).json.outcomes[0]),
      );
      const taken = outcomes.flatMap(({ receipt }, i) => (receipt ? [[first, second][i]!] : []));
      expect([taken.length, await outcomeOf(taken[0]!)]).toEqual([1, 'committed']);
      expect(outcomes.map(({ problem }) => problem?.code).sort()).toEqual([
        expect.stringMatching(/^media\.replayed$|^upload\.conflict$/),
        undefined,
      ]);
    }
  }, 60_000);

  it('does not reclaim an object that is given a row at the last moment', async () => {
    const file = await uploaded();
    const [blob] = await stored.query<{ key: string }>(
      'SELECT object_key AS key FROM upload_blob WHERE media_id = $1',
      [file.mediaId],
    );
    /** The row of the object goes under another key; the object stays where it is. */
    const rename = async (from: string, to: string) => {
      const columns = 'project_id, device_id, purpose, state, bytes, announced_at';
      await stored.query(`INSERT INTO object (key, ${columns}) SELECT $2, ${columns} FROM object WHERE key = $1`, [
        from,
        to,
      ]);
      await stored.query('UPDATE upload_blob SET object_key = $2 WHERE object_key = $1', [from, to]);
      await stored.query('DELETE FROM object WHERE key = $1', [from]);
    };
    await rename(blob!.key, '00/hidden');
    const seen = () => stored.count('SELECT count(*) FROM orphan WHERE object_key = $1', [blob!.key]);
    await until(seen, (count) => count === 1, 30_000);
    await stored.query('BEGIN');
    await stored.query('SELECT FROM orphan WHERE object_key = $1 FOR UPDATE', [blob!.key]);
    // The job has looked, and waits for this lock.
    await until(
      () => stored.waiting(),
      (sessions) => sessions > 0,
    );
    await rename('00/hidden', blob!.key);
    await stored.query('COMMIT');
    await until(seen, (count) => count === 0);
    expect([(await ada.commit(file)).code, await outcomeOf(file)]).toEqual(['ok', 'committed']);
  }, 60_000);

  it('never lets the last octets of a quota be had twice', async () => {
    const narrow = (await ada.aerie.projects.create('Narrow')).projectId;
    const bytes = 7_000;
    await stored.query('UPDATE project SET bytes_quota = $2 WHERE id = $1', [narrow, 10 * bytes]);
    const ids = Array.from({ length: 32 }, () => randomUUID());
    const create = (mediaId: string) =>
      ada.send('createUpload', {
        params: { projectId: narrow, mediaId },
        body: { blobs: [{ blobId: randomUUID(), role: 'original', bytes }] },
      });
    const answers = await Promise.all(ids.map(create));
    expect(tally(answers.map(({ code }) => code))).toEqual({ ok: 10, 'quota.exceeded': 22 });
    const reserved = () => stored.count('SELECT bytes_used + bytes_reserved FROM project WHERE id = $1', [narrow]);
    expect(await reserved()).toBe(10 * bytes);
    const late = await ada.seal(narrow, randomBytes(100));
    expect((await ada.bundle(narrow, [late])).json.outcomes[0].problem).toMatchObject({
      code: 'quota.exceeded',
      bytesFree: 0,
    });
    await Promise.all(ids.map((mediaId) => ada.send('abortUpload', { params: { mediaId } })));
    expect(await reserved()).toBe(0);
    expect((await ada.bundle(narrow, [late])).json.outcomes[0].receipt).toBeDefined();
    expect(await reserved()).toBe(await stored.count('SELECT sum(bytes) FROM media WHERE project_id = $1', [narrow]));
  }, 60_000);

  it('has one effect and one answer for one idempotency key', async () => {
    const mediaId = randomUUID();
    const body = { blobs: [{ blobId: randomUUID(), role: 'original', bytes: 1234 }] };
    const create = (sent: object, key: string) =>
      ada.send('createUpload', { params: { projectId, mediaId }, body: sent, headers: { 'idempotency-key': key } });
    const key = randomUUID();
    const answers = await times(8, () => create(body, key));
    const codes = answers.map(({ code }) => code);
    expect(codes).toContain('ok');
    expect(codes.filter((code) => code !== 'ok' && code !== 'request.in_progress')).toEqual([]);
    const again = await create(body, key);
    for (const { code, json } of answers) if (code === 'ok') expect(json).toEqual(again.json);
    expect((await create({ blobs: [{ ...body.blobs[0], bytes: 99 }] }, key)).code).toBe('request.idempotency_mismatch');
    expect((await create({ blobs: [{ ...body.blobs[0], bytes: 99 }] }, randomUUID())).code).toBe('upload.conflict');
    expect((await create(body, 'x'.repeat(201))).code).toBe('request.malformed');
    expect(await stored.count('SELECT bytes_reserved FROM upload WHERE media_id = $1', [mediaId])).toBe(1234);
    expect((await ada.send('abortUpload', { params: { mediaId } })).code).toBe('ok');
  });

  if (name !== 'the embedded profile') {
    it('derives all work again when Redis loses everything', async () => {
      const files = await times(5, () => ada.seal(projectId, randomBytes(300)));
      expect((await ada.bundle(projectId, files)).code).toBe('ok');
      const lost = await uploaded();
      expect((await ada.send('abortUpload', { params: { mediaId: lost.mediaId } })).code).toBe('ok');
      const redis = new Redis(profile.env.REDIS_URL!);
      // Of this server's database only: other suites may use the same Redis. Again, until all was handed to it once.
      await until(
        async () => {
          await redis.flushdb();
          return stored.count('SELECT count(*) FROM outbox WHERE done_at IS NULL AND dispatched_at IS NULL');
        },
        (waiting) => waiting === 0,
      );
      await redis.quit();
      const open = async () => {
        await stored.workersAreMissed();
        return stored.count('SELECT count(*) FROM media WHERE checked_at IS NULL');
      };
      expect(await until(open, (count) => count === 0, 60_000)).toBe(0);
    }, 90_000);
  }

  it('leaves nothing behind once all is over', async () => {
    await stored.uploadsExpire();
    const look = async () => {
      await stored.workersAreMissed();
      return stored.differences();
    };
    await until(look, isAtRest, 45_000);
    expect(
      server
        .logs()
        .split('\n')
        .filter((line) => line.includes('unexpected error')),
    ).toEqual([]);
  }, 60_000);
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
if (!isRoot) leaveOut('a server on a full disk', 'run as a user that may mount a tmpfs (root on Linux)');

(isRoot ? describe : describe.skip)('A store without room', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-full-'));
  const objects = join(folder, 'data/objects');
  let server: ServerProcess;
  let owner: Owner;
  let stored: Stored;
  let projectId: string;

  beforeAll(async () => {
    mkdirSync(objects, { recursive: true, mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', objects]);
    server = await startProcess({ dataDir: join(folder, 'data'), env: { ...quick, AERIE_STORE_RESERVE_BYTES: '0' } });
    owner = await foundBy(server);
    projectId = (await owner.must('project', 'create', 'Full')).projectId;
    stored = await Stored.open(server);
  }, 120_000);

  afterAll(async () => {
    await stored?.close();
    await server?.stop();
    owner?.remove();
    execFileSync('umount', [objects]);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('refuses with 507, keeps nothing half, and goes on where it stopped once there is room', async () => {
    const device = await RawDevice.of(owner);
    const filler = join(objects, 'filler');
    const [large, small] = [join(folder, 'large.bin'), join(folder, 'small.bin')];
    writeFileSync(large, randomBytes(20 * 1024 * 1024));
    writeFileSync(small, randomBytes(100_000));
    // Room for one part of the three.
    writeFileSync(filler, randomBytes(28 * 1024 * 1024));
    const ingest = () => owner.run('ingest', large, small, '--project', projectId);
    const refused = await ingest();
    expect([refused.code, refused.json.find(({ path }: { path: string }) => path === large).problem.code]).toEqual([
      1,
      'server.storage_full',
    ]);
    expect(await stored.count("SELECT count(*) FROM upload WHERE state = 'open'")).toBeGreaterThanOrEqual(1);
    execFileSync('sh', ['-c', `cat /dev/zero > ${join(objects, 'filler-2')} 2>/dev/null || true`]);
    const file = await device.seal(projectId, randomBytes(100_000));
    expect((await device.bundle(projectId, [file])).json).toMatchObject({
      code: 'server.storage_full',
      status: 507,
    });
    expect(await stored.count('SELECT count(*) FROM media WHERE id = $1', [file.mediaId])).toBe(0);
    for (const path of [filler, join(objects, 'filler-2')]) rmSync(path);
    const resumed = await ingest();
    expect(resumed.code).toBe(0);
    expect((await device.bundle(projectId, [file])).json.outcomes[0].receipt).toBeDefined();
    expect((await owner.run('verify', '--project', projectId)).code).toBe(0);
    await stored.uploadsExpire();
    await until(() => stored.differences(), isAtRest, 45_000);
  }, 180_000);
});
