import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ContainerLayout, merkleRoot, segmentBytes } from '@aerie/protocol';
import { BlobOpener } from './open.js';
import { BlobSealer, MemoryLedger, PlaintextChanged, type PlainSource, sealWhole } from './seal.js';

const sessionKey = new Uint8Array(32).fill(1);
const salt = new Uint8Array(32).fill(2);
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
function patterned(bytes: number): Uint8Array {
  const octets = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) octets[i] = (i * 31) ^ (i >> 9);
  return octets;
}

/** A plaintext in memory that writes down what is read of it. */
class Plain implements PlainSource {
  readonly reads: [number, number][] = [];
  constructor(public octets: Uint8Array) {}
  get bytes(): number {
    return this.octets.length;
  }
  async read(start: number, end: number): Promise<Uint8Array> {
    this.reads.push([start, end]);
    return this.octets.slice(start, end);
  }
}

async function* streamOf(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets;
}

async function openedSha256(object: Uint8Array, plainBytes: number, partialExponent?: number): Promise<string> {
  const hash = createHash('sha256');
  const opener = new BlobOpener({ sessionKey, objectBytes: object.length, plainBytes, partialExponent });
  for await (const piece of opener.openAll(streamOf(object))) hash.update(piece);
  return hash.digest('hex');
}

const allParts = async (sealer: BlobSealer, source: PlainSource): Promise<Uint8Array[]> => {
  const parts: Uint8Array[] = [];
  for (let part = 0; part < sealer.layout.partCount; part++) parts.push((await sealer.sealPart(part, source)).sealed);
  return parts;
};

describe('Sealing a blob', () => {
  it('makes objects that open to their plaintext, at any length and with any partial lengths', async () => {
    const lengths = fc.oneof(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: -30, max: 30 }).map((shift) => 262_144 + shift),
    );
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 10, max: 17 }), async (bytes, partialExponent) => {
        const plain = new Plain(patterned(bytes));
        const sealer = await BlobSealer.of({ plainBytes: bytes, sessionKey, salt, partialExponent });
        const object = new Uint8Array(Buffer.concat(await allParts(sealer, plain)));
        expect(object.length).toBe(sealer.layout.objectBytes);
        expect(await openedSha256(object, bytes, partialExponent)).toBe(sha256(plain.octets));
      }),
      { numRuns: 150 },
    );
  });

  it('reads every plaintext octet once and in order when its parts are sealed in order, even all at once', async () => {
    const plain = new Plain(patterned(3 * segmentBytes + 12_345));
    const sealer = await BlobSealer.of({ plainBytes: plain.bytes, sessionKey, salt });
    const numbers = Array.from({ length: sealer.layout.partCount }, (_, part) => part);
    expect(numbers.length).toBe(4);
    const parts = await Promise.all(numbers.map((part) => sealer.sealPart(part, plain)));
    expect(plain.reads[0]![0]).toBe(0);
    plain.reads.forEach(([, end], i) => expect(end).toBe(plain.reads[i + 1]?.[0] ?? plain.bytes));
    expect(await openedSha256(new Uint8Array(Buffer.concat(parts.map((part) => part.sealed))), plain.bytes)).toBe(
      sha256(plain.octets),
    );
  });

  it('makes any part again, octet for octet, in another process and in any order', async () => {
    const plain = new Plain(patterned(2 * segmentBytes + 1));
    const options = { plainBytes: plain.bytes, sessionKey, salt, partialExponent: 20 };
    const parts = await allParts(await BlobSealer.of(options), plain);
    const again = await BlobSealer.of(options);
    for (const part of [2, 0, 1, 1]) {
      expect(sha256((await again.sealPart(part, plain)).sealed)).toBe(sha256(parts[part]!));
    }
  });

  it('leaves nothing behind of what was in the memory that it was lent', async () => {
    const plain = new Plain(patterned(2 * segmentBytes + 1));
    const options = { plainBytes: plain.bytes, sessionKey, salt, partialExponent: 20 };
    const parts = (await allParts(await BlobSealer.of(options), plain)).map(sha256);
    const lent: PlainSource = {
      bytes: plain.bytes,
      async read(start, end, buffer) {
        const octets = buffer!.subarray(0, end - start);
        octets.set(plain.octets.subarray(start, end));
        return octets;
      },
    };
    const sealer = await BlobSealer.of(options);
    const buffer = new Uint8Array(segmentBytes).fill(0xff);
    for (const [part, digest] of parts.entries()) {
      expect(sha256((await sealer.sealPart(part, lent, buffer)).sealed)).toBe(digest);
    }
    const atOnce = await Promise.all(parts.map((_, part) => sealer.sealPart(part, lent)));
    expect(atOnce.map(({ sealed }) => sha256(sealed))).toEqual(parts);
  });

  it('gives the digest of every segment, from which comes the root', async () => {
    const plain = patterned(segmentBytes + 1);
    const { sealed, segmentDigests, ctRoot } = await sealWhole(plain);
    const segments = [sealed.subarray(0, segmentBytes), sealed.subarray(segmentBytes)];
    expect(segmentDigests.map((digest) => Buffer.from(digest).toString('hex'))).toEqual(segments.map(sha256));
    expect(ctRoot).toEqual(await merkleRoot(segmentDigests));
  });

  it('uses a new session key and salt for every blob', async () => {
    const [a, b] = [await BlobSealer.fresh(1), await BlobSealer.fresh(1)];
    expect(a.sessionKey).not.toEqual(b.sessionKey);
    expect(a.salt).not.toEqual(b.salt);
  });

  it('refuses parts that do not exist and keys of another length', async () => {
    const sealer = await BlobSealer.fresh(1);
    await expect(sealer.sealPart(1, new Plain(patterned(1)))).rejects.toThrow(RangeError);
    const short = { plainBytes: 1, sessionKey: new Uint8Array(16), salt };
    await expect(BlobSealer.of(short)).rejects.toThrow(RangeError);
  });

  it('survives a read that failed: any part can be sealed once the source answers again', async () => {
    const plain = new Plain(patterned(segmentBytes + 1_000_000));
    const sealer = await BlobSealer.of({ plainBytes: plain.bytes, sessionKey, salt });
    const broken: PlainSource = { bytes: plain.bytes, read: () => Promise.reject(new Error('EIO')) };
    await expect(sealer.sealPart(0, broken)).rejects.toThrow('EIO');
    await sealer.sealPart(1, plain);
    const object = new Uint8Array(Buffer.concat(await allParts(sealer, plain)));
    expect(await openedSha256(object, plain.bytes)).toBe(sha256(plain.octets));
  });
});

describe('A plaintext that changes while it is sent (MS-28)', () => {
  const octets = patterned(segmentBytes + 1_000_000);
  const changedAt = (at: number): Plain => {
    const plain = new Plain(octets.slice());
    plain.octets[at]! ^= 1;
    return plain;
  };

  it('never gets a second ciphertext out under the same key, and nothing at all from then on', async () => {
    const ledger = new MemoryLedger();
    const options = { plainBytes: octets.length, sessionKey, salt, ledger };
    await (await BlobSealer.of(options)).sealPart(0, new Plain(octets));
    // The process ended: whether the server got part 0 is not known, the ledger is what is left.
    const resumed = await BlobSealer.of(options);
    await expect(resumed.sealPart(0, changedAt(100))).rejects.toThrow(PlaintextChanged);
    await expect(resumed.sealPart(1, new Plain(octets))).rejects.toThrow(PlaintextChanged);
  });

  it('is noticed in the chunk that two parts share', async () => {
    const ledger = new MemoryLedger();
    const options = { plainBytes: octets.length, sessionKey, salt, ledger };
    const first = await BlobSealer.of(options);
    await first.sealPart(0, new Plain(octets));
    await first.sealPart(1, new Plain(octets));
    const { objectStart } = ContainerLayout.of(octets.length).object.objectRangeOfChunks(31, 31);
    expect(objectStart).toBeLessThan(segmentBytes);
    const shared = changedAt(32 * 262_144 - 12 - 1);
    await expect((await BlobSealer.of(options)).sealPart(1, shared)).rejects.toThrow(PlaintextChanged);
  });

  it('is noticed when it became shorter', async () => {
    const sealer = await BlobSealer.of({ plainBytes: octets.length, sessionKey, salt });
    await expect(sealer.sealPart(1, new Plain(octets.slice(0, -1)))).rejects.toThrow(PlaintextChanged);
  });

  it('gives no part out before its digests are on record', async () => {
    const events: string[] = [];
    const ledger = {
      digestOf: () => undefined,
      record: async (segment: number) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        events.push(`recorded ${segment}`);
      },
    };
    const sealer = await BlobSealer.of({ plainBytes: 10, sessionKey, salt, ledger });
    await sealer.sealPart(0, new Plain(patterned(10)));
    events.push('given out');
    expect(events).toEqual(['recorded 0', 'given out']);
  });
});
