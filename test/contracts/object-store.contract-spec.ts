import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asSealed, type Sealed } from '@aerie/protocol';
import {
  DigestRefused,
  KeyRefused,
  ObjectMissing,
  type ObjectStore,
  UploadMissing,
} from '../../src/platform/storage/object-store.port.js';
import { adapters } from './object-store.adapters.js';
import { freshKey, keysOf, read, sealed, sha256 } from './object-store.bytes.js';

/** Two whole parts of one protocol segment each, and a tail. */
const segmentBytes = 8_389_120;
const split = (object: Sealed, partBytes: number): Sealed[] =>
  Array.from({ length: Math.ceil(object.length / partBytes) }, (_, number) =>
    asSealed(object.subarray(number * partBytes, (number + 1) * partBytes)),
  );

for (const [name, adapter] of adapters) {
  if (!adapter) continue;
  describe(`ObjectStore on ${name}`, () => {
    let store: ObjectStore;
    const put = (key: string, bytes: Sealed) => store.put(key, bytes, sha256(bytes));
    const putParts = async (
      key: string,
      parts: Sealed[],
      partBytes: number,
      order = parts.map((_, number) => number),
    ) => {
      const ref = { key, uploadRef: await store.beginParts(key) };
      const stored = await Promise.all(
        order.map(async (number) => {
          const bytes = parts[number]!;
          const tag = await store.putPart(ref, number, number * partBytes, bytes, sha256(bytes));
          return { number, tag, bytes: bytes.length };
        }),
      );
      return { ref, stored: stored.sort((a, b) => a.number - b.number) };
    };

    beforeAll(async () => {
      store = await adapter.open();
    });
    afterAll(() => adapter.close());

    it('lists nothing before anything is stored', async () => {
      expect(await keysOf(store, '')).toEqual([]);
    });

    it('returns the bytes that were put, at once', async () => {
      const [key, bytes] = [freshKey(), sealed(70_000)];
      await put(key, bytes);
      expect((await read(await store.get(key))).equals(bytes)).toBe(true);
      const head = await store.head(key);
      expect(head?.bytes).toBe(70_000);
      expect(Math.abs(Date.now() - head!.modifiedAt.getTime())).toBeLessThan(120_000);
    });

    it('takes the same object twice', async () => {
      const [key, bytes] = [freshKey(), sealed(1000)];
      await put(key, bytes);
      await put(key, bytes);
      expect((await read(await store.get(key))).equals(bytes)).toBe(true);
    });

    it('keeps an empty object', async () => {
      const key = freshKey();
      await put(key, sealed(0));
      expect((await store.head(key))?.bytes).toBe(0);
      expect((await read(await store.get(key))).length).toBe(0);
    });

    it('returns ranges: the first octet, a middle, the last octet, and past the end', async () => {
      const [key, bytes] = [freshKey(), sealed(1000)];
      await put(key, bytes);
      const range = async (start: number, end: number) => read(await store.get(key, { start, end }));
      expect((await range(0, 1)).equals(bytes.subarray(0, 1))).toBe(true);
      expect((await range(0, 1000)).equals(bytes)).toBe(true);
      expect((await range(100, 355)).equals(bytes.subarray(100, 355))).toBe(true);
      expect((await range(999, 1000)).equals(bytes.subarray(999))).toBe(true);
      expect((await range(990, 5000)).equals(bytes.subarray(990))).toBe(true);
    });

    it('refuses ranges that hold nothing', async () => {
      const key = freshKey();
      await put(key, sealed(10));
      for (const [start, end] of [
        [10, 11],
        [5, 5],
        [6, 5],
        [-1, 3],
        [0.5, 3],
      ] as const) {
        await expect(store.get(key, { start, end })).rejects.toThrow(RangeError);
      }
    });

    it('answers null and ObjectMissing for an unknown key', async () => {
      expect(await store.head(freshKey())).toBeNull();
      await expect(store.get(freshKey())).rejects.toThrow(ObjectMissing);
      await expect(store.get(freshKey(), { start: 0, end: 5 })).rejects.toThrow(ObjectMissing);
    });

    it('refuses bytes with a wrong digest and stores nothing', async () => {
      const [key, bytes] = [freshKey(), sealed(100_000)];
      await expect(store.put(key, bytes, sha256(sealed(10)))).rejects.toThrow(DigestRefused);
      expect(await store.head(key)).toBeNull();
    });

    it('keeps the first object when a second one has a wrong digest', async () => {
      const [key, bytes] = [freshKey(), sealed(5000)];
      await put(key, bytes);
      await expect(store.put(key, sealed(5000), sha256(bytes))).rejects.toThrow(DigestRefused);
      expect((await read(await store.get(key))).equals(bytes)).toBe(true);
    });

    it('deletes, also what is not there', async () => {
      const key = freshKey();
      await put(key, sealed(10));
      await store.delete(key);
      await store.delete(key);
      expect(await store.head(key)).toBeNull();
      await expect(store.get(key)).rejects.toThrow(ObjectMissing);
    });

    it('lists by prefix, in order, after a key, with sizes', async () => {
      const base = randomBytes(8).toString('hex');
      const keys = [`${base}/00/1`, `${base}/00/2`, `${base}/00a`, `${base}/0a/0`, `${base}/b`];
      for (const key of [...keys].reverse()) await put(key, sealed(key.length));
      await put(`${base}0`, sealed(1));
      expect(await keysOf(store, `${base}/`)).toEqual(keys);
      expect(await keysOf(store, `${base}/0`)).toEqual(keys.slice(0, 4));
      expect(await keysOf(store, `${base}/00/`)).toEqual(keys.slice(0, 2));
      expect(await keysOf(store, `${base}/`, keys[1])).toEqual(keys.slice(2));
      expect(await keysOf(store, `${base}/`, `${base}/00/11`)).toEqual(keys.slice(1));
      expect(await keysOf(store, `${base}/`, keys[4])).toEqual([]);
      expect(await keysOf(store, `${base}/c`)).toEqual([]);
      for await (const found of store.list(base))
        expect(found.bytes).toBe(found.key === `${base}0` ? 1 : found.key.length);
    });

    it('lists more than one page of keys', async () => {
      const base = randomBytes(8).toString('hex');
      const keys = Array.from({ length: 1100 }, (_, n) => `${base}/${n.toString(16).padStart(4, '0')}`);
      for (let n = 0; n < keys.length; n += 50)
        await Promise.all(keys.slice(n, n + 50).map((key) => put(key, sealed(1))));
      expect(await keysOf(store, `${base}/`)).toEqual(keys);
    });

    it.each([
      '',
      '/',
      '../a',
      'a/../b',
      'a//b',
      '/a',
      'a/',
      'A',
      'g',
      'a b',
      'a%2fb',
      'a\\b',
      'a\0',
      'é',
      'a'.repeat(600),
    ])('refuses the key %j everywhere', async (key) => {
      const bytes = sealed(1);
      const ref = { key, uploadRef: '0'.repeat(32) };
      await expect(put(key, bytes)).rejects.toThrow(KeyRefused);
      await expect(store.head(key)).rejects.toThrow(KeyRefused);
      await expect(store.get(key)).rejects.toThrow(KeyRefused);
      await expect(store.delete(key)).rejects.toThrow(KeyRefused);
      await expect(store.beginParts(key)).rejects.toThrow(KeyRefused);
      await expect(store.putPart(ref, 0, 0, bytes, sha256(bytes))).rejects.toThrow(KeyRefused);
      await expect(store.completeParts(ref, [], 0)).rejects.toThrow(KeyRefused);
      await expect(store.abortParts(ref.key)).rejects.toThrow(KeyRefused);
    });

    it('refuses a prefix that no key begins with', async () => {
      await expect(keysOf(store, '../')).rejects.toThrow(KeyRefused);
    });

    it('joins parts that came in parallel and backwards', async () => {
      const [key, object] = [freshKey(), sealed(2 * segmentBytes + 12_345)];
      const { ref, stored } = await putParts(key, split(object, segmentBytes), segmentBytes, [2, 1, 0]);
      expect(await store.head(key)).toBeNull();
      await store.completeParts(ref, stored, object.length);
      expect((await store.head(key))?.bytes).toBe(object.length);
      expect(sha256(await read(await store.get(key)))).toEqual(sha256(object));
      const seam = await read(await store.get(key, { start: segmentBytes - 5, end: segmentBytes + 5 }));
      expect(seam.equals(object.subarray(segmentBytes - 5, segmentBytes + 5))).toBe(true);
    });

    it('takes a part again, and completes twice', async () => {
      const [key, object] = [freshKey(), sealed(segmentBytes + 7)];
      const parts = split(object, segmentBytes);
      const { ref, stored } = await putParts(key, parts, segmentBytes);
      const again = await store.putPart(ref, 1, segmentBytes, parts[1]!, sha256(parts[1]!));
      expect(again).toBe(stored[1]!.tag);
      await store.completeParts(ref, stored, object.length);
      await store.completeParts(ref, stored, object.length);
      expect(sha256(await read(await store.get(key)))).toEqual(sha256(object));
    });

    it('completes once when asked four times at once', async () => {
      const [key, object] = [freshKey(), sealed(3000)];
      const { ref, stored } = await putParts(key, [object], segmentBytes);
      await Promise.all([1, 2, 3, 4].map(() => store.completeParts(ref, stored, object.length)));
      expect((await read(await store.get(key))).equals(object)).toBe(true);
    });

    it('refuses a part with a wrong digest, and the right one still fits', async () => {
      const [key, object] = [freshKey(), sealed(9000)];
      const ref = { key, uploadRef: await store.beginParts(key) };
      await expect(store.putPart(ref, 0, 0, sealed(9000), sha256(object))).rejects.toThrow(DigestRefused);
      const tag = await store.putPart(ref, 0, 0, object, sha256(object));
      await store.completeParts(ref, [{ number: 0, tag, bytes: 9000 }], 9000);
      expect((await read(await store.get(key))).equals(object)).toBe(true);
    });

    it('does not complete when a part is missing, and does once it has come', async () => {
      const [key, object] = [freshKey(), sealed(segmentBytes + 50)];
      const parts = split(object, segmentBytes);
      const ref = { key, uploadRef: await store.beginParts(key) };
      const first = await store.putPart(ref, 0, 0, parts[0]!, sha256(parts[0]!));
      const stored = [{ number: 0, tag: first, bytes: segmentBytes }];
      const guess = { number: 1, tag: createHash('md5').update(parts[1]!).digest('hex'), bytes: 50 };
      await expect(store.completeParts(ref, [...stored, guess], object.length)).rejects.toThrow(UploadMissing);
      expect(await store.head(key)).toBeNull();
      const second = await store.putPart(ref, 1, segmentBytes, parts[1]!, sha256(parts[1]!));
      await store.completeParts(ref, [...stored, { number: 1, tag: second, bytes: 50 }], object.length);
      expect(sha256(await read(await store.get(key)))).toEqual(sha256(object));
    });

    it('finds the upload that was begun where it is begun again, with its parts; what is aborted by the key is gone', async () => {
      const [key, object] = [freshKey(), sealed(3000)];
      const { ref, stored } = await putParts(key, [object], segmentBytes);
      expect(await store.beginParts(key)).toBe(ref.uploadRef);
      await store.completeParts(ref, stored, object.length);
      expect((await read(await store.get(key))).equals(object)).toBe(true);
      const lost = freshKey();
      const uploadRef = await store.beginParts(lost);
      await store.abortParts(lost);
      await expect(store.putPart({ key: lost, uploadRef }, 0, 0, object, sha256(object))).rejects.toThrow(
        UploadMissing,
      );
    });

    it('forgets an aborted upload, also twice', async () => {
      const [key, object] = [freshKey(), sealed(3000)];
      const { ref, stored } = await putParts(key, [object], segmentBytes);
      await store.abortParts(key);
      await store.abortParts(key);
      await expect(store.completeParts(ref, stored, object.length)).rejects.toThrow(UploadMissing);
      await expect(store.putPart(ref, 0, 0, object, sha256(object))).rejects.toThrow(UploadMissing);
      expect(await store.head(key)).toBeNull();
    });

    it('keeps the object when its upload is aborted after completion', async () => {
      const [key, object] = [freshKey(), sealed(3000)];
      const { ref, stored } = await putParts(key, [object], segmentBytes);
      await store.completeParts(ref, stored, object.length);
      await store.abortParts(key);
      expect((await read(await store.get(key))).equals(object)).toBe(true);
    });

    it('frees its connection when a download is dropped', async () => {
      const [key, object] = [freshKey(), sealed(segmentBytes)];
      await put(key, object);
      for (let n = 0; n < 20; n++) (await store.get(key)).destroy();
      expect((await read(await store.get(key, { start: 0, end: 3 }))).length).toBe(3);
    });

    it('says where the objects lie, and what is left of a disk that it knows', async () => {
      const { kind, disk } = await store.space();
      if (name !== 'the file system') return expect({ kind, disk }).toEqual({ kind: 's3', disk: null });
      expect(kind).toBe('filesystem');
      expect(disk!.bytesFree).toBeGreaterThan(0);
      expect(disk!.bytesTotal).toBeGreaterThanOrEqual(disk!.bytesFree);
    });

    it('is ready, and leaves nothing behind of the check', async () => {
      await store.check();
      expect(await keysOf(store, '0/')).toEqual([]);
    });
  });
}
