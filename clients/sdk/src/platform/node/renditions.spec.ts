import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { leaveOut } from '../../../../../test/support/left-out.js';
import { bandTiff, contrast, dng, flatPng, meanOfDifference, picture } from '../../../../../test/support/pictures.js';
import { sampleFolder, samplesIn } from '../../../../../test/support/samples.js';
import { sniffMime } from '../../metadata/sniff-mime.js';
import { videoFrame } from './ffmpeg.js';
import { makeRenditions, renderFromPreview } from './renditions.js';

const thumbBytesMax = 60 * 1024;
const both = { thumb: true, preview: true };
const renditionsOf = (bytes: Uint8Array, mime = sniffMime(bytes, '')) => makeRenditions({ bytes }, mime, both);

const folder = sampleFolder();
const photos = folder ? samplesIn(folder).filter(({ name }) => /\.(jpe?g|tiff?)$/i.test(name)) : [];
const ffmpegIsHere = await videoFrame('/nonexistent').catch(({ message }: Error) => !/not on the path/.test(message));
if (!ffmpegIsHere) leaveOut('frames of videos', 'install ffmpeg');

describe('Renditions', () => {
  it('are a thumb of 320 px and a preview of 1600 px, never larger than the picture', async () => {
    const { thumb, preview, reason } = await renditionsOf(await picture(3200, 2400));
    expect([thumb?.width, thumb?.height, preview?.width, preview?.height]).toEqual([320, 240, 1600, 1200]);
    expect(reason).toBeUndefined();
    const tiny = await renditionsOf(await picture(40, 80));
    expect([tiny.thumb?.width, tiny.thumb?.height, tiny.preview?.height]).toEqual([40, 80, 80]);
  });

  it('are only those that are wanted', async () => {
    const bytes = await picture();
    expect((await makeRenditions({ bytes }, 'image/jpeg', { thumb: true, preview: false })).preview).toBeUndefined();
    expect((await makeRenditions({ bytes }, 'image/jpeg', { thumb: false, preview: true })).thumb).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('stand upright for orientation %i', async (orientation) => {
    const bytes = await picture(400, 300, orientation);
    const { preview } = await renditionsOf(bytes);
    const expected = await sharp(bytes).autoOrient().png().toBuffer();
    expect(await meanOfDifference(preview!.bytes, expected)).toBeLessThan(3);
  });

  it('carry no metadata of the original', async () => {
    const { thumb, preview } = await renditionsOf(await picture());
    for (const { bytes } of [thumb!, preview!]) {
      expect(Buffer.from(bytes).includes('CANARY')).toBe(false);
      const metadata = await sharp(bytes).metadata();
      expect([metadata.format, metadata.exif, metadata.xmp, metadata.icc]).toEqual([
        'jpeg',
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  it('keep a thumb of pure noise below 62 KiB', async () => {
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 90 };
    const bytes = await sharp({ create: { width: 320, height: 320, channels: 3, background: '#000', noise } })
      .png()
      .toBuffer();
    const { thumb } = await renditionsOf(bytes);
    expect(thumb!.bytes.length).toBeLessThanOrEqual(thumbBytesMax);
    expect(thumb!.bytes.length).toBeGreaterThan(10_000);
  });

  it.each(['png', 'webp', 'tiff', 'avif'] as const)('are made of %s', async (format) => {
    const bytes = await sharp(await picture())
      .toFormat(format)
      .toBuffer();
    const { thumb } = await renditionsOf(bytes);
    expect(thumb?.width).toBe(320);
  });

  it.each([
    [
      '16-bit band that uses a fraction of its range',
      Uint16Array.from({ length: 20_000 }, (_, i) => 4000 + (i % 200) * 5),
    ],
    ['elevation model in meters', Float32Array.from({ length: 20_000 }, (_, i) => 1200 + (i % 200) / 10)],
    ['band of one value', new Uint16Array(20_000).fill(9000)],
  ])('show a %s', async (what, values) => {
    const { thumb, reason } = await renditionsOf(bandTiff(200, 100, values));
    expect(reason).toBeUndefined();
    expect([thumb?.width, thumb?.height]).toEqual([200, 100]);
    if (!what.includes('one value')) expect(await contrast(thumb!)).toBeGreaterThan(50);
  });

  it.each([
    ['8 bits', new Uint8Array(200 * 100 * 5), 1, 1],
    ['16 bits', new Uint16Array(200 * 100 * 5), 100, 1],
    ['floats', new Float32Array(200 * 100 * 5), 0.004, 1],
    ['8 bits, said to be colors', new Uint8Array(200 * 100 * 5), 1, 2],
    ['16 bits, said to be colors', new Uint16Array(200 * 100 * 5), 100, 2],
  ])('show the first three of five bands of %s', async (_, values, unit, photometric) => {
    // A ramp from left to right in the first band, its mirror image in the third; near infrared is dark everywhere.
    for (let i = 0; i < values.length; i++) {
      const column = Math.floor(i / 5) % 200;
      values[i] = [column * unit, 100 * unit, (199 - column) * unit, 0, 0][i % 5]!;
    }
    const octets = bandTiff(200, 100, values, 5);
    octets.writeUInt16LE(photometric, 8 + 2 + 4 * 12 + 8);
    const { preview, reason } = await renditionsOf(octets);
    expect(reason).toBeUndefined();
    const { data, info } = await sharp(preview!.bytes).raw().toBuffer({ resolveWithObject: true });
    const pixel = (x: number) => [...data.subarray((50 * 200 + x) * info.channels).subarray(0, 3)];
    const [leftRed, , leftBlue] = pixel(20);
    const [rightRed, , rightBlue] = pixel(180);
    expect(rightRed! - leftRed!).toBeGreaterThan(100);
    expect(leftBlue! - rightBlue!).toBeGreaterThan(100);
  });

  it('do not take a fourth band of unknown meaning for transparency', async () => {
    const values = Uint8Array.from({ length: 200 * 100 * 4 }, (_, i) => (i % 4 === 3 ? 0 : (i >> 2) % 200));
    const { thumb, reason } = await renditionsOf(bandTiff(200, 100, values, 4));
    expect(reason).toBeUndefined();
    expect(await contrast(thumb!)).toBeGreaterThan(50);
  });

  const relief = (column: number) => 1200 + column / 10;
  it.each<[string, (column: number) => number, typeof Float32Array | typeof Int16Array, string | null]>([
    ['NoData of its own', (column) => (column < 120 ? -1e5 : relief(column)), Float32Array, '-100000'],
    ['NoData that nobody states', (column) => (column < 120 ? -9999 : relief(column)), Float32Array, null],
    ['the smallest float', (column) => (column < 120 ? -3.4028234663852886e38 : relief(column)), Float32Array, null],
    ['NaN', (column) => (column < 120 ? Number.NaN : relief(column)), Float32Array, null],
    ['NaN that is stated', (column) => (column < 120 ? Number.NaN : relief(column)), Float32Array, 'nan'],
    ['whole meters below the sea', (column) => (column < 120 ? -32768 : column - 160), Int16Array, null],
  ])('show the relief of an elevation model with %s', async (_, height, type, noData) => {
    const values = new type(20_000);
    for (let i = 0; i < values.length; i++) values[i] = height(i % 200);
    const { preview, reason } = await renditionsOf(bandTiff(200, 100, values, 1, noData ?? undefined));
    expect(reason).toBeUndefined();
    const measured = await sharp(preview!.bytes).extract({ left: 125, top: 0, width: 70, height: 100 }).toBuffer();
    expect(await contrast({ bytes: measured })).toBeGreaterThan(40);
    const blank = await sharp(preview!.bytes).extract({ left: 10, top: 0, width: 100, height: 100 }).toBuffer();
    expect((await sharp(blank).stats()).channels[0]!.mean).toBeGreaterThan(250);
  });

  it('of a raw file show its largest embedded preview that decodes, upright', async () => {
    const raw = dng(
      await picture(160, 120),
      await sharp(await picture(800, 600))
        .jpeg()
        .toBuffer(),
      6,
    );
    const { preview, reason } = await makeRenditions({ bytes: raw }, 'image/x-adobe-dng', both);
    expect(reason).toBeUndefined();
    expect([preview?.width, preview?.height]).toEqual([600, 800]);
    const none = await makeRenditions({ bytes: raw.subarray(0, 900) }, 'image/x-adobe-dng', both);
    expect(none).toEqual({ reason: { code: 'unreadable', text: expect.stringContaining('no embedded preview') } });
  });

  it('of a picture that ends early show as far as it goes', async () => {
    const whole = await picture(1600, 1200);
    expect((await renditionsOf(whole.subarray(0, whole.length / 2))).thumb?.width).toBe(320);
  });
});

describe('Renditions of hostile or unfit files give a reason and no picture', () => {
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
  );
  it.each<[string, string, () => Uint8Array, string]>([
    ['a flat PNG of 289 megapixels', 'too_large', () => flatPng(17_000, 17_000), 'image/png'],
    ['an interlaced PNG of 48 megapixels', 'too_large', () => flatPng(8000, 6000, { interlaced: true }), 'image/png'],
    ['a GIF that claims to be a JPEG', 'unsupported', () => gif, 'image/jpeg'],
    ['an SVG that claims to be a JPEG', 'unsupported', () => svg, 'image/jpeg'],
    ['an SVG that claims to be a TIFF', 'unsupported', () => svg, 'image/tiff'],
    ['an empty file', 'unreadable', () => new Uint8Array(0), 'image/jpeg'],
    ['a JPEG of four octets', 'unreadable', () => Buffer.from('ffd8ffe1', 'hex'), 'image/jpeg'],
    ['text', 'no_picture_type', () => Buffer.from('hello'), 'text/plain'],
    ['a video without a file', 'no_decoder', () => Buffer.from('hello'), 'video/mp4'],
  ])('for %s: %s', async (_, code, bytes, mime) => {
    expect(await renditionsOf(bytes(), mime)).toEqual({
      reason: { code, text: expect.stringMatching(/^[ -~]{10,100}$/) },
    });
  });

  it('which calls nothing damaged that is not', async () => {
    const strange = bandTiff(200, 100, new Uint8Array(20_000), 1);
    strange.writeUInt16LE(34_712, 8 + 2 + 3 * 12 + 8); // compressed as JPEG 2000
    const empty = bandTiff(200, 100, new Float32Array(20_000).fill(Number.NaN));
    const wide = bandTiff(200, 100, new Float64Array(20_000));
    for (const octets of [strange, empty, wide]) {
      const { reason, thumb } = await renditionsOf(octets);
      expect([thumb, reason?.code]).toEqual([undefined, 'unsupported']);
      expect(reason?.text).toMatch(/^[ -~]{10,100}$/);
    }
  });

  it('and what is damaged is called that', async () => {
    const avif = await sharp(await picture())
      .avif()
      .toBuffer();
    const webp = await sharp(await picture())
      .webp()
      .toBuffer();
    const cut = [Buffer.from('ffd8ffe1', 'hex'), avif.subarray(0, avif.length / 2), webp.subarray(0, webp.length / 2)];
    const tiff = bandTiff(200, 100, new Uint8Array(20_000), 1).subarray(0, 40);
    for (const octets of [...cut, tiff])
      expect((await renditionsOf(octets)).reason).toEqual({ code: 'unreadable', text: 'the picture is damaged' });
  });

  it('and little memory for a color profile that inflates to 400 MB', async () => {
    const bomb = flatPng(100, 100, { profileBytes: 400_000_000 });
    const before = process.memoryUsage().rss;
    await renditionsOf(bomb);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('for a file that is gone', async () => {
    const gone = await makeRenditions({ path: '/nonexistent/a.jpg' }, 'image/jpeg', both);
    expect(gone).toEqual({ reason: { code: 'unreadable', text: expect.stringContaining('could not be read') } });
  });
});

describe('Rendering from the preview of a client', () => {
  it('gives both sizes', async () => {
    const { thumb, preview } = await renderFromPreview(await picture(1600, 1200));
    expect([thumb?.width, preview?.width]).toEqual([320, 1600]);
  });

  it.each<[string, string, () => Uint8Array | Promise<Uint8Array>]>([
    ['what is no picture', 'unsupported', () => Buffer.from('#!/bin/sh')],
    ['a raw file that ends after its header', 'unreadable', () => Buffer.from('II*\0\x08\0\0\0')],
    ['more pixels than a preview has', 'too_large', () => flatPng(5000, 4000)],
    [
      'more octets than a preview has',
      'too_large',
      async () => Buffer.concat([await picture(), Buffer.alloc(9_000_000)]),
    ],
  ])('refuses %s: %s', async (_, code, bytes) => {
    const { thumb, preview, reason } = await renderFromPreview(await bytes());
    expect([thumb, preview, reason?.code]).toEqual([undefined, undefined, code]);
  });
});

(folder ? describe : describe.skip)('Renditions of real drone photos', () => {
  const each = photos.length > 0 ? photos.map(({ name, path }) => [name, path]) : [['every photo', '']];
  it.each(each)('show %s', async (_, path) => {
    const { thumb, preview } = await makeRenditions({ path }, sniffMime(readFileSync(path!), path!), both);
    expect(Math.max(thumb!.width, thumb!.height)).toBe(320);
    expect(thumb!.bytes.length).toBeLessThanOrEqual(thumbBytesMax);
    expect(Math.max(preview!.width, preview!.height)).toBeLessThanOrEqual(1600);
    expect(await contrast(thumb!)).toBeGreaterThan(10);
  });
});

(ffmpegIsHere ? describe : describe.skip)('A frame of a video', () => {
  let scratch: string;
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'aerie-frame-'));
  });
  afterEach(() => rm(scratch, { recursive: true }));

  (folder ? it : it.skip).each(['video/gopro-karma/karma.mp4', 'video/with-gps.mp4'])(
    'is taken from %s',
    async (name) => {
      const { thumb } = await makeRenditions({ path: join(folder!, name) }, 'video/mp4', both);
      expect([thumb?.width, thumb?.height]).toEqual([320, 180]);
      expect(await contrast(thumb!)).toBeGreaterThan(10);
    },
  );

  it('is not taken from a list that names other files, whatever it is called', async () => {
    const clip = join(scratch, 'clip.mp4');
    execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc=duration=1:size=64x64', clip]);
    expect((await makeRenditions({ path: clip }, 'video/mp4', both)).thumb?.width).toBe(64);
    const list = join(scratch, 'list.mp4');
    await writeFile(list, 'ffconcat version 1.0\nfile clip.mp4\n');
    expect(await makeRenditions({ path: list }, 'video/mp4', both)).toEqual({
      reason: { code: 'unreadable', text: 'ffmpeg could not read this video' },
    });
  });

  it('may be missing: the reason says that ffmpeg is not on the path', async () => {
    const path = process.env.PATH;
    process.env.PATH = scratch;
    const { reason } = await makeRenditions({ path: basename(scratch) }, 'video/mp4', both);
    process.env.PATH = path;
    expect(reason).toEqual({ code: 'no_decoder', text: 'ffmpeg is not on the path' });
  });
});
