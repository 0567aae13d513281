import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** Left half red, right half green, top right corner blue: every turn and mirroring looks different. */
export async function picture(width = 400, height = 300, orientation = 1): Promise<Buffer> {
  const half = { width: width / 2, height, channels: 3 as const, background: '#0a0' };
  const corner = { width: width / 4, height: height / 4, channels: 3 as const, background: '#00f' };
  return sharp({ create: { width, height, channels: 3, background: '#d00' } })
    .composite([
      { input: { create: half }, left: width / 2, top: 0 },
      { input: { create: corner }, left: (width * 3) / 4, top: 0 },
    ])
    .withExif({ IFD0: { Make: 'CANARY-MAKE' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '41/1 32/1 5494/100' } })
    .withMetadata({ orientation })
    .jpeg({ quality: 95 })
    .toBuffer();
}

export async function meanOfDifference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [one, two] = await Promise.all([a, b].map((octets) => sharp(octets).removeAlpha().raw().toBuffer()));
  expect(one!.length).toBe(two!.length);
  return one!.reduce((sum, value, i) => sum + Math.abs(value - two![i]!), 0) / one!.length;
}

export async function contrast({ bytes }: { bytes: Uint8Array }): Promise<number> {
  return (await sharp(bytes).greyscale().stats()).channels[0]!.stdev;
}

/** A PNG of one color, `depth` 1 bit gray, any size, a few KiB. */
export function flatPng(width: number, height: number, { interlaced = false, profileBytes = 0 } = {}): Buffer {
  const chunk = (type: string, body: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(type), body]);
    const framed = Buffer.alloc(8 + named.length);
    framed.writeUInt32BE(body.length, 0);
    named.copy(framed, 4);
    framed.writeUInt32BE(crc32(named), 4 + named.length);
    return framed;
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, interlaced ? 1 : 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const profile = Buffer.concat([Buffer.from('p\0\0'), deflateSync(Buffer.alloc(profileBytes))]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(profileBytes ? [chunk('iCCP', profile)] : []),
    chunk('IDAT', deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height * (interlaced ? 2 : 1)))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

type Samples = Uint8Array | Uint16Array | Int16Array | Float32Array | Float64Array;
/**
 * A little-endian TIFF of bands that no camera's color model knows: numbers as they stand, pixel by pixel.
 * @param noData the text that GDAL writes for "nothing was measured here"
 */
export function bandTiff(width: number, height: number, values: Samples, bands = 1, noData?: string): Buffer {
  const format =
    values instanceof Float32Array || values instanceof Float64Array ? 3 : values instanceof Int16Array ? 2 : 1;
  const head = Buffer.alloc(512);
  const perBand = (value: number, at: number): [value: number, count: number] => {
    for (let i = 0; i < bands; i++) head.writeUInt16LE(value, at + i * 2);
    return bands > 2 ? [at, bands] : [value, 1];
  };
  const entries: [tag: number, type: number, value: number, count?: number][] = [
    [0x100, 3, width],
    [0x101, 3, height],
    [0x102, 3, ...perBand(values.BYTES_PER_ELEMENT * 8, 400)],
    [0x103, 3, 1],
    [0x106, 3, 1],
    [0x111, 4, head.length],
    [0x115, 3, bands],
    [0x116, 3, height],
    [0x117, 4, values.byteLength],
    [0x11c, 3, 1],
    [0x153, 3, ...perBand(format, 420)],
  ];
  if (noData !== undefined) entries.push([0xa481, 2, 440, Math.max(5, noData.length + 1)]);
  head.fill(0, 0, 400);
  Buffer.concat([Buffer.from('II*\0'), longs(8)]).copy(head);
  directory(...entries).copy(head, 8);
  head.write(noData ?? '', 440, 'latin1');
  return Buffer.concat([head, Buffer.from(values.buffer)]);
}

export const longs = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
/** A TIFF directory, little-endian; with more than one value, `value` is where they stand. */
export const directory = (...entries: [tag: number, type: number, value: number, count?: number][]) =>
  Buffer.concat([
    Buffer.from(Uint16Array.of(entries.length).buffer),
    ...entries.map(([tag, type, value, count = 1]) =>
      Buffer.concat([Buffer.from(Uint16Array.of(tag, type).buffer), longs(count, value)]),
    ),
    longs(0),
  ]);

/** A little-endian DNG: sensor data in directory 0, a small JPEG there too, the large one in a sub-directory. */
export function dng(small: Buffer, large: Buffer, orientation: number): Buffer {
  const smallStart = 1024;
  const largeStart = smallStart + small.length;
  const sensorStart = largeStart + large.length;
  const sensor = Buffer.concat([Buffer.from('ffd8ffc3', 'hex'), Buffer.alloc(large.length * 2)]); // lossless JPEG
  const head = Buffer.alloc(smallStart);
  Buffer.concat([Buffer.from('II*\0'), longs(8)]).copy(head);
  directory([0x112, 3, orientation], [0x14a, 4, 200], [0x201, 4, smallStart], [0x202, 4, small.length]).copy(head, 8);
  directory([0x103, 3, 7], [0x106, 3, 6], [0x111, 4, largeStart], [0x117, 4, large.length]).copy(head, 200);
  head.writeUInt32LE(400, 200 + 2 + 4 * 12); // the next directory: a "preview" that is sensor data
  directory([0x103, 3, 7], [0x106, 3, 6], [0x111, 4, sensorStart], [0x117, 4, sensor.length]).copy(head, 400);
  head.writeUInt32LE(200, 400 + 2 + 4 * 12); // and back: a circle
  return Buffer.concat([head, small, large, sensor]);
}
