import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie } from '@aerie/sdk';
import { fromBase64 } from '@aerie/protocol';
import { slicesOf, type PlacedBlob } from '../../src/content/media/slices.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { until } from '../support/people.js';
import { RawDevice, type SealedFile } from '../support/raw.js';
import { Stored, isAtRest } from '../support/stored.js';

interface Row extends PlacedBlob {
  readonly mediaId: string;
  readonly role: string;
}

const quick = { AERIE_TICK_SECONDS: '1', AERIE_CHECK_DELAY_SECONDS: '1', AERIE_ORPHAN_AGE_SECONDS: '4' };
const waitMs = 60_000;

describe('A bundle, which is one object', () => {
  let harbor: Harbor;
  let ada: RawDevice;
  let stored: Stored;
  let projectId: string;

  beforeAll(async () => {
    ({ ada, stored, projectId } = harbor = await openHarbor({ env: quick }));
  }, 120_000);

  afterAll(() => harbor?.close(), 60_000);

  const seal = (): Promise<SealedFile> => ada.seal(projectId, randomBytes(3_000), { thumb: randomBytes(500) });
  const many = (count: number): Promise<SealedFile[]> => Promise.all(Array.from({ length: count }, () => seal()));
  /** Names a media that does not exist: nothing is wrong with it until its rows are written. */
  const refusedLate = (file: SealedFile) => ada.resign(file, (manifest) => ({ ...manifest, replaces: randomUUID() }));

  async function commit(files: readonly SealedFile[]): Promise<string[]> {
    const { json } = await ada.bundle(projectId, files);
    return json.outcomes.map((one: { problem?: { code: string } }) => one.problem?.code ?? 'ok');
  }

  const rowsOf = (files: readonly SealedFile[]): Promise<Row[]> =>
    stored.query<Row>(
      `SELECT id, media_id AS "mediaId", role, bytes, object_key AS "objectKey", object_offset AS "objectOffset"
         FROM blob WHERE media_id = ANY($1::uuid[]) ORDER BY object_offset`,
      [files.map(({ mediaId }) => mediaId)],
    );
  const pathOf = (key: string | null): string => join(harbor.server.dataDir, 'objects/objects', key!);
  const objectOf = async (files: readonly SealedFile[]): Promise<string> => {
    const keys = new Set((await rowsOf(files)).flatMap(({ objectKey }) => objectKey ?? []));
    expect(keys.size).toBe(1);
    return [...keys][0]!;
  };
  /** A client that knows nothing yet. */
  const client = () => Aerie.open(ada.aerie.keyring);

  it('has the small blobs at its head, each octet once, and nothing of the request but the blobs', async () => {
    const files = await many(40);
    expect(await commit(files)).toEqual(files.map(() => 'ok'));
    const rows = await rowsOf(files);
    const object = readFileSync(pathOf(await objectOf(files)));
    const ends = rows.map(({ objectOffset, bytes }) => Number(objectOffset) + Number(bytes));
    expect(rows.map(({ objectOffset }) => Number(objectOffset))).toEqual([0, ...ends.slice(0, -1)]);
    expect(ends.at(-1)).toBe(object.length);
    expect(rows.map(({ role }) => role)).toEqual(
      ['meta', 'thumb', 'original'].flatMap((role) => files.map(() => role)),
    );
    for (const { commit: sent, original } of files) {
      expect(object.includes(Buffer.from(original))).toBe(true);
      for (const { packet } of sent.pkesks) expect(object.includes(Buffer.from(fromBase64(packet)))).toBe(false);
      expect(object.includes(Buffer.from(fromBase64(sent.manifest.bytes)))).toBe(false);
    }
  }, 60_000);

  it.each([
    ['many small files came together', 40],
    ['few came at a time, as large ones do', 4],
  ])(
    'costs at most eight reads for a page of 200 thumbnails where %s',
    async (_, together) => {
      const page: SealedFile[] = [];
      while (page.length < 200) {
        const files = await many(together);
        expect(await commit(files)).toEqual(files.map(() => 'ok'));
        page.push(...files);
      }
      // A pack is made of many small blobs, or of few that have waited for an hour.
      await stored.query("UPDATE media SET committed_at = committed_at - interval '2 hours'");
      const thumbs = async () => (await rowsOf(page)).filter(({ role }) => role === 'thumb');
      const rows = await until(thumbs, (found) => found.every(({ objectKey }) => objectKey !== null), waitMs);
      expect([rows.length, slicesOf(rows).length <= 8]).toEqual([200, true]);
      const aerie = await client();
      const shown = await aerie.previews.page(
        projectId,
        page.map(({ mediaId }) => mediaId),
      );
      expect(shown.size).toBe(200);
      await aerie.close();
    },
    180_000,
  );

  describe('whose octets the store changed', () => {
    let files: SealedFile[];
    let rows: Row[];
    let path: string;
    let whole: Buffer;

    beforeAll(async () => {
      // In a project of their own: each look verifies all of it.
      ({ projectId } = await ada.aerie.projects.create('Looked at'));
      files = await many(32);
      expect(await commit(files)).toEqual(files.map(() => 'ok'));
      rows = await rowsOf(files);
      path = pathOf(await objectOf(files));
      whole = readFileSync(path);
    }, 60_000);

    const rangeOf = ({ objectOffset, bytes }: Row) => [Number(objectOffset), Number(objectOffset) + Number(bytes)];
    const of = (role: string, at: number) =>
      rows.find((row) => row.role === role && row.mediaId === files[at]!.mediaId)!;
    const flip = (row: Row, at: number) => {
      const octets = Buffer.from(whole);
      octets[Number(row.objectOffset) + at]! ^= 1;
      return octets;
    };
    const swapped = (a: Row, b: Row) => {
      const octets = Buffer.from(whole);
      whole.copy(octets, Number(a.objectOffset), ...rangeOf(b));
      whole.copy(octets, Number(b.objectOffset), ...rangeOf(a));
      return octets;
    };

    it.each<[string, () => { octets: Buffer; hit: Row[] }]>([
      ['the first octet of a description', () => ({ octets: flip(of('meta', 0), 0), hit: [of('meta', 0)] })],
      ['an octet of a thumbnail', () => ({ octets: flip(of('thumb', 7), 300), hit: [of('thumb', 7)] })],
      ['an octet of an original', () => ({ octets: flip(of('original', 9), 2_000), hit: [of('original', 9)] })],
      ['the last octet', () => ({ octets: flip(rows.at(-1)!, Number(rows.at(-1)!.bytes) - 1), hit: [rows.at(-1)!] })],
      ['its end, which it cut', () => ({ octets: whole.subarray(0, -1), hit: [rows.at(-1)!] })],
      [
        'two thumbnails, which it swapped',
        () => ({ octets: swapped(of('thumb', 1), of('thumb', 2)), hit: [of('thumb', 1), of('thumb', 2)] }),
      ],
      [
        'two originals, which it swapped',
        () => ({ octets: swapped(of('original', 3), of('original', 4)), hit: [of('original', 3), of('original', 4)] }),
      ],
      ['all of it, by losing it', () => ({ octets: Buffer.alloc(0), hit: rows })],
    ])(
      'is found out by list, get, gallery, verify and its own check: %s',
      async (_, tamper) => {
        const { octets, hit } = tamper();
        if (octets.length < whole.length) truncateSync(path, octets.length);
        else writeFileSync(path, octets);
        const isHit = (role: string, mediaId: string) =>
          hit.some((row) => row.role === role && row.mediaId === mediaId);
        const aerie = await client();
        const ids = files.map(({ mediaId }) => mediaId);
        const pictures = await aerie.previews.page(projectId, ids);
        const failed = new Set<string>();
        for await (const check of aerie.media.verify(projectId)) if (!check.ok) failed.add(check.mediaId);
        for (const { mediaId } of files) {
          const damaged = isHit('meta', mediaId) || isHit('original', mediaId);
          const got = await download(aerie, mediaId).catch(() => null);
          expect([mediaId, got === null]).toEqual([mediaId, damaged]);
          expect([mediaId, pictures.has(mediaId)]).toEqual([mediaId, !isHit('thumb', mediaId)]);
          expect([mediaId, failed.has(mediaId)]).toEqual([mediaId, damaged || isHit('thumb', mediaId)]);
        }
        await aerie.close();
        const found = await checked(ids);
        writeFileSync(path, whole);
        expect(found).toEqual(hit.map(({ id }) => id).sort());
        expect(await checked(ids)).toEqual([]);
      },
      120_000,
    );

    async function download(aerie: Aerie, mediaId: string): Promise<number> {
      let bytes = 0;
      for await (const piece of (await aerie.media.download(mediaId)).content) bytes += piece.length;
      return bytes;
    }

    /** Has the server read all of them back. @returns the blobs that it finds damaged */
    async function checked(mediaIds: readonly string[]): Promise<string[]> {
      const [job] = await stored.query<{ id: string }>(
        "INSERT INTO outbox (job, payload) VALUES ('media.check-media', $1) RETURNING id",
        [{ mediaIds }],
      );
      const isDone = () => stored.count('SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL', [job!.id]);
      await until(isDone, (count) => count === 1, waitMs);
      const sql = 'SELECT id FROM blob WHERE damaged_at IS NOT NULL AND media_id = ANY($1::uuid[]) ORDER BY id';
      return (await stored.query<{ id: string }>(sql, [mediaIds])).map(({ id }) => id);
    }
  });

  describe('of which something is refused', () => {
    beforeAll(() => void ({ projectId } = harbor));

    const reserved = () => stored.count('SELECT bytes_reserved FROM project WHERE id = $1', [projectId]);
    const atRest = () => until(() => stored.differences(), isAtRest, waitMs);

    it('keeps nothing of what is refused before it is stored', async () => {
      const files = await many(6);
      const foreign = await ada.resign(files[2]!, (manifest) => ({ ...manifest, projectId: randomUUID() }));
      const codes = await commit(files.map((file) => (file === files[2] ? foreign : file)));
      expect(codes).toEqual(files.map((file) => (file === files[2] ? 'record.mismatch' : 'ok')));
      const kept = files.filter((file) => file !== files[2]);
      const object = readFileSync(pathOf(await objectOf(kept)));
      expect([object.includes(Buffer.from(files[2]!.original)), object.length]).toEqual([
        false,
        kept.reduce((sum, { original }) => sum + original.length, 0),
      ]);
    }, 60_000);

    it('is given up where nothing came to lie in it, and its space is free', async () => {
      const files = await Promise.all((await many(3)).map(refusedLate));
      expect(await commit(files)).toEqual(files.map(() => 'media.manifest_invalid'));
      expect(await reserved()).toBe(0);
      await atRest();
    }, 60_000);

    it('counts what lies dead in it as promised, and is written again without it', async () => {
      await atRest();
      const files = await many(4);
      const late = await Promise.all(files.slice(1).map(refusedLate));
      expect(await commit([files[0]!, ...late])).toEqual(['ok', ...late.map(() => 'media.manifest_invalid')]);
      const before = await objectOf([files[0]!]);
      const dead = late.reduce((sum, { original }) => sum + original.length, 0);
      expect(await reserved()).toBe(dead);

      const after = await until(
        () => objectOf([files[0]!]),
        (key) => key !== before,
        waitMs,
      );
      expect(readFileSync(pathOf(after))).toEqual(Buffer.from(files[0]!.original));
      await atRest();
      expect([await reserved(), existsSync(pathOf(before))]).toEqual([0, false]);
      const params = { mediaId: files[0]!.mediaId, blobId: files[0]!.originalId };
      expect((await ada.send('readBlob', { params })).octets).toEqual(Buffer.from(files[0]!.original));
    }, 120_000);

    it('stays as it is where what still lies in it is damaged, which is found', async () => {
      const files = await many(4);
      const late = await Promise.all(files.slice(1).map(refusedLate));
      await commit([files[0]!, ...late]);
      const key = await objectOf([files[0]!]);
      const whole = readFileSync(pathOf(key));
      writeFileSync(pathOf(key), Buffer.concat([Buffer.from([whole[0]! ^ 1]), whole.subarray(1)]));
      const damaged = () =>
        stored.count('SELECT count(*) FROM blob WHERE id = $1 AND damaged_at IS NOT NULL', [files[0]!.originalId]);
      await until(damaged, (count) => count === 1, waitMs);
      await stored.query("UPDATE object SET announced_at = now() - interval '1 hour' WHERE key = $1", [key]);
      const compactions = () =>
        stored.count(
          "SELECT count(*) FROM outbox WHERE job = 'compaction.compact-objects' AND done_at > (SELECT damaged_at FROM blob WHERE id = $1)",
          [files[0]!.originalId],
        );
      await until(compactions, (count) => count >= 2, waitMs);
      expect(await objectOf([files[0]!])).toBe(key);
      writeFileSync(pathOf(key), whole);
    }, 120_000);
  });
});
