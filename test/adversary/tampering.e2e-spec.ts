import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, type Keyring } from '@aerie/sdk';
import { readKeyringFile } from '@aerie/sdk/node';
import sharp from 'sharp';
import { foundBy, until, type Owner } from '../support/people.js';
import { startProcess, type ServerProcess } from '../support/server.js';
import { Stored } from '../support/stored.js';

/** What a client shows of one media; a part it refuses to show is absent. */
interface Shown {
  name?: string;
  original?: string;
  thumb?: string;
}
type Row = Record<string, unknown>;
type Table = 'media' | 'blob' | 'pkesk' | 'shred_key';

const sha256 = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex');
/** Takes a fault of the server for final; an honest client would try again for half a minute. */
const impatientFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.status < 500) return response;
  return Response.json({ ...((await response.json()) as object), status: 410 }, { status: 410 });
};
const flipped = (octets: Buffer, at = octets.length >> 1) => {
  const copy = Buffer.from(octets);
  copy[at]! ^= 1;
  return copy;
};

/** One edit for every column that a server could forge, from the row itself and another media's row. */
const forgeries: Record<Table, Record<string, (own: Row, other: Row) => unknown>> = {
  media: {
    id: () => randomUUID(),
    project_id: (own) => own.elsewhere,
    device_id: (own) => own.device_id,
    manifest: (_, other) => other.manifest,
    signature: (_, other) => other.signature,
    bytes: (own) => Number(own.bytes) + 1,
    content_token: () => Buffer.alloc(32, 7),
    replaces: (_, other) => other.id,
    receipt: (_, other) => other.receipt,
    committed_at: () => new Date(0),
    checked_at: () => null,
  },
  blob: {
    id: () => randomUUID(),
    media_id: (_, other) => other.media_id,
    role: () => 'preview',
    bytes: (own) => Number(own.bytes) - 1,
    segment_digests: (own) => flipped(own.segment_digests as Buffer),
    object_key: (own) => own.object_key && `00/${'0'.repeat(38)}`,
    object_offset: (own) => own.object_offset && Number(own.object_offset) + 1,
    content: (own) => own.content && flipped(own.content as Buffer),
    damaged_at: () => new Date(),
  },
  pkesk: {
    blob_id: () => randomUUID(),
    recipient_fp: () => 'ab'.repeat(32),
    media_id: (_, other) => other.media_id,
    wrapped: (_, other) => other.wrapped,
  },
  shred_key: { media_id: () => randomUUID(), key: (_, other) => other.key },
};
const keys: Record<Table, string[]> = {
  media: ['id'],
  blob: ['id'],
  pkesk: ['blob_id', 'recipient_fp'],
  shred_key: ['media_id'],
};
/** Made by the database itself, or only for blobs in objects, which are checked by the octets in them. */
const notForged = ['position'];
const edits = (Object.keys(forgeries) as Table[]).flatMap((table) =>
  Object.keys(forgeries[table]).map((column) => [table, column] as const),
);

describe('A server that tampers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-tamper-'));
  const dataDir = join(folder, 'data');
  let server: ServerProcess;
  let owner: Owner;
  let stored: Stored;
  let keyring: Keyring;
  let projectId: string;
  let elsewhere: string;
  const truth = new Map<string, Required<Shown>>();
  let [one, two]: string[] = [];

  beforeAll(async () => {
    mkdirSync(dataDir);
    server = await startProcess({ dataDir, env: { AERIE_CHECK_DELAY_SECONDS: '1' } });
    owner = await foundBy(server);
    projectId = (await owner.must('project', 'create', 'Evidence')).projectId;
    elsewhere = (await owner.must('project', 'create', 'Elsewhere')).projectId;
    stored = await Stored.open(server);
    const card = join(folder, 'card');
    mkdirSync(card);
    for (const color of ['#803010', '#108030', '#301080']) {
      const noise = {
        create: {
          width: 700,
          height: 500,
          channels: 3 as const,
          background: color,
          noise: { type: 'gaussian' as const, mean: 128, sigma: 20 },
        },
      };
      writeFileSync(join(card, `${color.slice(1)}.jpg`), await sharp(noise).tint(color).jpeg().toBuffer());
      // Each by itself, so that each has an object of its own; what lies in one object is in bundles.e2e-spec.ts.
      await owner.must('ingest', join(card, `${color.slice(1)}.jpg`), '--project', projectId);
    }
    keyring = await readKeyringFile(join(owner.home, 'keyring.pgp'), owner.passphrase);
    for (const [mediaId, shown] of await look()) {
      expect(shown).toEqual({
        name: expect.any(String),
        original: sha256(readFileSync(join(card, shown.name!))),
        thumb: expect.any(String),
      });
      truth.set(mediaId, shown as Required<Shown>);
    }
    expect([truth.size, new Set([...truth.values()].map(({ thumb }) => thumb)).size]).toEqual([3, 3]);
    [one, two] = [...truth.keys()];
  }, 120_000);

  afterAll(async () => {
    await stored?.close();
    await server?.stop();
    owner?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Everything that a client, knowing nothing yet, shows of the project. What it refuses is left out. */
  async function look(): Promise<Map<string, Shown>> {
    const aerie = await Aerie.open(keyring, { fetch: impatientFetch });
    const shown = new Map<string, Shown>();
    const attempt = async <T>(work: () => Promise<T>) => work().catch(() => undefined);
    const list = async () => {
      for await (const { mediaId, verified, name } of aerie.media.list(projectId))
        shown.set(mediaId, verified ? { name: name! } : {});
    };
    await attempt(list);
    for (const mediaId of [...truth.keys(), ...shown.keys()]) {
      const original = await attempt(() => download(aerie, mediaId));
      const thumb = await attempt(async () => sha256((await aerie.previews.read(mediaId, 'thumb')).bytes));
      shown.set(mediaId, { ...shown.get(mediaId), ...(original && { original }), ...(thumb && { thumb }) });
    }
    await aerie.close();
    return shown;
  }

  async function download(aerie: Aerie, mediaId: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const piece of (await aerie.media.download(mediaId)).content) hash.update(piece);
    return hash.digest('hex');
  }

  /** What is shown is true. @returns how many things of all media are not shown */
  async function refusals(): Promise<number> {
    let refused = 0;
    const shown = await look();
    for (const [mediaId, parts] of shown) {
      for (const [part, value] of Object.entries(parts))
        expect([mediaId, part, value]).toEqual([mediaId, part, truth.get(mediaId)?.[part as keyof Shown]]);
    }
    for (const mediaId of truth.keys()) refused += 3 - Object.keys(shown.get(mediaId) ?? {}).length;
    return refused;
  }

  const pathOf = async (mediaId: string) => {
    const { path, offset } = await stored.original(mediaId);
    // Its picture lies behind it.
    expect(offset).toBe(0);
    return path;
  };

  /** Lets the server read everything back. @returns the media whose originals it finds damaged */
  async function checked(): Promise<string[]> {
    await stored.query('UPDATE blob SET damaged_at = NULL');
    const [row] = await stored.query<{ id: string }>(
      "INSERT INTO outbox (job, payload) VALUES ('media.check-media', $1) RETURNING id",
      [{ mediaIds: [...truth.keys()] }],
    );
    await until(
      () => stored.count('SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL', [row!.id]),
      (count) => count === 1,
      20_000,
    );
    return (
      await stored.query<{ media_id: string }>(
        'SELECT DISTINCT media_id FROM blob WHERE damaged_at IS NOT NULL ORDER BY media_id',
      )
    ).map(({ media_id }) => media_id);
  }

  it.each<[string, string[], (a: string, b: string) => void, number?]>([
    ['flips a bit of an object', ['one'], (a) => writeFileSync(a, flipped(readFileSync(a), 500))],
    [
      'flips the last bit of an object',
      ['one'],
      (a) => writeFileSync(a, flipped(readFileSync(a), readFileSync(a).length - 1)),
      // Of the picture, at which nothing looks here.
      0,
    ],
    ['cuts an object short', ['one'], (a) => truncateSync(a, 1_000)],
    ['empties an object', ['one'], (a) => truncateSync(a, 0)],
    ['adds to an object', ['one'], (a) => writeFileSync(a, Buffer.concat([readFileSync(a), Buffer.from('more')])), 0],
    ['loses an object', ['one'], (a) => rmSync(a)],
    [
      'swaps two objects',
      ['one', 'two'],
      (a, b) => {
        const first = readFileSync(a);
        writeFileSync(a, readFileSync(b));
        writeFileSync(b, first);
      },
    ],
  ])(
    'is found out by its client and by its own check when it %s',
    async (_, hit, tamper, refusedExpected = hit.length) => {
      const paths = [await pathOf(one!), await pathOf(two!)] as const;
      const before = paths.map((path) => readFileSync(path));
      tamper(...paths);
      const [refused, damaged] = [await refusals(), await checked()];
      for (const [i, path] of paths.entries()) writeFileSync(path, before[i]!);
      expect(damaged).toEqual(hit.map((which) => (which === 'one' ? one! : two!)).sort());
      // What was added behind an object is never sent, so nothing is wrong with what a client shows.
      expect(refused).toBe(refusedExpected);
      expect([await refusals(), await checked()]).toEqual([0, []]);
    },
    60_000,
  );

  it('is found out when it swaps two thumbnails, octets, digests and all', async () => {
    const swap = () =>
      stored.query(
        `UPDATE blob SET content = o.content, segment_digests = o.segment_digests, bytes = o.bytes FROM blob o
        WHERE blob.role = 'thumb' AND o.role = 'thumb' AND blob.media_id <> o.media_id AND blob.media_id = ANY($1) AND o.media_id = ANY($1)`,
        [[one, two]],
      );
    await swap();
    expect(await refusals()).toBe(2);
    await swap();
    expect(await refusals()).toBe(0);
  }, 60_000);

  it('has every column of those tables forged below', async () => {
    for (const [table, columns] of Object.entries(forgeries)) {
      const found = await stored.query<{ name: string }>(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
        [table],
      );
      expect(
        found
          .map(({ name }) => name)
          .filter((name) => !notForged.includes(name))
          .sort(),
      ).toEqual(Object.keys(columns).sort());
    }
  });

  it.each(edits)(
    'never makes a client show a wrong thing by editing %s.%s',
    async (table, column) => {
      const idColumn = { media: 'id', blob: 'media_id', pkesk: 'media_id', shred_key: 'media_id' }[table];
      const rowsOf = (mediaId: string) =>
        stored.query<Row>(`SELECT * FROM ${table} WHERE ${idColumn} = $1 ORDER BY ${keys[table].join(', ')}`, [
          mediaId,
        ]);
      const [own, other] = [await rowsOf(one!), await rowsOf(two!)];
      // Foreign keys and the like would stop an honest mistake, not this server.
      const asForger = async (work: () => Promise<unknown>) => {
        await stored.query("SET session_replication_role = 'replica'");
        await work();
        await stored.query("SET session_replication_role = 'origin'");
      };
      for (const [i, row] of own.entries()) {
        const forged = forgeries[table][column]!({ ...row, elsewhere }, other[i]!);
        if (forged === null && row[column] === null) continue;
        // By its key as it is now: the server may write to the row as well, where a client tells it of damage.
        let now: unknown = row[column];
        const set = async (value: unknown) => {
          const is = keys[table].map((name, at) => `${name} = $${at + 2}`).join(' AND ');
          const key = keys[table].map((name) => (name === column ? now : row[name]));
          await stored.query(`UPDATE ${table} SET ${column} = $1 WHERE ${is}`, [value, ...key]);
          now = value;
        };
        await asForger(() => set(forged));
        // Of this media any part may be refused; of the others none.
        expect(await refusals()).toBeLessThanOrEqual(3);
        await asForger(() => set(row[column]));
      }
      expect(await refusals()).toBe(0);
    },
    60_000,
  );
});
