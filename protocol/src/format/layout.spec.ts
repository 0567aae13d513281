import fc from 'fast-check';
import { blobBytesMax, chunkBytes, segmentBytes, tagBytes } from '../limits.js';
import { ContainerError, PacketFraming } from './header.js';
import { ContainerLayout, ObjectLayout } from './layout.js';
import { padme } from './padme.js';

const GiB = 2 ** 30;
const exponents = fc.integer({ min: 10, max: 30 });
/** Lengths crowd around what the format has edges at. */
const lengths = fc
  .tuple(
    fc.oneof(fc.constantFrom(0, chunkBytes, segmentBytes, 4 * GiB, 8 * GiB), fc.integer({ min: 0, max: 1e11 })),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: -50, max: 50 }),
  )
  .map(([edge, times, shift]) => Math.min(1.5e11, Math.max(0, edge * times + shift)));
const reasonOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as ContainerError).reason;
  }
  return 'none';
};

describe('PADMÉ', () => {
  it('gives the sizes of the published definition', () => {
    expect([0, 1, 2, 9, 18, 993, 1_009, 2 ** 18 + 1, 2 ** 32 + 1].map(padme)).toEqual([
      0,
      1,
      2,
      10,
      18,
      1_024,
      1_024,
      2 ** 18 + 2 ** 13,
      2 ** 32 + 2 ** 26,
    ]);
  });

  it('never shrinks, is its own fixed point, never falls, and costs under 12 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 40 }), (bytes) => {
        const padded = padme(bytes);
        expect(padded).toBeGreaterThanOrEqual(bytes);
        expect(padded).toBeLessThan(bytes * 1.12);
        expect(padme(padded)).toBe(padded);
        expect(padme(bytes + 1)).toBeGreaterThanOrEqual(padded);
      }),
    );
  });
});

describe('the framing of a packet', () => {
  const framings = fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 10, max: 14 }));

  it('covers every octet of the packet exactly once, by a header or by the body in order', () => {
    fc.assert(
      fc.property(framings, ([bodyBytes, exponent]) => {
        const framing = new PacketFraming(0xd2, bodyBytes, exponent);
        const headers = [...framing.headers(0, framing.packetBytes)];
        const spans = [...framing.bodySpans(0, framing.packetBytes)];
        const pieces = [
          ...headers.map(({ offset, bytes }) => [offset, offset + bytes.length] as const),
          ...spans.map(({ start, end }) => [start, end] as const),
        ].sort(([a], [b]) => a - b);
        expect(pieces[0]![0]).toBe(0);
        pieces.forEach(([, end], i) => expect(end).toBe(pieces[i + 1]?.[0] ?? framing.packetBytes));
        let body = 0;
        for (const span of spans) {
          expect(span.bodyStart).toBe(body);
          expect(framing.offsetOf(body)).toBe(span.start);
          body += span.end - span.start;
        }
        expect(body).toBe(bodyBytes);
      }),
      { numRuns: 300 },
    );
  });

  it('says of any window what it says of the whole', () => {
    fc.assert(
      fc.property(framings, fc.integer({ min: 0 }), fc.integer({ min: 0 }), ([bodyBytes, exponent], a, b) => {
        const framing = new PacketFraming(0xd2, bodyBytes, exponent);
        const [start, end] = [a % framing.packetBytes, b % (framing.packetBytes + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const touching = [...framing.headers(0, framing.packetBytes)].filter(
          ({ offset, bytes }) => offset < end && offset + bytes.length > start,
        );
        expect([...framing.headers(start, end)]).toEqual(touching);
        const inWindow = [...framing.bodySpans(start, end)].reduce((sum, span) => sum + span.end - span.start, 0);
        expect(framing.bodyBefore(end) - framing.bodyBefore(start)).toBe(inWindow);
      }),
      { numRuns: 500 },
    );
  });

  it('turns to partial lengths at 4 GiB, in pieces of 1 GiB, with a last piece of at least one octet', () => {
    expect(new PacketFraming(0xd2, 4 * GiB - 1).packetBytes).toBe(4 * GiB - 1 + 6);
    expect(new PacketFraming(0xd2, 4 * GiB).partialCount).toBe(3);
    expect(new PacketFraming(0xd2, 4 * GiB + 1).partialCount).toBe(4);
    expect([...new PacketFraming(0xd2, 4 * GiB).headers(0, 1)][0]!.bytes).toEqual(Uint8Array.of(0xd2, 0xfe));
  });
});

describe('the layout of a container', () => {
  it('is found again from the length of the object alone', () => {
    fc.assert(
      fc.property(lengths, exponents, (plainBytes, partialExponent) => {
        const layout = ContainerLayout.of(plainBytes, { partialExponent });
        const found = ObjectLayout.ofObjectBytes(layout.objectBytes, { partialExponent });
        expect(found.innerBytes).toBe(layout.innerBytes);
        expect(found.chunkCount).toBe(layout.chunkCount);
      }),
      { numRuns: 2_000 },
    );
  });

  it('puts every plaintext octet where its inner offset, chunk and object offset agree', () => {
    fc.assert(
      fc.property(
        lengths,
        exponents,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (plainBytes, partialExponent, where) => {
          fc.pre(plainBytes > 0);
          const layout = ContainerLayout.of(plainBytes, { partialExponent });
          const octet = Math.min(plainBytes - 1, Math.floor(where * plainBytes));
          const inner = layout.innerOffsetOf(octet);
          expect(layout.plainBefore(inner)).toBe(octet);
          expect(layout.plainSpans(inner, inner + 1)).toEqual([{ start: inner, end: inner + 1, plainStart: octet }]);
          const { firstChunk, lastChunk, objectStart, objectEnd } = layout.objectRangeOf(octet, octet + 1);
          expect([firstChunk, lastChunk]).toEqual([Math.floor(inner / chunkBytes), Math.floor(inner / chunkBytes)]);
          const stream = layout.object.chunkStream(firstChunk);
          expect(layout.object.streamBefore(objectStart)).toBe(stream.start);
          expect(layout.object.streamBefore(objectEnd)).toBe(stream.end);
          expect(layout.object.chunksIn(objectStart, objectEnd)).toEqual({ firstChunk, lastChunk });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('has the offsets of the written profile for a small blob', () => {
    const layout = ContainerLayout.of(1_000_000);
    expect(layout.object.startBytes).toBe(42);
    expect(layout.innerOffsetOf(0)).toBe(12);
    expect(layout.objectRangeOf(262_132, 262_133)).toMatchObject({ firstChunk: 1, objectStart: 42 + 262_160 });
    expect(layout.objectBytes).toBe(42 + layout.innerBytes + tagBytes * (layout.chunkCount + 1));
  });

  it('hides the length: all lengths of one PADMÉ bucket make objects of one length', () => {
    const bucket = Array.from({ length: 1_000 }, (_, i) => ContainerLayout.of(2 ** 20 - 18 - i).objectBytes);
    expect(new Set(bucket).size).toBe(1);
  });

  it('cuts parts and segments that tile the object', () => {
    fc.assert(
      fc.property(lengths, (plainBytes) => {
        const layout = ContainerLayout.of(plainBytes);
        expect(layout.partRange(layout.partCount - 1).end).toBe(layout.objectBytes);
        expect(layout.partBytes % segmentBytes).toBe(0);
        expect(layout.partCount).toBeLessThanOrEqual(10_000);
        expect(layout.segmentCount).toBe(Math.ceil(layout.objectBytes / segmentBytes));
      }),
    );
  });

  it('refuses lengths that no container has', () => {
    const { objectBytes } = ContainerLayout.of(chunkBytes - 18);
    expect(reasonOf(() => ObjectLayout.ofObjectBytes(objectBytes))).toBe('none');
    // One octet in a second chunk costs 17: what lies between is no object.
    for (const more of [1, 16]) expect(reasonOf(() => ObjectLayout.ofObjectBytes(objectBytes + more))).toBe('length');
    for (const bytes of [-1, 0, 41, 58, 0.5, NaN])
      expect(reasonOf(() => ObjectLayout.ofObjectBytes(bytes))).toBe('length');
  });

  it('refuses ranges outside the plaintext, empty ones included', () => {
    const layout = ContainerLayout.of(10);
    for (const [start, end] of [
      [-1, 1],
      [0, 11],
      [5, 5],
      [6, 5],
      [0.5, 1],
      [0, NaN],
    ] as const) {
      expect(reasonOf(() => layout.objectRangeOf(start, end))).toBe('range');
    }
  });

  it('refuses plaintexts beyond the largest blob', () => {
    expect(() => ContainerLayout.of(blobBytesMax)).toThrow(RangeError);
    expect(() => ContainerLayout.of(-1)).toThrow(RangeError);
    expect(ContainerLayout.of(158_000_000_000).partCount).toBeLessThanOrEqual(10_000);
  });
});
