import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Client as S3 } from 'minio';
import pg from 'pg';
import type { RunningServer } from './server.js';

/** What a server keeps, seen past the server: its rows and its objects. Tests compare the two, and make time pass. */
export class Stored {
  private constructor(
    private readonly client: pg.Client,
    private readonly folder: string,
    private readonly objects: () => Promise<{ keys: Map<string, number>; leftovers: string[] }>,
  ) {}

  /** Of a running server. Its own database survives a kill of the server, and so does this connection. */
  static async open(
    server: Pick<RunningServer, 'dataDir' | 'databaseUrl'>,
    env: NodeJS.ProcessEnv = {},
  ): Promise<Stored> {
    const client = new pg.Client({ connectionString: server.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    const folder = join(server.dataDir, 'objects');
    return new Stored(client, folder, () => (env.S3_ENDPOINT ? objectsOfBucket(env) : objectsOfFolder(folder)));
  }

  async query<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.client.query(sql, values)).rows as Row[];
  }

  /** The first column of the first row, as a number. */
  async count(sql: string, values: unknown[] = []): Promise<number> {
    const [row] = await this.query<Record<string, unknown>>(sql, values);
    return Number(Object.values(row!)[0]);
  }

  /** How many sessions of this database wait for a lock; also true within a transaction of our own. */
  async waiting(): Promise<number> {
    await this.query('SELECT pg_stat_clear_snapshot()');
    return this.count(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
  }

  /** Rows against objects: all zero in a store at rest. */
  async differences(): Promise<Differences> {
    const { keys, leftovers } = await this.objects();
    const named = await this.query<{ key: string; bytes: string; state: string }>(
      'SELECT key, bytes, state FROM object',
    );
    const rows = new Map(named.filter(({ state }) => state === 'stored').map(({ key, bytes }) => [key, Number(bytes)]));
    return {
      orphans: [...keys.keys()].filter((key) => !rows.has(key)),
      missing: [...rows.keys()].filter((key) => keys.get(key) !== rows.get(key)),
      unsettled: named.filter(({ state }) => state !== 'stored').map(({ key }) => key),
      leftovers,
      uploads: await this.count("SELECT count(*) FROM upload WHERE state = 'open' OR bytes_reserved <> 0"),
      uploadBlobs: await this.count('SELECT count(*) FROM upload_blob'),
      quota: await this.count(
        `SELECT count(*) FROM project p WHERE bytes_used <>
           (SELECT coalesce(sum(b.bytes), 0) FROM blob b JOIN media m ON m.id = b.media_id WHERE m.project_id = p.id)
           OR bytes_reserved <> (SELECT coalesce(sum(o.bytes_reserved), 0) FROM object o WHERE o.project_id = p.id)`,
      ),
      objects: await this.count(
        `SELECT count(*) FROM object o WHERE state = 'stored' AND bytes_live <>
           (SELECT coalesce(sum(b.bytes), 0) FROM blob b WHERE b.object_key = o.key)`,
      ),
    };
  }

  /** Where an original lies on the disk of a server that keeps its objects in a folder: a range of a file. */
  async original(mediaId: string): Promise<{ path: string; offset: number; bytes: number }> {
    const [row] = await this.query<{ object_key: string; object_offset: string; bytes: string }>(
      "SELECT object_key, object_offset, bytes FROM blob WHERE media_id = $1 AND role = 'original'",
      [mediaId],
    );
    const path = join(this.folder, 'objects', row!.object_key);
    return { path, offset: Number(row!.object_offset), bytes: Number(row!.bytes) };
  }

  /** One octet of an original becomes another; nothing else does that came with it. @returns puts it right */
  async alterOriginal(mediaId: string): Promise<() => void> {
    const { path, offset, bytes } = await this.original(mediaId);
    const flip = () => {
      const octets = readFileSync(path);
      octets[offset + (bytes >> 1)]! ^= 1;
      writeFileSync(path, octets);
    };
    flip();
    return flip;
  }

  /** Lets two minutes pass for work whose worker died, so that it is handed out again. */
  async workersAreMissed(): Promise<void> {
    await this.query(
      `UPDATE outbox SET dispatched_at = dispatched_at - interval '2 minutes', claimed_at = claimed_at - interval '2 minutes'
        WHERE done_at IS NULL AND failed_at IS NULL AND dispatched_at < now() - interval '1 second'`,
    );
  }

  /** Takes a media out of the catalog, and leaves its octets dead where they lie. */
  async purge(mediaId: string): Promise<void> {
    await this.query('BEGIN');
    await this.query(
      `UPDATE object SET bytes_live = bytes_live - gone.bytes FROM
         (SELECT object_key, sum(bytes) AS bytes FROM blob WHERE media_id = $1 GROUP BY object_key) AS gone
        WHERE key = gone.object_key`,
      [mediaId],
    );
    await this.query(
      'UPDATE project SET bytes_used = bytes_used - media.bytes FROM media WHERE media.id = $1 AND project.id = media.project_id',
      [mediaId],
    );
    for (const table of ['pkesk', 'shred_key', 'blob'])
      await this.query(`DELETE FROM ${table} WHERE media_id = $1`, [mediaId]);
    await this.query('DELETE FROM media WHERE id = $1', [mediaId]);
    await this.query('COMMIT');
  }

  /** Lets the time be over in which objects that were written again can still be read. */
  async deadObjectsAreDue(): Promise<void> {
    await this.query("UPDATE object SET delete_at = now() WHERE state = 'dead'");
  }

  /** Lets the time of every unfinished upload run out. */
  async uploadsExpire(): Promise<void> {
    await this.query("UPDATE upload SET expires_at = now() - interval '1 second' WHERE state = 'open'");
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

export interface Differences {
  /** Objects in which no blob lies. */
  readonly orphans: string[];
  /** Objects in which blobs lie, but that are not there with that length. */
  readonly missing: string[];
  /** Objects on their way in or out. */
  readonly unsettled: string[];
  /** Unfinished writes of the store itself. */
  readonly leftovers: string[];
  readonly uploads: number;
  readonly uploadBlobs: number;
  /** Projects whose counters are not the sum of what they hold. */
  readonly quota: number;
  /** Objects that count other octets as live than blobs lie in. */
  readonly objects: number;
}

export const isAtRest = (found: Differences): boolean =>
  Object.values(found).every((value: unknown) => (Array.isArray(value) ? value.length === 0 : value === 0));

async function objectsOfFolder(folder: string) {
  const filesIn = (name: string) =>
    existsSync(join(folder, name))
      ? readdirSync(join(folder, name), { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
      : [];
  const keys = new Map<string, number>();
  for (const entry of filesIn('objects')) {
    const path = join(entry.parentPath, entry.name);
    // The server may have deleted it since the folder was listed.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found) keys.set(relative(join(folder, 'objects'), path), found.size);
  }
  return { keys, leftovers: [...filesIn('uploads'), ...filesIn('incoming')].map(({ name }) => name) };
}

async function objectsOfBucket(env: NodeJS.ProcessEnv) {
  const { hostname, port, protocol } = new URL(env.S3_ENDPOINT!);
  const s3 = new S3({
    endPoint: hostname,
    port: Number(port),
    useSSL: protocol === 'https:',
    region: env.S3_REGION,
    accessKey: env.S3_ACCESS_KEY!,
    secretKey: env.S3_SECRET_KEY!,
  });
  const keys = new Map<string, number>();
  for await (const { name, size } of s3.listObjectsV2(env.S3_BUCKET!, '', true))
    keys.set(name as string, size as number);
  return { keys, leftovers: await unfinishedIn(s3, env.S3_BUCKET!) };
}

async function unfinishedIn(s3: S3, bucket: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { key } of s3.listIncompleteUploads(bucket, '', true)) found.push(key as string);
  } catch (error) {
    // One of them ended between being listed and being looked at.
    if ((error as { code?: string }).code === 'NoSuchUpload') return unfinishedIn(s3, bucket);
    throw error;
  }
  return found;
}
