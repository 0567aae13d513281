import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { leaveOut } from './left-out.js';

/** The environment of a server on PostgreSQL, Redis and MinIO, each with a corner of its own, and how to clear it. */
export interface Profile {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

export const embeddedProfile: Profile = { name: 'embedded', env: {}, remove: async () => undefined };

const needed = ['AERIE_TEST_DATABASE_URL', 'AERIE_TEST_REDIS_URL', 'AERIE_TEST_MINIO_URL'] as const;

/** Whether the machine names the three servers; where not, that is named as left out. */
export function hasFullProfile(): boolean {
  const missing = needed.filter((name) => !process.env[name]);
  if (missing.length > 0) leaveOut('the same on PostgreSQL, Redis and MinIO');
  return missing.length === 0;
}

/** Every profile that the machine has, by its name: for `describe.each`. */
export function everyProfile(): [string, () => Promise<Profile>][] {
  const embedded: [string, () => Promise<Profile>] = ['the embedded profile', async () => embeddedProfile];
  return hasFullProfile() ? [embedded, ['PostgreSQL, Redis and MinIO', fullProfile]] : [embedded];
}

/** A new database, a Redis database number and a bucket for one server. */
export async function fullProfile(): Promise<Profile> {
  const mark = randomBytes(6).toString('hex');
  const admin = process.env.AERIE_TEST_DATABASE_URL!;
  const database = new URL(admin);
  database.pathname = `/aerie_${mark}`;
  await query(admin, `CREATE DATABASE aerie_${mark}`);
  const redis = new URL(process.env.AERIE_TEST_REDIS_URL!);
  // Redis has 16 databases by default; 0 is left to other users of this Redis.
  redis.pathname = `/${1 + (Number.parseInt(mark, 16) % 15)}`;
  return {
    name: 'PostgreSQL, Redis and MinIO',
    env: {
      DATABASE_URL: database.href,
      REDIS_URL: redis.href,
      S3_ENDPOINT: process.env.AERIE_TEST_MINIO_URL,
      S3_BUCKET: `aerie-${mark}`,
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY: process.env.AERIE_TEST_MINIO_ACCESS_KEY,
      S3_SECRET_KEY: process.env.AERIE_TEST_MINIO_SECRET_KEY,
    },
    remove: () => query(admin, `DROP DATABASE aerie_${mark} WITH (FORCE)`),
  };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
