import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { flatPng } from '../../../../test/support/pictures.js';
import { sampleFolder, samplesIn } from '../../../../test/support/samples.js';
import { readPictureSize } from './picture-size.js';
import { sniffMime } from './sniff-mime.js';

const sizeOf = (octets: Uint8Array) => readPictureSize(octets, sniffMime(octets, ''));
const blank = (width: number, height: number, alpha = false) =>
  sharp({ create: { width, height, channels: alpha ? 4 : 3, background: { r: 10, g: 90, b: 200, alpha: 0.5 } } });

const folder = sampleFolder();
const photos = folder ? samplesIn(folder).filter(({ name }) => /\.(jpe?g|tiff?)$/i.test(name)) : [];

describe('The size of a picture', () => {
  it.each<[string, () => Promise<Buffer>, boolean]>([
    ['JPEG', () => blank(613, 407).jpeg().toBuffer(), false],
    ['progressive JPEG', () => blank(613, 407).jpeg({ progressive: true }).toBuffer(), true],
    [
      'JPEG with EXIF',
      () =>
        blank(613, 407)
          .withExif({ IFD0: { Make: 'x' } })
          .jpeg()
          .toBuffer(),
      false,
    ],
    ['PNG', () => blank(613, 407).png().toBuffer(), false],
    ['interlaced PNG', () => blank(613, 407).png({ progressive: true }).toBuffer(), true],
    ['lossy WebP', () => blank(613, 407).webp().toBuffer(), false],
    ['lossless WebP', () => blank(613, 407).webp({ lossless: true }).toBuffer(), false],
    [
      'WebP with alpha and EXIF',
      () =>
        blank(613, 407, true)
          .withExif({ IFD0: { Make: 'x' } })
          .webp()
          .toBuffer(),
      false,
    ],
    ['TIFF', () => blank(613, 407).tiff().toBuffer(), false],
    ['AVIF', () => blank(613, 407).avif().toBuffer(), false],
  ])('is read from the header of a %s', async (_, make, isProgressive) => {
    expect(await sizeOf(await make())).toEqual({ width: 613, height: 407, isProgressive });
  });

  it('is what is stated, whether or not there is so much of a picture', async () => {
    expect(await sizeOf(flatPng(17_000, 16_000))).toMatchObject({ width: 17_000, height: 16_000 });
  });

  it('is not stated by a file that ends in its header, or holds something else', async () => {
    const whole: Uint8Array[] = [];
    for (const format of ['jpeg', 'png', 'webp', 'tiff', 'avif'] as const)
      whole.push(await blank(64, 64).toFormat(format).toBuffer());
    for (const octets of whole) {
      for (const length of [12, 16, 20]) expect(await sizeOf(octets.subarray(0, length))).toBeUndefined();
    }
    expect(await sizeOf(Buffer.from('GIF89a'))).toBeUndefined();
    expect(await readPictureSize(new Uint8Array(0), 'image/jpeg')).toBeUndefined();
    expect(await readPictureSize(Buffer.alloc(4096, 0xff), 'image/jpeg')).toBeUndefined();
    expect(await readPictureSize(flatPng(0, 100), 'image/png')).toBeUndefined();
  });

  (folder ? it : it.skip).each(
    photos.length > 0 ? photos.map(({ name, path }) => [name, path]) : [['every photo', '']],
  )('is that of %s', async (_, path) => {
    const octets = readFileSync(path);
    const { width, height } = await sharp(octets, { failOn: 'none' }).metadata();
    expect(await sizeOf(octets)).toMatchObject({ width, height });
  });
});
