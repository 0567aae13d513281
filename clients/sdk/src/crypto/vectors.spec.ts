import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { ContainerLayout, fromHex, merkleRoot, segmentDigest, segmentBytes, toHex } from '@aerie/protocol';
import { BlobOpener } from './open.js';
import { BlobSealer, type PlainSource } from './seal.js';

const folder = new URL('../../../../protocol/vectors/container/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.vector'));
function pattern(bytes: number): Uint8Array {
  const octets = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) octets[i] = i ^ (i >> 8) ^ (i >> 16);
  return octets;
}
const sourceOf = (plain: Uint8Array): PlainSource => ({
  bytes: plain.length,
  read: async (start, end) => plain.slice(start, end),
});

function readVector(name: string) {
  const file = readFileSync(new URL(name, folder));
  const headEnd = file.indexOf('\n\n');
  const lines = file.subarray(0, headEnd).toString('utf8').split('\n');
  const field = (label: string): string => lines.find((line) => line.startsWith(`${label}: `))!.slice(label.length + 2);
  return {
    expect: field('expect'),
    sessionKey: fromHex(field('session-key')),
    salt: fromHex(field('salt')),
    partialExponent: Number(field('partial-exponent')),
    plainBytes: Number(field('plain-bytes')),
    plainSha256: field('plain-sha256'),
    objectBytes: Number(field('object-bytes')),
    objectSha256: field('object-sha256'),
    ctRoot: fromHex(field('ct-root')),
    object: field('object') === 'follows' ? new Uint8Array(file.subarray(headEnd + 2)) : undefined,
  };
}

/** Pieces of changing, awkward sizes: no boundary of the stream is a boundary of the format. */
async function* streamOf(octets: Uint8Array, pieceBytes = 65_521): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += pieceBytes) yield octets.subarray(at, at + pieceBytes);
}

/** Only the last piece of a literal packet with partial lengths says how long it is: then the reader must know. */
const hasPartialLiteral = (vector: { plainBytes: number; partialExponent: number }): boolean =>
  vector.plainBytes + 6 >= 4 * 2 ** vector.partialExponent;

/** What was released, and why it stopped. */
async function drain(open: () => AsyncIterable<Uint8Array>): Promise<{ released: Uint8Array; outcome: string }> {
  const pieces: Uint8Array[] = [];
  let outcome = 'ok';
  try {
    for await (const piece of open()) pieces.push(piece);
  } catch (error) {
    outcome = (error as { reason?: string }).reason ?? String(error);
  }
  return { released: new Uint8Array(Buffer.concat(pieces)), outcome };
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

async function sealAgain(vector: ReturnType<typeof readVector>): Promise<Uint8Array> {
  const sealer = await BlobSealer.of(vector);
  const source = sourceOf(pattern(vector.plainBytes));
  const parts: Uint8Array[] = [];
  for (let part = 0; part < sealer.layout.partCount; part++) parts.push((await sealer.sealPart(part, source)).sealed);
  return new Uint8Array(Buffer.concat(parts));
}

const rootOf = async (object: Uint8Array): Promise<Uint8Array> => {
  const segments = Array.from({ length: Math.ceil(object.length / segmentBytes) }, (_, i) =>
    segmentDigest(object.subarray(i * segmentBytes, (i + 1) * segmentBytes)),
  );
  return merkleRoot(await Promise.all(segments));
};

it('has a vector for every case the specification names', () => {
  const stems = names.map((name) => name.replace('.vector', ''));
  const asked = `empty one-octet chunk-boundary-minus-1 chunk-boundary-0 chunk-boundary-plus-1 segment-boundary-0 padding
    partial-outer-0 partial-literal-0 seipd-v1 cipher-aes-128 aead-ocb chunk-octet-17 swapped dropped duplicated spliced
    truncated-with-final-tag truncated-without-final-tag trailing`;
  expect(stems).toEqual(expect.arrayContaining(asked.split(/\s+/)));
});

describe.each(names.filter((name) => readVector(name).expect === 'ok'))('container vector %s', (name) => {
  const vector = readVector(name);

  it('is what the sealer makes, octet for octet', async () => {
    const object = await sealAgain(vector);
    expect(sha256(object)).toBe(vector.objectSha256);
    expect(object.length).toBe(vector.objectBytes);
    expect(toHex(await rootOf(object))).toBe(toHex(vector.ctRoot));
  });

  it('opens whole, with and without knowing its plaintext length, under its signed root', async () => {
    const object = vector.object ?? (await sealAgain(vector));
    const { plainBytes } = vector;
    const unknown = { ...vector, plainBytes: undefined };
    for (const options of hasPartialLiteral(vector) ? [vector] : [vector, unknown]) {
      const { released, outcome } = await drain(() => new BlobOpener(options).openAll(streamOf(object)));
      expect(outcome).toBe('ok');
      expect(released.length).toBe(plainBytes);
      expect(sha256(released)).toBe(vector.plainSha256);
    }
  });

  it('opens in ranges around its boundaries, with one request for the start and one for the chunks', async () => {
    const object = vector.object ?? (await sealAgain(vector));
    const plain = pattern(vector.plainBytes);
    const edges = [0, 1, 1_012, 1_024, 262_132, 262_144, 524_276, vector.plainBytes - 1, vector.plainBytes];
    const offsets = [...new Set(edges.filter((edge) => edge >= 0 && edge <= vector.plainBytes))];
    for (const start of offsets) {
      for (const end of offsets.filter((offset) => offset >= start)) {
        let requests = 0;
        const read = (from: number, to: number) => (requests++, streamOf(object.subarray(from, to)));
        const { released, outcome } = await drain(() => new BlobOpener({ ...vector, read }).openRange(start, end));
        expect({ start, end, outcome, right: Buffer.compare(released, plain.subarray(start, end)) }).toEqual({
          start,
          end,
          outcome: 'ok',
          right: 0,
        });
        expect(requests).toBe(
          start === end ? 0 : ContainerLayout.of(plain.length, vector).objectRangeOf(start, end).firstChunk ? 2 : 1,
        );
      }
    }
  });
});

describe.each(names.filter((name) => readVector(name).expect !== 'ok'))('container vector %s', (name) => {
  const vector = readVector(name);
  const object = vector.object!;
  const plain = pattern(vector.plainBytes);

  // One octet at a time only where that is quick.
  it.each([object.length < 20_000 ? 1 : 7_919, 65_521, 10_000_000])(
    `is refused as '${vector.expect}' when it comes in pieces of %i octets`,
    async (pieceBytes) => {
      const options = { ...vector, plainBytes: hasPartialLiteral(vector) ? vector.plainBytes : undefined };
      const { released, outcome } = await drain(() => new BlobOpener(options).openAll(streamOf(object, pieceBytes)));
      expect(outcome).toBe(vector.expect);
      expect(Buffer.compare(released, plain.subarray(0, released.length))).toBe(0);
    },
  );

  it('gives a range read nothing wrong, and an error wherever the range touches the damage', async () => {
    const untouched = ['bit-flip-final-tag', 'truncated', 'trailing'].map((stem) => `${stem}.vector`);
    const read = (start: number, end: number) => streamOf(object.subarray(start, end));
    const { released, outcome } = await drain(() =>
      new BlobOpener({ ...vector, read }).openRange(0, vector.plainBytes),
    );
    expect(Buffer.compare(released, plain.subarray(0, released.length))).toBe(0);
    expect(outcome === 'ok').toBe(untouched.includes(name));
  });
});
