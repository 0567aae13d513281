import { CaptureFacts } from '@aerie/protocol';
import fc from 'fast-check';
import sharp from 'sharp';
import {
  box,
  exifBlock,
  exifSegment,
  goodPosition,
  jpegOf,
  movie,
  mvhd,
  pngOf,
  quickTimeMeta,
  tags,
  xmpPacket,
  xmpSegment,
  type Directory,
} from '../../../../test/support/camera-files.js';
import { readCaptureFacts } from './capture-facts.js';
import { sniffMime } from './sniff-mime.js';

const factsOf = (octets: Uint8Array, mime = sniffMime(octets, '')) =>
  readCaptureFacts(async (start, end) => octets.subarray(start, end), octets.length, mime);
const factsOfExif = (parts: { ifd0?: Directory; exif?: Directory; gps?: Directory }, ...xmp: string[]) =>
  factsOf(jpegOf(exifSegment(exifBlock(parts)), ...xmp.map(xmpSegment)));

const zeros = '0000:00:00 00:00:00';
const blanks = '    :  :     :  :  ';
const good = '2024:06:01 10:00:00';
const at = '2024-06-01T10:00:00';

describe('The time of capture is the first real one that the file states', () => {
  it.each([zeros, blanks, '2024:13:01 10:00:00', '2024:06:01'])('passing over %j to the next field', async (broken) => {
    const exif = { [tags.dateTimeOriginal]: broken, [tags.dateTimeDigitized]: good };
    expect(await factsOfExif({ exif })).toMatchObject({
      capturedAt: at,
      capturedAtRaw: good,
      capturedAtField: 'exif:DateTimeDigitized',
    });
  });

  it('passing over EXIF to XMP', async () => {
    const facts = await factsOfExif(
      { exif: { [tags.dateTimeOriginal]: zeros } },
      'xmp:CreateDate="2024-06-01T10:00:00"',
    );
    expect(facts).toMatchObject({ capturedAt: at, capturedAtField: 'xmp:CreateDate' });
  });

  it('and DateTime, the time of the last change, only where there is no other, named as such', async () => {
    const ifd0 = { [tags.dateTime]: '2025:01:02 03:04:05' };
    expect(await factsOfExif({ ifd0, exif: { [tags.offsetTime]: '+01:00' } })).toEqual({
      capturedAt: '2025-01-02T03:04:05',
      capturedAtRaw: '2025:01:02 03:04:05',
      capturedAtField: 'exif:DateTime',
      offsetTime: '+01:00',
    });
    expect(await factsOfExif({ ifd0, exif: { [tags.dateTimeDigitized]: good } })).toMatchObject({ capturedAt: at });
    expect(await factsOfExif({ ifd0 }, 'xmp:CreateDate="2024-06-01T10:00:00"')).toMatchObject({ capturedAt: at });
  });

  it.each([
    ['2024:06:01 10:00', undefined],
    ['2024:06:01 10:00:00.25', undefined],
    ['2024-06-01T10:00+02:00', '+02:00'],
    ['2024-06-01T10:00:00+0200', '+02:00'],
    ['2024/06/01 10:00:00Z', 'Z'],
  ])('seconds or none: %s', async (stated, offsetTime) => {
    expect(await factsOfExif({ exif: { [tags.dateTimeOriginal]: stated } })).toEqual({
      capturedAt: at,
      capturedAtRaw: stated,
      capturedAtField: 'exif:DateTimeOriginal',
      ...(offsetTime && { offsetTime }),
    });
  });

  it('an offset of blanks is none', async () => {
    const exif = { [tags.dateTimeOriginal]: good, [tags.offsetTimeOriginal]: '   :  ' };
    expect((await factsOfExif({ exif })).offsetTime).toBeUndefined();
  });

  it('the text stays where no field has a real time', async () => {
    const exif = { [tags.dateTimeOriginal]: zeros, [tags.dateTimeDigitized]: blanks };
    expect(await factsOfExif({ exif })).toEqual({ capturedAtRaw: zeros, capturedAtField: 'exif:DateTimeOriginal' });
  });
});

type Pairs = [number, number][];
const degrees = (...parts: Pairs) => ({ gps: { ...goodPosition, [tags.latitude]: parts } });

describe('A position is right or absent, and its text is kept', () => {
  it.each<[string, Pairs, number, string]>([
    [
      'a signed degree',
      [
        [-47, 1],
        [30, 1],
        [125, 10],
      ],
      -(47 + 30 / 60 + 12.5 / 3600),
      '-47 30 12.5',
    ],
    [
      'three signed numbers',
      [
        [-47, 1],
        [-30, 1],
        [-125, 10],
      ],
      -(47 + 30 / 60 + 12.5 / 3600),
      '-47 -30 -12.5',
    ],
    [
      'signed minutes below one degree',
      [
        [0, 1],
        [-30, 1],
        [0, 1],
      ],
      -0.5,
      '0 -30 0',
    ],
    [
      '60 seconds',
      [
        [47, 1],
        [29, 1],
        [60, 1],
      ],
      47.5,
      '47 29 60',
    ],
    [
      '60 minutes',
      [
        [47, 1],
        [60, 1],
        [0, 1],
      ],
      48,
      '47 60 0',
    ],
    [
      'seconds of 0/0',
      [
        [47, 1],
        [30, 1],
        [0, 0],
      ],
      47.5,
      '47 30 0/0',
    ],
    [
      'minutes and seconds of 0/0',
      [
        [47, 1],
        [0, 0],
        [0, 0],
      ],
      47,
      '47 0/0 0/0',
    ],
    ['decimal degrees', [[475, 10]], 47.5, '47.5'],
  ])('with %s', async (_, parts, latitude, raw) => {
    const facts = await factsOfExif(degrees(...parts));
    expect(facts.position).toEqual({ latitude: expect.closeTo(latitude, 9), longitude: 8.25 });
    expect(facts.positionRaw).toMatchObject({ source: 'exif', latitude: raw, latitudeRef: 'N' });
  });

  it.each<[string, Pairs, string]>([
    [
      'degrees of 0/0',
      [
        [0, 0],
        [30, 1],
        [0, 1],
      ],
      '0/0 30 0',
    ],
    [
      'seconds without minutes',
      [
        [47, 1],
        [0, 0],
        [30, 1],
      ],
      '47 0/0 30',
    ],
    [
      '61 seconds',
      [
        [47, 1],
        [30, 1],
        [61, 1],
      ],
      '47 30 61',
    ],
    [
      'a sign in the middle',
      [
        [47, 1],
        [-30, 1],
        [0, 1],
      ],
      '47 -30 0',
    ],
  ])('absent for %s', async (_, parts, raw) => {
    const facts = await factsOfExif(degrees(...parts));
    expect(facts.position).toBeUndefined();
    expect(facts.positionRaw?.latitude).toBe(raw);
  });

  it('absent for a sign and a letter of the south, which may mean either', async () => {
    const gps = { ...degrees([-47, 1], [30, 1], [0, 1]).gps, [tags.latitudeRef]: 'S' };
    expect((await factsOfExif({ gps })).position).toBeUndefined();
  });

  it('signed heights, too; one of 0/0 is none', async () => {
    const below = await factsOfExif({ gps: { ...goodPosition, [tags.altitude]: [[-294, 10]] } });
    expect(below.position?.altitude).toBe(-29.4);
    const none = await factsOfExif({ gps: { ...goodPosition, [tags.altitude]: [[0, 0]] } });
    expect(none.position).toEqual({ latitude: 47.5, longitude: 8.25 });
    expect(none.positionRaw?.altitude).toBe('0/0');
  });

  it.each([
    ['exif:GPSLatitude="47,30.2083N" exif:GPSLongitude="8,15.5W"', 47 + 30.2083 / 60, -(8 + 15.5 / 60)],
    ['exif:GPSLatitude="47,30,12S" exif:GPSLongitude="8,15,30E"', -(47 + 30.2 / 60), 8 + 15.5 / 60],
  ])('stated in XMP alone: %s', async (xmp, latitude, longitude) => {
    const facts = await factsOf(jpegOf(xmpSegment(`${xmp} exif:GPSAltitude="294/10" exif:GPSAltitudeRef="1"`)));
    expect(facts.position).toEqual({
      latitude: expect.closeTo(latitude, 9),
      longitude: expect.closeTo(longitude, 9),
      altitude: -29.4,
    });
    expect(facts.positionRaw).toMatchObject({ source: 'xmp', altitude: '294/10' });
  });
});

const whole = {
  ifd0: { [tags.make]: 'Aerie Works' },
  exif: { [tags.dateTimeOriginal]: good },
  gps: goodPosition,
};
const stated = { capturedAt: at, position: { latitude: 47.5, longitude: 8.25 }, camera: { make: 'Aerie Works' } };

describe('Capture facts are read', () => {
  it('from the second EXIF block where the first is broken', async () => {
    const [block, wrong] = [exifBlock(whole), exifBlock(whole)];
    wrong.writeUInt32LE(0xfffffff0, 4);
    for (const first of [Buffer.from('garbage'), wrong, block.subarray(0, 60)])
      expect(await factsOf(jpegOf(exifSegment(first), exifSegment(block)))).toMatchObject(stated);
  });

  it.each(['png', 'webp', 'avif'] as const)('from %s', async (format) => {
    const octets = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#357' } })
      .toFormat(format)
      .withExif({
        IFD0: { Make: 'Aerie Works' },
        IFD2: { DateTimeOriginal: good },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '47/1 30/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '8/1 15/1 0/1' },
      })
      .toBuffer();
    expect(await factsOf(octets)).toMatchObject(stated);
    if (format !== 'avif') return;
    // HEIC is the same container with another decoder.
    octets.write('heic', octets.indexOf('avif'), 'latin1');
    expect(sniffMime(octets, '')).toBe('image/heic');
    expect(await factsOf(octets)).toMatchObject(stated);
  });

  it('from PNG after its picture, and from the XMP of PNG and WebP', async () => {
    const xmp = xmpPacket('xmp:CreateDate="2024-06-01T10:00:00"');
    const text = Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${xmp}`);
    const pictures = Array.from({ length: 500 }, (): [string, Buffer] => ['IDAT', Buffer.alloc(8192)]);
    expect(await factsOf(pngOf(...pictures, ['eXIf', exifBlock(whole)], ['IEND', Buffer.alloc(0)]))).toMatchObject(
      stated,
    );
    expect(await factsOf(pngOf(['iTXt', text]))).toMatchObject({ capturedAt: at, capturedAtField: 'xmp:CreateDate' });
    const webp = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#357' } })
      .webp()
      .withXmp(xmp)
      .toBuffer();
    expect(await factsOf(webp)).toMatchObject({ capturedAt: at });
  });

  it.each([0, 1] as const)('from the movie header of version %i, in UTC', async (version) => {
    expect(await factsOf(movie('isom', mvhd(new Date('2024-06-01T10:00:00Z'), version)))).toEqual({
      capturedAt: at,
      capturedAtRaw: '2024-06-01T10:00:00Z',
      capturedAtField: 'mvhd',
      offsetTime: 'Z',
    });
  });

  it.each([0, 1_000_000_000])('but not where a movie header counts %i seconds from 1904', async (seconds) => {
    expect((await factsOf(movie('isom', mvhd(seconds)))).capturedAt).toBeUndefined();
  });

  it.each([true, false])('from the creation date of QuickTime first (full box: %s)', async (isFullBox) => {
    const meta = quickTimeMeta('com.apple.quicktime.creationdate', '2024-06-01T10:00:00+0200', isFullBox);
    for (const place of [meta, box('udta', meta)])
      expect(await factsOf(movie('qt  ', mvhd(new Date('2024-06-03T00:00:00Z')), place))).toEqual({
        capturedAt: at,
        capturedAtRaw: '2024-06-01T10:00:00+0200',
        capturedAtField: 'quicktime:creationdate',
        offsetTime: '+02:00',
      });
  });
});

describe('Any octets at all', () => {
  const kinds: [string, Buffer][] = [
    [
      'image/jpeg',
      jpegOf(exifSegment(exifBlock(whole)), xmpSegment('exif:GPSLatitude="47,30N" exif:GPSLongitude="8,1E"')),
    ],
    ['image/tiff', exifBlock(whole)],
    ['image/png', pngOf(['eXIf', exifBlock(whole)])],
    ['image/webp', Buffer.concat([Buffer.from('RIFF\0\x10\0\0WEBPEXIF\xff\0\0\0', 'latin1'), exifBlock(whole)])],
    [
      'image/heic',
      Buffer.concat([box('ftyp', Buffer.from('heic')), box('meta', Buffer.alloc(4), box('iinf'), box('iloc'))]),
    ],
    ['video/mp4', movie('isom', mvhd(3e9), quickTimeMeta('com.apple.quicktime.creationdate', 'x'))],
  ];

  it.each(kinds)('of %s are valid facts or none, within 1 MiB of reading', async (mime, seed) => {
    const alteration = fc.tuple(fc.nat(seed.length - 1), fc.nat(255));
    const altered = fc.array(alteration, { maxLength: 12 }).map((changes) => {
      const octets = Uint8Array.from(seed);
      for (const [index, value] of changes) octets[index] = value;
      return octets;
    });
    const cut = fc.tuple(altered, fc.nat(seed.length)).map(([octets, length]) => octets.subarray(0, length));
    const anything = fc.oneof(fc.uint8Array({ maxLength: 400 }), altered, cut);
    await fc.assert(
      fc.asyncProperty(anything, async (octets) => {
        let readBytes = 0;
        const read = async (start: number, end: number) => {
          readBytes += end - start;
          return octets.subarray(start, end);
        };
        CaptureFacts.parse(await readCaptureFacts(read, octets.length, mime));
        expect(readBytes).toBeLessThanOrEqual(1024 * 1024);
      }),
      { numRuns: 400 },
    );
  });

  it.each(kinds.map(([mime]) => mime))('of a 160 GB file of %s cost no more than 1 MiB', async (mime) => {
    for (const filler of [0, 1, 0xff]) {
      let readBytes = 0;
      const read = async (start: number, end: number) => {
        readBytes += end - start;
        return new Uint8Array(end - start).fill(filler);
      };
      expect(await readCaptureFacts(read, 160e9, mime)).toEqual({});
      expect(readBytes).toBeLessThanOrEqual(1024 * 1024);
    }
  });
});
