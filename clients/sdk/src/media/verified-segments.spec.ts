import { randomBytes } from 'node:crypto';
import {
  merkleRoot,
  segmentBytes,
  segmentCountFor,
  segmentDigest,
  segmentRange,
  toBase64,
  type ManifestBlob,
} from '@aerie/protocol';
import { VerifiedSegments } from './verified-segments.js';

const object = randomBytes(6 * segmentBytes + 1000);
const digests = await Promise.all(
  Array.from({ length: segmentCountFor(object.length) }, (_, index) => {
    const { start, end } = segmentRange(index, object.length);
    return segmentDigest(object.subarray(start, end));
  }),
);
const blob = { bytes: object.length, root: toBase64(await merkleRoot(digests)) } as ManifestBlob;

/** Sends the object in pieces, and tells what was asked for and what was stopped. */
function sender(octets: Uint8Array = object) {
  const asked: number[] = [];
  const stopped: number[] = [];
  let gate = Promise.resolve();
  async function* fetch(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const index = start / segmentBytes;
    asked.push(index);
    signal.addEventListener('abort', () => stopped.push(index));
    await gate;
    for (let at = start; at < end; at += 1_000_000) {
      signal.throwIfAborted();
      yield octets.subarray(at, Math.min(end, at + 1_000_000));
    }
  }
  /** Nothing more is sent until the answer is called. */
  const hold = (): (() => void) => {
    let open = (): void => {};
    gate = new Promise((resolve) => (open = resolve));
    return () => open();
  };
  return { fetch, asked, stopped, hold };
}

async function read(segments: VerifiedSegments, start: number, end: number, signal?: AbortSignal): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of segments.octets(start, end, signal)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('Verified segments', () => {
  it('give the octets asked for, across their borders', async () => {
    const segments = await VerifiedSegments.of(blob, digests, sender().fetch);
    const ends = [segmentBytes - 1, segmentBytes, segmentBytes + 1, 3 * segmentBytes, object.length];
    for (const end of ends)
      expect((await read(segments, segmentBytes - 5, end)).equals(object.subarray(segmentBytes - 5, end))).toBe(true);
  });

  it('are fetched once for many small reads in a row, and for reads at the same time', async () => {
    const { fetch, asked } = sender();
    const segments = await VerifiedSegments.of(blob, digests, fetch);
    for (let at = 0; at < 2 * segmentBytes; at += 500_000) await read(segments, at, at + 500_000);
    expect(asked).toEqual([0, 1, 2]);
    await Promise.all([4, 4, 4].map((index) => read(segments, index * segmentBytes, index * segmentBytes + 9)));
    expect(asked).toEqual([0, 1, 2, 4]);
  });

  it('are kept four at a time: those used last', async () => {
    const { fetch, asked } = sender();
    const segments = await VerifiedSegments.of(blob, digests, fetch);
    for (const index of [0, 6, 1, 2, 0, 3, 0, 2, 6])
      await read(segments, index * segmentBytes, index * segmentBytes + 1);
    expect(asked).toEqual([0, 6, 1, 2, 3, 6]);
  });

  it('give nothing of a segment that has one other bit, and ask for it again', async () => {
    const altered = Buffer.from(object);
    altered[2 * segmentBytes - 1]! ^= 1;
    const { fetch, asked } = sender(altered);
    const segments = await VerifiedSegments.of(blob, digests, fetch);
    for (const _ of [1, 2])
      await expect(read(segments, segmentBytes, segmentBytes + 10)).rejects.toMatchObject({ reason: 'segment' });
    expect((await read(segments, 0, 10)).equals(object.subarray(0, 10))).toBe(true);
    expect(asked).toEqual([1, 1, 0]);
  });

  it.each<[string, Uint8Array[]]>([
    ['one is missing', digests.slice(1)],
    ['one is too many', [...digests, digests[0]!]],
    ['two have changed places', [digests[1]!, digests[0]!, ...digests.slice(2)]],
    ['there are none', []],
  ])('are refused at once where of their digests %s', async (_, wrong) => {
    await expect(VerifiedSegments.of(blob, wrong, sender().fetch)).rejects.toMatchObject({ reason: 'root' });
  });

  it('stop their transfer when the last read that waits for it is canceled, and not before', async () => {
    const { fetch, asked, stopped, hold } = sender();
    const segments = await VerifiedSegments.of(blob, digests, fetch);
    const goOn = hold();
    const [one, other] = [new AbortController(), new AbortController()];
    const reads = [one, other].map(({ signal }) => read(segments, 0, 10, signal));
    one.abort();
    await expect(reads[0]).rejects.toMatchObject({ name: 'AbortError' });
    expect(stopped).toEqual([]);
    other.abort();
    await expect(reads[1]).rejects.toMatchObject({ name: 'AbortError' });
    expect(stopped).toEqual([0]);
    goOn();
    expect((await read(segments, 0, 10)).equals(object.subarray(0, 10))).toBe(true);
    expect(asked).toEqual([0, 0]);
  });

  it('go on for one read where another is canceled', async () => {
    const { fetch, stopped, hold } = sender();
    const segments = await VerifiedSegments.of(blob, digests, fetch);
    const goOn = hold();
    const canceled = new AbortController();
    const gone = read(segments, 0, 10, canceled.signal).catch(() => 'gone');
    const stays = read(segments, 5, 15);
    canceled.abort();
    expect(await gone).toBe('gone');
    goOn();
    expect((await stays).equals(object.subarray(5, 15))).toBe(true);
    expect(stopped).toEqual([]);
  });
});
