import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asSealed, segmentBytes, type Sealed } from '@aerie/protocol';
import {
  ContentBroken,
  DigestRefused,
  type ObjectStore,
  type PartsRef,
  type Relayed,
  type StoredPart,
  UploadMissing,
} from '../../src/platform/storage/object-store.port.js';
import { adapters } from './object-store.adapters.js';
import { freshKey, read, relayed, sealed, sha256 } from './object-store.bytes.js';

/** S3 asks for 5 MiB of every part but the last. */
const firstBytes = segmentBytes;
const object = sealed(firstBytes + 300_000);
const parts = [asSealed(object.subarray(0, firstBytes)), asSealed(object.subarray(firstBytes))] as const;

for (const [name, adapter] of adapters) {
  if (!adapter) continue;
  describe(`A part that is relayed to ${name}`, () => {
    let store: ObjectStore;
    let ref: PartsRef;

    beforeAll(async () => {
      store = await adapter.open();
    });
    afterAll(() => adapter.close());

    const begin = async (): Promise<void> => {
      const key = freshKey();
      ref = { key, uploadRef: await store.beginParts(key) };
    };
    async function put(number: 0 | 1, content: Sealed | Relayed = relayed(parts[number])): Promise<StoredPart> {
      const tag = await store.putPart(ref, number, number * firstBytes, content, sha256(parts[number]));
      return { number, tag, bytes: parts[number].length };
    }
    async function isWhole(stored: readonly StoredPart[]): Promise<void> {
      await store.completeParts(ref, stored, object.length);
      expect(sha256(await read(await store.get(ref.key)))).toEqual(sha256(object));
    }

    it('joins with others, and has the tag of one that was sent whole', async () => {
      await begin();
      const stored = await Promise.all([put(0), put(1)]);
      expect((await put(1, parts[1])).tag).toBe(stored[1].tag);
      await isWhole(stored);
    });

    it.each<[string, () => Relayed, new (...args: never[]) => Error]>([
      ['has another digest', () => relayed(sealed(firstBytes)), DigestRefused],
      [
        'breaks in the middle',
        () => relayed(parts[0], (at) => (at > firstBytes / 2 ? Promise.reject(new Error('gone')) : undefined)),
        ContentBroken,
      ],
      [
        'breaks before its last piece',
        () => relayed(parts[0], (at) => (at + 65_536 >= firstBytes ? Promise.reject(new Error('gone')) : undefined)),
        ContentBroken,
      ],
    ])('counts for nothing where it %s; the right one still fits', async (_, content, error) => {
      await begin();
      const last = await put(1);
      await expect(put(0, content())).rejects.toThrow(error);
      expect(await store.head(ref.key)).toBeNull();
      await isWhole([await put(0), last]);
    });

    it('keeps what its source threw', async () => {
      await begin();
      const gone = new Error('gone');
      const broken = put(
        0,
        relayed(parts[0], () => Promise.reject(gone)),
      );
      await expect(broken).rejects.toMatchObject({ name: 'ContentBroken', cause: gone });
    });

    it('is refused where it is longer or shorter than was said, and never reaches into the part behind it', async () => {
      await begin();
      const last = await put(1);
      const tooMuch = asSealed(Buffer.concat([parts[0], sealed(200_000)]));
      const tooLittle = parts[0].subarray(0, firstBytes - 1);
      for (const octets of [tooMuch, tooLittle])
        await expect(put(0, relayed(octets, undefined, firstBytes))).rejects.toThrow(ContentBroken);
      await isWhole([await put(0), last]);
    });

    it('belongs to an upload that is there', async () => {
      await begin();
      await store.abortParts(ref);
      // An engine may close the connection before all has been sent, and its answer is lost with it.
      await expect(put(0)).rejects.toThrow(/no such upload|ECONNRESET|EPIPE/);
    });

    it('may be sent again beside itself: both are the same octets', async () => {
      await begin();
      let go!: () => void;
      const held = new Promise<void>((done) => (go = done));
      const first = put(
        0,
        relayed(parts[0], (at) => (at > 0 ? held : undefined)),
      );
      const [second, last] = [await put(0), await put(1)];
      go();
      expect((await first).tag).toBe(second.tag);
      await isWhole([second, last]);
    });

    // The file store is for one process, whose writers take turns; between several, S3's tags decide.
    if (name !== 'the file system')
      it('is not mixed up with another content that a second server put in its place: the join is refused', async () => {
        await begin();
        const [first, last] = [await put(0), await put(1)];
        const other = sealed(firstBytes);
        await store.putPart(ref, 0, 0, relayed(other), sha256(other));
        await expect(store.completeParts(ref, [first, last], object.length)).rejects.toThrow(UploadMissing);
        expect(await store.head(ref.key)).toBeNull();
      });
  });
}
