import { readFileSync } from 'node:fs';
import { CaptureFacts } from '@aerie/protocol';
import exifr from 'exifr';
import sharp, { type Exif } from 'sharp';
import { sampleFolder, samplesIn } from '../../../../test/support/samples.js';
import { readCaptureFacts } from './capture-facts.js';
import { sniffMime } from './sniff-mime.js';

const folder = sampleFolder();
const photos = folder ? samplesIn(folder).filter(({ name }) => /\.(jpe?g|tiff?)$/i.test(name)) : [];

const factsOf = (octets: Uint8Array, mime = sniffMime(octets, '')) =>
  readCaptureFacts(async (start, end) => octets.subarray(start, end), octets.length, mime);
const factsOfSample = (name: string) => factsOf(readFileSync(`${folder}/${name}`));

const gps = {
  GPSLatitudeRef: 'S',
  GPSLatitude: '20/1 26/1 2610/100',
  GPSLongitudeRef: 'E',
  GPSLongitude: '57/1 19/1 787/100',
  GPSAltitude: '294/10',
};
const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: '#357' } });
/** A photo with EXIF written by libexif, which shares no code with ours. */
const photo = (exif: Exif = {}) =>
  picture()
    .jpeg()
    .withExif({
      IFD0: { Make: 'Aerie Works', Model: 'Falcon 1', Software: 'v1.2', ...exif.IFD0 },
      IFD2: { DateTimeOriginal: '2024:02:29 23:59:58', OffsetTimeOriginal: '+04:00', ...exif.IFD2 },
      IFD3: { ...gps, ...exif.IFD3 },
    })
    .toBuffer();
const photoWithXmp = (properties: string) =>
  picture()
    .jpeg()
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description\n ${properties}</rdf:RDF></x:xmpmeta>`)
    .toBuffer();

describe('Capture facts say what the file states', () => {
  it('of time, position and camera', async () => {
    expect(await factsOf(await photo())).toEqual({
      capturedAt: '2024-02-29T23:59:58',
      capturedAtRaw: '2024:02:29 23:59:58',
      capturedAtField: 'exif:DateTimeOriginal',
      offsetTime: '+04:00',
      position: { latitude: -(20 + 26 / 60 + 26.1 / 3600), longitude: 57 + 19 / 60 + 7.87 / 3600, altitude: 29.4 },
      positionRaw: expect.objectContaining({ source: 'exif', latitude: '20 26 26.1', latitudeRef: 'S' }),
      camera: { make: 'Aerie Works', model: 'Falcon 1' },
      orientation: 1,
      software: 'v1.2',
    });
  });

  it('and nothing more: a bare picture states nothing', async () => {
    expect(await factsOf(await picture().jpeg().toBuffer())).toEqual({});
    expect(await factsOf(new Uint8Array(0), 'image/jpeg')).toEqual({});
    expect(await factsOf(await photo(), 'video/mp4')).toEqual({});
  });

  it.each(['2023:02:30 10:00:00', '0000:00:00 00:00:00', '2023:01:01', '2023:01:01 25:00:00'])(
    'keeping %s as text only, for it is no time',
    async (raw) => {
      const facts = await factsOf(await photo({ IFD2: { DateTimeOriginal: raw } }));
      expect(facts.capturedAt).toBeUndefined();
      expect(facts.capturedAtRaw).toBe(raw);
    },
  );

  it('in the words of the camera clock, whatever the zone of this machine', async () => {
    const zone = process.env.TZ;
    process.env.TZ = 'Asia/Tokyo';
    try {
      expect((await factsOf(await photo())).capturedAt).toBe('2024-02-29T23:59:58');
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it.each([
    ['0,0', { GPSLatitude: '0/1 0/1 0/1', GPSLongitude: '0/1 0/1 0/1' }],
    ['95 degrees north', { GPSLatitude: '95/1 0/1 0/1' }],
    ['61 minutes', { GPSLatitude: '20/1 61/1 0/1' }],
  ])('and no position for %s, which is kept as text', async (_, wrong) => {
    const facts = await factsOf(await photo({ IFD3: wrong }));
    expect(facts.position).toBeUndefined();
    expect(facts.positionRaw?.latitude).toBeDefined();
  });

  it('and no position where 0/0 stands for a number', async () => {
    const facts = await factsOf(await photo({ IFD3: { GPSLatitude: '0/0 0/0 0/0' } }));
    expect(facts.position).toBeUndefined();
    expect(facts.camera?.model).toBe('Falcon 1');
  });

  it('from XMP where EXIF has no position, with the raw text', async () => {
    const xmp =
      'drone-dji:GpsLatitude="+40.5637811" drone-dji:GpsLongtitude="-79.7649628" xmp:CreateDate="2021-05-28"/>';
    expect(await factsOf(await photoWithXmp(xmp))).toEqual({
      capturedAtRaw: '2021-05-28',
      capturedAtField: 'xmp:CreateDate',
      position: { latitude: 40.5637811, longitude: -79.7649628 },
      positionRaw: { source: 'xmp', latitude: '+40.5637811', longitude: '-79.7649628' },
    });
  });

  it('as XMP elements too, keeping leading zeros of a serial number', async () => {
    const xmp = '><drone-dji:CameraSerialNumber>00012</drone-dji:CameraSerialNumber></rdf:Description>';
    expect((await factsOf(await photoWithXmp(xmp))).camera).toEqual({ serial: '00012' });
  });
});

describe('Capture facts of hostile files', () => {
  it('drop uninitialized memory after a NUL, and control characters', async () => {
    const octets = await photo();
    octets.write('DJI\0\x1b[31mxx', octets.indexOf('Aerie Works'), 'latin1');
    octets.write('F\x1b]0;x\x07', octets.indexOf('Falcon 1'), 'latin1');
    expect((await factsOf(octets)).camera).toEqual({ make: 'DJI', model: 'F]0;x1' });
  });

  it('leave Object.prototype alone', async () => {
    await factsOf(await photoWithXmp('><__proto__:polluted>yes</__proto__:polluted></rdf:Description>'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('take no more than 1 MiB of a 160 GB file, wherever its directory is', async () => {
    const header = Buffer.from('49492a0000000000', 'hex');
    header.writeUInt32LE(0xfffffff0, 4);
    let readBytes = 0;
    const read = async (start: number, end: number) => {
      readBytes += end - start;
      const octets = Buffer.alloc(end - start, 1);
      if (start === 0) header.copy(octets);
      return octets;
    };
    expect(await readCaptureFacts(read, 160e9, 'image/tiff')).toEqual({});
    expect(await readCaptureFacts(read, 160e9, 'image/jpeg')).toEqual({});
    expect(readBytes).toBeGreaterThan(0);
    expect(readBytes).toBeLessThan(64 * 1024);
  });

  it('stop at the budget in a JPEG of nothing but metadata segments', async () => {
    let readBytes = 0;
    const read = async (start: number, end: number) => {
      readBytes += end - start;
      const octets = new Uint8Array(end - start);
      // APP1 of 65,536 octets, over and over.
      for (let i = 0; i < octets.length; i++) octets[i] = [0xff, 0xe1, 0xff, 0xfe][(start + i - 2) % 65_536] ?? 0;
      return octets;
    };
    expect(await readCaptureFacts(read, 160e9, 'image/jpeg')).toEqual({});
    expect(readBytes).toBeGreaterThan(512 * 1024);
    expect(readBytes).toBeLessThanOrEqual(1024 * 1024);
  });

  it('are valid facts, or none, for a photo cut or altered anywhere', async () => {
    const whole = await photo();
    const head = whole.subarray(0, 1500);
    for (let length = 0; length < head.length; length += 3) {
      CaptureFacts.parse(await factsOf(head.subarray(0, length), 'image/jpeg'));
    }
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    for (let round = 0; round < 1500; round++) {
      const altered = Uint8Array.from(head);
      for (let i = 0; i < 8; i++) altered[random(altered.length)] = random(256);
      CaptureFacts.parse(await factsOf(altered, 'image/jpeg'));
    }
  });

  it('pass on that the file itself cannot be read', async () => {
    const gone = new Error('gone');
    await expect(readCaptureFacts(() => Promise.reject(gone), 1000, 'image/jpeg')).rejects.toBe(gone);
  });
});

(folder ? describe : describe.skip)('Capture facts of real drone photos', () => {
  it('know the sphere signs, heights below the sea, and serial numbers', async () => {
    expect(await factsOfSample('tiff/DJI_P4M_FC6360_issue555_1.tif')).toMatchObject({
      capturedAt: '2021-07-22T10:18:45',
      position: { latitude: -20.4405845, longitude: expect.closeTo(57.318854, 6), altitude: 117.096 },
      camera: { make: 'DJI', model: 'FC6360', serial: 'cdd7347e50f5ebf9e7cd9a1f96a7dfbf' },
    });
    expect(await factsOfSample('rjpeg/DJI_XTS.jpg')).toMatchObject({
      position: { latitude: expect.closeTo(36.729694, 6), longitude: expect.closeTo(119.843342, 6), altitude: -29.4 },
      camera: { make: 'DJI', model: 'XT S', serial: '0190415185' },
    });
    expect(await factsOfSample('dji-jpeg/DJI_0061.JPG')).toMatchObject({
      capturedAt: '2015-10-16T13:23:16',
      position: { latitude: expect.closeTo(41.548596, 6), longitude: expect.closeTo(-83.698649, 6), altitude: 119.7 },
    });
  });

  it('leave a position unknown where the camera had no fix, or states none', async () => {
    const flir = await factsOfSample('rjpeg/FLIR_Vue_Pro_640.jpg');
    expect(flir.position).toBeUndefined();
    expect(flir.positionRaw).toMatchObject({ latitude: '0 0 0', latitudeRef: 'S' });
    const stripped = photos.filter(({ name }) => name.endsWith('_R.JPG'));
    expect(stripped.length).toBeGreaterThan(10);
    for (const { name } of stripped) expect((await factsOfSample(name)).position).toBeUndefined();
  });

  it('agree with exifr reading the whole file', async () => {
    expect(photos.length).toBeGreaterThan(25);
    for (const { path, name } of photos) {
      const facts = await factsOfSample(name);
      const whole = await exifr.parse(readFileSync(path), { reviveValues: false, translateValues: false, xmp: false });
      const hasFix = Boolean(whole.latitude || whole.longitude);
      expect([name, facts.camera?.make, facts.camera?.model]).toEqual([name, whole.Make, whole.Model]);
      expect([name, facts.capturedAtRaw]).toEqual([name, whole.DateTimeOriginal]);
      expect([name, facts.position?.latitude]).toEqual([name, hasFix ? whole.latitude : undefined]);
      expect([name, facts.position?.longitude]).toEqual([name, hasFix ? whole.longitude : undefined]);
    }
  });
});
