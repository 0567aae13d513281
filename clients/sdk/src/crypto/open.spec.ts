import fc from 'fast-check';
import { merkleRoot, segmentBytes, segmentDigest } from '@aerie/protocol';
import { BlobOpener, type OpenerOptions } from './open.js';
import { BlobSealer } from './seal.js';

const sessionKey = new Uint8Array(32).fill(1);
function patterned(bytes: number): Uint8Array {
  const octets = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) octets[i] = (i * 31) ^ (i >> 9);
  return octets;
}

async function seal(plain: Uint8Array, salt = 2, partialExponent?: number): Promise<Uint8Array> {
  const options = { plainBytes: plain.length, sessionKey, salt: new Uint8Array(32).fill(salt), partialExponent };
  const sealer = await BlobSealer.of(options);
  const source = { bytes: plain.length, read: async (start: number, end: number) => plain.slice(start, end) };
  const parts: Uint8Array[] = [];
  for (let part = 0; part < sealer.layout.partCount; part++) parts.push((await sealer.sealPart(part, source)).sealed);
  return new Uint8Array(Buffer.concat(parts));
}

async function* streamOf(octets: Uint8Array, pieceBytes = 100_003): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += pieceBytes) yield octets.subarray(at, at + pieceBytes);
}

/** A store that answers from `object` and writes down what it was asked. */
function storeOf(object: Uint8Array) {
  const requests: [number, number][] = [];
  const read = (start: number, end: number) => (requests.push([start, end]), streamOf(object.subarray(start, end)));
  return { requests, read };
}

async function drain(open: () => AsyncIterable<Uint8Array>): Promise<{ released: Uint8Array; outcome: string }> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of open()) pieces.push(piece);
    return { released: new Uint8Array(Buffer.concat(pieces)), outcome: 'ok' };
  } catch (error) {
    const outcome = (error as { reason?: string }).reason ?? String(error);
    return { released: new Uint8Array(Buffer.concat(pieces)), outcome };
  }
}
const openAll = (options: OpenerOptions, object: Uint8Array) =>
  drain(() => new BlobOpener(options).openAll(streamOf(object)));
const digestsOf = (object: Uint8Array): Promise<Uint8Array[]> =>
  Promise.all(
    Array.from({ length: Math.ceil(object.length / segmentBytes) }, (_, i) =>
      segmentDigest(object.subarray(i * segmentBytes, (i + 1) * segmentBytes)),
    ),
  );

describe('A range read', () => {
  it('equals the slice of the plaintext, whatever the range, length and partial lengths', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 600_000 }),
        fc.integer({ min: 10, max: 20 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 4, maxLength: 4 }),
        async (bytes, partialExponent, ranges) => {
          const plain = patterned(bytes);
          const object = await seal(plain, 2, partialExponent);
          const { read, requests } = storeOf(object);
          for (const [a, b] of ranges) {
            const [start, end] = [a % (bytes + 1), b % (bytes + 1)].sort((x, y) => x - y) as [number, number];
            requests.length = 0;
            const opener = new BlobOpener({
              sessionKey,
              objectBytes: object.length,
              plainBytes: bytes,
              partialExponent,
              read,
            });
            const { released, outcome } = await drain(() => opener.openRange(start, end));
            expect(outcome).toBe('ok');
            expect(Buffer.compare(released, plain.subarray(start, end))).toBe(0);
            expect(requests.length).toBeLessThanOrEqual(2);
            requests.length = 0;
            await drain(() => opener.openRange(start, end));
            expect(requests.length).toBe(start === end ? 0 : 1);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses ranges outside the plaintext before it asks for anything', async () => {
    const object = await seal(patterned(10));
    const { read, requests } = storeOf(object);
    const opener = new BlobOpener({ sessionKey, objectBytes: object.length, plainBytes: 10, read });
    for (const [start, end] of [
      [-1, 1],
      [0, 11],
      [11, 11],
      [6, 5],
    ] as const) {
      expect((await drain(() => opener.openRange(start, end))).outcome).toBe('range');
    }
    expect(requests).toEqual([]);
  });

  it('notices an answer that is too short or too long (MS-10)', async () => {
    const plain = patterned(600_000);
    const object = await seal(plain);
    for (const [change, reason] of [
      [-1, 'truncated'],
      [1, 'trailing'],
    ] as const) {
      const read = (start: number, end: number) => streamOf(object.subarray(start, end + (start ? change : 0)));
      const opener = new BlobOpener({ sessionKey, objectBytes: object.length, plainBytes: plain.length, read });
      expect((await drain(() => opener.openRange(300_000, 300_010))).outcome).toBe(reason);
    }
  });

  it('gets chunks from another place or object refused (MS-09)', async () => {
    const plain = patterned(1_000_000);
    const [object, other] = [await seal(plain, 2), await seal(plain, 3)];
    const sealedChunk = 262_160;
    const chunkAt = (i: number): [number, number] => [42 + i * sealedChunk, 42 + (i + 1) * sealedChunk];
    for (const replacement of [object.slice(...chunkAt(2)), other.slice(...chunkAt(1))]) {
      const changed = object.slice();
      changed.set(replacement, chunkAt(1)[0]);
      const options = { sessionKey, objectBytes: object.length, plainBytes: plain.length, read: storeOf(changed).read };
      const { released, outcome } = await drain(() => new BlobOpener(options).openRange(262_140, 262_150));
      expect({ outcome, released: released.length }).toEqual({ outcome: 'authentication', released: 0 });
    }
  });
});

describe('A plaintext above 4 GiB', () => {
  const plainBytes = 5 * 2 ** 30 + 12_345;
  const plainAt = (start: number, end: number): Uint8Array => {
    const octets = new Uint8Array(end - start);
    for (let i = 0; i < octets.length; i++) octets[i] = (start + i) % 251;
    return octets;
  };

  it('opens in ranges across its partial lengths, from the parts that hold them alone', async () => {
    const sealer = await BlobSealer.of({ plainBytes, sessionKey, salt: new Uint8Array(32) });
    const { objectBytes, partBytes, object } = sealer.layout;
    expect(object.startBytes).toBe(38);
    const source = { bytes: plainBytes, read: async (start: number, end: number) => plainAt(start, end) };
    async function* read(start: number, end: number): AsyncGenerator<Uint8Array> {
      for (let part = Math.floor(start / partBytes); part * partBytes < end; part++) {
        const { sealed } = await sealer.sealPart(part, source);
        const partStart = part * partBytes;
        yield sealed.subarray(Math.max(0, start - partStart), Math.min(sealed.length, end - partStart));
      }
    }
    const opener = new BlobOpener({ sessionKey, objectBytes, plainBytes, read });
    // Literal pieces end 6 octets earlier in the plaintext, pieces of the outer packet near them in the same chunks.
    for (const around of [2 ** 30 - 6, 2 ** 30 - 68_000, 4 * 2 ** 30 - 6, plainBytes - 600]) {
      const [start, end] = [around - 500, around + 500];
      const { released, outcome } = await drain(() => opener.openRange(start, end));
      expect({ around, outcome, right: Buffer.compare(released, plainAt(start, end)) }).toEqual({
        around,
        outcome: 'ok',
        right: 0,
      });
    }
  });
});

describe('Opening a whole object', () => {
  it('refuses every single altered bit', async () => {
    for (const [bytes, partialExponent] of [
      [100, 30],
      [4_100, 10],
    ] as const) {
      const plain = patterned(bytes);
      const object = await seal(plain, 2, partialExponent);
      const options = { sessionKey, objectBytes: object.length, plainBytes: bytes, partialExponent };
      const bits = fc.tuple(fc.nat(object.length - 1), fc.nat(7));
      const check = async (octet: number, bit: number): Promise<void> => {
        const changed = object.slice();
        changed[octet]! ^= 1 << bit;
        const { outcome, released } = await openAll(options, changed);
        expect([octet, bit, outcome === 'ok', released.length]).toEqual([octet, bit, false, 0]);
      };
      if (bytes === 100) for (let octet = 0; octet < object.length; octet++) await check(octet, octet % 8);
      else
        await fc.assert(
          fc.asyncProperty(bits, ([octet, bit]) => check(octet, bit)),
          { numRuns: 400 },
        );
    }
  });

  it('holds the last chunk back until the end of the object has been seen, however slowly they are taken', async () => {
    const plain = patterned(900_000);
    const object = await seal(plain);
    object[object.length - 1]! ^= 1;
    // A slow taker: while it works, everything that was fetched is decrypted.
    async function* takenSlowly(): AsyncGenerator<Uint8Array> {
      for await (const piece of new BlobOpener({ sessionKey, objectBytes: object.length }).openAll(streamOf(object))) {
        yield piece;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
    const { released, outcome } = await drain(takenSlowly);
    expect(outcome).toBe('authentication');
    expect(released.length).toBeLessThan(plain.length);
    expect(Buffer.compare(released, plain.subarray(0, released.length))).toBe(0);
  });

  it('refuses another object under the same session key by its root (MS-11)', async () => {
    const [a, b] = [await seal(patterned(1_000), 2), await seal(patterned(1_001), 3)];
    expect((await openAll({ sessionKey, objectBytes: b.length }, b)).outcome).toBe('ok');
    const ctRoot = await merkleRoot(await digestsOf(a));
    expect(await openAll({ sessionKey, objectBytes: b.length, ctRoot }, b)).toEqual({
      outcome: 'root',
      released: new Uint8Array(),
    });
    const segmentDigests = await digestsOf(b);
    expect((await openAll({ sessionKey, objectBytes: b.length, ctRoot, segmentDigests }, b)).outcome).toBe('root');
  });

  it('releases nothing of a segment that is not the signed one, and what came before it', async () => {
    const plain = patterned(segmentBytes + 1_000_000);
    const object = await seal(plain);
    const segmentDigests = await digestsOf(object);
    const options = {
      sessionKey,
      objectBytes: object.length,
      segmentDigests,
      ctRoot: await merkleRoot(segmentDigests),
    };
    expect((await openAll(options, object)).released.length).toBe(plain.length);
    // Another valid object under the same key and salt: only the digests can tell.
    const otherPlain = plain.slice();
    otherPlain[segmentBytes + 500_000]! ^= 1;
    const { released, outcome } = await openAll(options, await seal(otherPlain));
    expect(outcome).toBe('segment');
    expect(released.length).toBeLessThanOrEqual(segmentBytes);
  });

  it('refuses a length from the meta or the manifest that is not the object’s', async () => {
    const object = await seal(patterned(100_000));
    expect(() => new BlobOpener({ sessionKey, objectBytes: object.length, plainBytes: 200_000 })).toThrow(
      expect.objectContaining({ reason: 'length' }),
    );
    expect((await openAll({ sessionKey, objectBytes: object.length + 1 }, object)).outcome).toBe('length');
    // In the same PADMÉ bucket, so of the same object length: the literal packet tells.
    expect((await openAll({ sessionKey, objectBytes: object.length, plainBytes: 100_001 }, object)).outcome).toBe(
      'literal',
    );
  });

  it('refuses another session key', async () => {
    const object = await seal(patterned(100));
    const options = { sessionKey: new Uint8Array(32), objectBytes: object.length };
    expect((await openAll(options, object)).outcome).toBe('authentication');
  });

  it('tells the stream when the caller stops early', async () => {
    const object = await seal(patterned(2_000_000));
    let closed = false;
    async function* stream(): AsyncGenerator<Uint8Array> {
      try {
        yield* streamOf(object);
      } finally {
        closed = true;
      }
    }
    for await (const _ of new BlobOpener({ sessionKey, objectBytes: object.length }).openAll(stream())) break;
    expect(closed).toBe(true);
  });
});
