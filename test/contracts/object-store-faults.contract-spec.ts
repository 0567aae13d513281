import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FilesystemObjectStore } from '../../src/platform/storage/object-store.filesystem.js';
import { StoreFull, StoreUnavailable } from '../../src/platform/storage/object-store.port.js';
import { S3ObjectStore } from '../../src/platform/storage/object-store.s3.js';
import { leaveOut } from '../support/left-out.js';
import { freshKey, keysOf, read, sealed, sha256 } from './object-store.bytes.js';

describe('FilesystemObjectStore after a restart', () => {
  it('goes on with an upload that another process began, and clears what was half-written', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'aerie-store-'));
    const [key, object] = [freshKey(), sealed(2000)];
    const ref = { key, uploadRef: await new FilesystemObjectStore(dir).beginParts(key) };
    await mkdir(join(dir, 'incoming'));
    await writeFile(join(dir, 'incoming', '00'), 'half');
    const second = new FilesystemObjectStore(dir);
    await second.clearIncoming();
    expect(await readdir(join(dir, 'incoming'))).toEqual([]);
    const tag = await second.putPart(ref, 0, 0, object, sha256(object));
    await new FilesystemObjectStore(dir).completeParts(ref, [{ number: 0, tag, bytes: 2000 }], 2000);
    expect((await read(await second.get(key))).equals(object)).toBe(true);
    await rm(dir, { recursive: true });
  });
});

describe('FilesystemObjectStore on a full disk', () => {
  const dir = mkdtempSync(join(tmpdir(), 'aerie-full-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', dir]).status === 0;
  if (!isMounted) leaveOut('a store on a full disk', 'run as a user that may mount a tmpfs (root on Linux)');
  afterAll(async () => {
    if (isMounted) execFileSync('umount', [dir]);
    await rm(dir, { recursive: true });
  });

  (isMounted ? it : it.skip)(
    'answers StoreFull, keeps what was acknowledged, shows nothing half-written, and recovers',
    async () => {
      const store = new FilesystemObjectStore(dir);
      const [kept, tooLarge] = [sealed(1_000_000), sealed(5_000_000)];
      await store.put('a/1', kept, sha256(kept));
      await expect(store.put('a/2', tooLarge, sha256(tooLarge))).rejects.toThrow(StoreFull);
      const ref = { key: 'a/3', uploadRef: await store.beginParts('a/3') };
      await expect(store.putPart(ref, 0, 0, tooLarge, sha256(tooLarge))).rejects.toThrow(StoreFull);
      await store.abortParts('a/3');
      expect(await keysOf(store, '')).toEqual(['a/1']);
      expect(await readdir(join(dir, 'incoming'))).toEqual([]);
      expect((await read(await store.get('a/1'))).equals(kept)).toBe(true);
      await store.put('a/4', kept, sha256(kept));
    },
  );
});

describe('S3ObjectStore without a server', () => {
  it('answers StoreUnavailable when the connection is refused', async () => {
    const options = { region: 'us-east-1', bucket: 'none', accessKey: 'none', secretKey: 'none-none' };
    const store = new S3ObjectStore({ endpoint: 'http://127.0.0.1:9', ...options });
    await expect(store.head('a/1')).rejects.toThrow(StoreUnavailable);
    await expect(store.check()).rejects.toThrow(StoreUnavailable);
  });
});
