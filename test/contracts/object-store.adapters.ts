import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesystemObjectStore } from '../../src/platform/storage/object-store.filesystem.js';
import type { ObjectStore } from '../../src/platform/storage/object-store.port.js';
import { S3ObjectStore } from '../../src/platform/storage/object-store.s3.js';
import { leaveOut } from '../support/left-out.js';

/** Opens one adapter on a store that is empty. */
interface Adapter {
  open(): Promise<ObjectStore>;
  close(): Promise<void>;
}

function filesystem(): Adapter {
  let dir: string;
  return {
    open: async () => new FilesystemObjectStore(join((dir = await mkdtemp(join(tmpdir(), 'aerie-store-'))), 'store')),
    close: () => rm(dir, { recursive: true }),
  };
}

function s3(name: string, variable: string): Adapter | null {
  const endpoint = process.env[`${variable}_URL`];
  const accessKey = process.env[`${variable}_ACCESS_KEY`];
  const secretKey = process.env[`${variable}_SECRET_KEY`];
  if (!endpoint || !accessKey || !secretKey) {
    leaveOut(`the object store on ${name}`);
    return null;
  }
  const bucket = `aerie-test-${randomBytes(4).toString('hex')}`;
  return {
    open: async () => {
      const store = new S3ObjectStore({ endpoint, region: 'us-east-1', bucket, accessKey, secretKey });
      await store.ensureBucket();
      return store;
    },
    close: async () => undefined,
  };
}

export const adapters: [string, Adapter | null][] = [
  ['the file system', filesystem()],
  ['MinIO', s3('MinIO', 'AERIE_TEST_MINIO')],
  ['versitygw', s3('versitygw', 'AERIE_TEST_VERSITYGW')],
];
