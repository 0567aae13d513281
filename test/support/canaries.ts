import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { Client as S3 } from 'minio';
import type { Stored } from './stored.js';

/** Something that must not be found, in one of the forms that it could have been written in. */
interface Needle {
  readonly name: string;
  readonly form: string;
  readonly octets: Buffer;
}

export interface Hay {
  readonly place: string;
  readonly octets: Buffer;
}

/** Shorter needles would be found by chance. */
const needleBytesMin = 8;

/** Finds any of many secrets in any of their forms: as they are, hex, base64 at every alignment, UTF-16. */
export class CanarySearch {
  readonly #begins = new Uint8Array(65_536);
  readonly #needles = new Map<number, Needle[]>();
  searchedBytes = 0;

  add(name: string, secret: Uint8Array | string): void {
    const octets = Buffer.from(secret as Uint8Array);
    if (octets.length < needleBytesMin) throw new RangeError(`${name} is too short to be looked for`);
    const forms: [string, Buffer][] = [
      ['as it is', octets],
      ['hex', Buffer.from(octets.toString('hex'))],
      ['HEX', Buffer.from(octets.toString('hex').toUpperCase())],
    ];
    if (typeof secret === 'string') forms.push(['UTF-16', Buffer.from(secret, 'utf16le')]);
    for (const alignment of [0, 1, 2]) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = Buffer.concat([Buffer.alloc(alignment), octets])
          .toString(encoding)
          .replace(/=+$/, '');
        // The first and last digits also depend on what stands beside the secret.
        forms.push([`${encoding} +${alignment}`, Buffer.from(text.slice(alignment === 0 ? 0 : alignment + 1, -1))]);
      }
    }
    for (const [form, needle] of forms) this.#index({ name, form, octets: needle });
  }

  #index(needle: Needle): void {
    this.#begins[needle.octets.readUInt16BE(0)] = 1;
    const key = needle.octets.readUInt32BE(0);
    this.#needles.set(key, [...(this.#needles.get(key) ?? []), needle]);
  }

  /** What was found, as `name (form) in place`. */
  in({ place, octets }: Hay): string[] {
    this.searchedBytes += octets.length;
    const found = new Set<string>();
    for (let i = 0; i + needleBytesMin <= octets.length; i++) {
      if (this.#begins[(octets[i]! << 8) | octets[i + 1]!] === 0) continue;
      for (const { name, form, octets: needle } of this.#needles.get(octets.readUInt32BE(i)) ?? []) {
        if (octets.compare(needle, 0, needle.length, i, Math.min(octets.length, i + needle.length)) === 0)
          found.add(`${name} (${form}) in ${place}`);
      }
    }
    return [...found];
  }
}

/** Every file below a folder. */
export function* filesBelow(folder: string): Generator<Hay> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const octets = entry.isFile() ? readUnlessGone(path) : nothing;
    if (octets.length > 0) yield { place: path.slice(folder.length + 1), octets };
  }
}

const nothing = Buffer.alloc(0);

/** A database at work makes files and takes them away; one that has gone keeps nothing. */
function readUnlessGone(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing;
    throw error;
  }
}

/** Every row of every table, job queue included: values as text, and octets as octets. */
export async function* rowsOf(stored: Stored): AsyncGenerator<Hay> {
  const tables = await stored.query<{ place: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS place FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  for (const { place } of tables) {
    const rows = await stored.query<Record<string, unknown>>(`SELECT * FROM ${place}`);
    const values = rows.flatMap((row) => Object.values(row));
    const octets = values.map((value) =>
      Buffer.isBuffer(value) ? value : Buffer.from(`${JSON.stringify(value)}\n${String(value)}\n`),
    );
    yield { place: `table ${place}`, octets: Buffer.concat(octets) };
  }
}

/** Every key and value of a Redis database. */
export async function* entriesOf(redisUrl: string): AsyncGenerator<Hay> {
  const redis = new Redis(redisUrl);
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, 0, -1),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  for (const key of await redis.keys('*')) {
    const value = await readers[await redis.type(key)]?.(key);
    yield { place: `Redis ${key}`, octets: Buffer.from(`${key}\n${JSON.stringify(value)}`) };
  }
  await redis.quit();
}

/** Every object of a bucket. */
export async function* objectsOf(env: NodeJS.ProcessEnv): AsyncGenerator<Hay> {
  const { hostname, port } = new URL(env.S3_ENDPOINT!);
  const keys = { accessKey: env.S3_ACCESS_KEY!, secretKey: env.S3_SECRET_KEY! };
  const s3 = new S3({ endPoint: hostname, port: Number(port), useSSL: false, region: env.S3_REGION, ...keys });
  for await (const { name } of s3.listObjectsV2(env.S3_BUCKET!, '', true)) {
    yield { place: `object ${name}`, octets: await buffer(await s3.getObject(env.S3_BUCKET!, name as string)) };
  }
}
