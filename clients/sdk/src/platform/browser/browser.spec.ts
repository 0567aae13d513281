import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fromBase64 } from '@aerie/protocol';
import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { hasBrowser, launchBrowser, serveBundle, type ServedBundle } from '../../../../../test/support/browser.js';
import { contrast, dng, flatPng, meanOfDifference, picture } from '../../../../../test/support/pictures.js';
import { sha256OfFile } from '../../../../../test/support/people.js';
import { sampleFolder, samplesIn } from '../../../../../test/support/samples.js';
import type { ask, chosen } from '../../../../../test/support/pages/sdk.page.js';
import { openFileSource } from '../node/file-source.js';
import { makeRenditions } from '../node/renditions.js';
import { readCaptureFacts } from '../../metadata/capture-facts.js';
import type { NoPicture } from '../../uploads/ingest-item.js';

const thumbBytesMax = 60 * 1024;
const folder = sampleFolder();
const photos = folder ? samplesIn(folder).filter(({ name }) => /\.jpe?g$/i.test(name)) : [];

interface InPage {
  ask: typeof ask;
  chosen: typeof chosen;
}
interface Made {
  thumb?: Uint8Array;
  preview?: Uint8Array;
  reason?: NoPicture;
}

(hasBrowser() ? describe : describe.skip)('In a worker of Chromium', () => {
  let scratch: string;
  let bundle: ServedBundle;
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'aerie-picked-'));
    const pages = 'test/support/pages';
    bundle = await serveBundle({ page: `${pages}/sdk.page.ts`, worker: `${pages}/sdk.worker.ts` });
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(bundle.url);
    await page.evaluate(async (module) => {
      Object.assign(globalThis, await import(module));
    }, '/page.js');
  });
  afterAll(async () => {
    await browser?.close();
    await bundle?.stop();
    rmSync(scratch, { recursive: true });
  });

  const pick = (path: string) => page.setInputFiles('input', path);
  const write = (name: string, octets: Uint8Array): string => {
    writeFileSync(join(scratch, name), octets);
    return join(scratch, name);
  };
  const picturesOf = async (path: string): Promise<Made> => {
    await pick(path);
    const made = await page.evaluate(async () => {
      const { ask, chosen } = globalThis as unknown as InPage;
      const { thumb, preview, reason } = await ask<Made>('pictures', chosen()[0]);
      const printed = (octets?: Uint8Array) =>
        octets && btoa(Array.from(octets, (o) => String.fromCharCode(o)).join(''));
      return { thumb: printed(thumb), preview: printed(preview), reason };
    });
    const parsed = (text?: string) => (text === undefined ? undefined : fromBase64(text));
    return { thumb: parsed(made.thumb), preview: parsed(made.preview), reason: made.reason };
  };
  const sizeOf = async (octets?: Uint8Array) => {
    const { width, height } = await sharp(octets).metadata();
    return [width, height];
  };

  describe('pictures', () => {
    it('are a thumb of 320 px and a preview of 1600 px, never larger than the picture', async () => {
      const { thumb, preview, reason } = await picturesOf(write('large.jpg', await picture(3200, 2400)));
      expect([await sizeOf(thumb), await sizeOf(preview), reason]).toEqual([[320, 240], [1600, 1200], undefined]);
      const tiny = await picturesOf(write('tiny.jpg', await picture(40, 80)));
      expect([await sizeOf(tiny.thumb), await sizeOf(tiny.preview)]).toEqual([
        [40, 80],
        [40, 80],
      ]);
    });

    it.each([1, 2, 3, 4, 5, 6, 7, 8])(
      'stand upright for orientation %i, stated by the picture, by a raw file, or by both',
      async (n) => {
        const stated = await picture(400, 300, n);
        const expected = await sharp(stated).autoOrient().png().toBuffer();
        const { preview } = await picturesOf(write(`turned-${n}.jpg`, stated));
        expect(await meanOfDifference(preview!, expected)).toBeLessThan(3);
        const silent = await sharp(await picture(400, 300))
          .jpeg({ quality: 95 })
          .toBuffer();
        const raw = await picturesOf(write(`turned-${n}.dng`, dng(await picture(160, 120), silent, n)));
        expect(await meanOfDifference(raw.preview!, expected)).toBeLessThan(3);
        const twice = await picturesOf(write(`twice-${n}.dng`, dng(await picture(160, 120), stated, n)));
        expect(await meanOfDifference(twice.preview!, expected)).toBeLessThan(3);
      },
    );

    it('carry no metadata of the original', async () => {
      const { thumb, preview } = await picturesOf(write('canary.jpg', await picture()));
      for (const octets of [thumb!, preview!]) {
        const { format, exif, xmp, iptc } = await sharp(octets).metadata();
        expect([format, exif, xmp, iptc]).toEqual(['jpeg', undefined, undefined, undefined]);
        expect(Buffer.from(octets).includes('CANARY')).toBe(false);
      }
    });

    it('of a picture that ends early show as far as it goes', async () => {
      const whole = await picture(1600, 1200);
      const { thumb } = await picturesOf(write('cut.jpg', whole.subarray(0, whole.length / 2)));
      expect(await sizeOf(thumb)).toEqual([320, 240]);
    });

    it('keep a thumb of pure noise within the size of a small blob', async () => {
      const noise = { type: 'gaussian' as const, mean: 128, sigma: 90 };
      const create = { width: 320, height: 320, channels: 3 as const, background: '#000', noise };
      const { thumb } = await picturesOf(write('noise.png', await sharp({ create }).png().toBuffer()));
      expect(thumb!.length).toBeLessThanOrEqual(thumbBytesMax);
      expect(thumb!.length).toBeGreaterThan(10_000);
    });

    it.each(['png', 'webp', 'avif'] as const)('are made of %s, on white', async (format) => {
      const clear = { width: 400, height: 300, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } };
      const octets = await sharp({ create: clear }).toFormat(format).toBuffer();
      const { thumb } = await picturesOf(write(`clear.${format}`, octets));
      expect((await sharp(thumb).stats()).channels.map(({ min }) => min)).toEqual([255, 255, 255]);
    });

    it.each<[string, () => Uint8Array | Promise<Uint8Array>, NoPicture['code'], string]>([
      ['a flat PNG of 289 megapixels', () => flatPng(17_000, 17_000), 'too_large', 'more pixels than are decoded'],
      [
        'an interlaced PNG of 48 megapixels',
        () => flatPng(8000, 6000, { interlaced: true }),
        'too_large',
        'interlaced',
      ],
      [
        'a GIF',
        () => Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
        'no_picture_type',
        'image/gif',
      ],
      ['a JPEG of four octets', () => Buffer.from('ffd8ffe1', 'hex'), 'unreadable', 'damaged'],
      ['text', () => Buffer.from('hello'), 'no_picture_type', 'no pictures are made of'],
      [
        'a TIFF',
        async () =>
          sharp(await picture())
            .tiff()
            .toBuffer(),
        'no_decoder',
        'does not decode TIFF',
      ],
      ['a TIFF of a newer kind', () => Buffer.from('II+\0\x08\0\0\0'), 'no_decoder', 'does not decode TIFF'],
      [
        'a lossless JPEG, which is not damaged',
        () => Buffer.from('ffd8ffc3000b080040004001011100ffda0008010100010000', 'hex'),
        'unsupported',
        'cannot be decoded here',
      ],
      ['a raw file without a preview', () => Buffer.from('II*\0\x08\0\0\0'), 'unreadable', 'no embedded preview'],
      ['a video that is none', () => Buffer.from('\0\0\0\x18ftypisom'), 'no_decoder', 'cannot play this video'],
    ])('are not made of %s, and code and text say why', async (what, make, code, text) => {
      const name = /raw/.test(what) ? 'unfit.dng' : /newer/.test(what) ? 'unfit.tif' : 'unfit';
      expect(await picturesOf(write(name, await make()))).toEqual({
        reason: { code, text: expect.stringContaining(text) },
      });
    });

    (folder ? it : it.skip).each(
      photos.length > 0 ? photos.map(({ name, path }) => [name, path]) : [['every photo', '']],
    )('show %s as on Node', async (_, path) => {
      const [here, there] = [
        await picturesOf(path),
        await makeRenditions({ path }, 'image/jpeg', { thumb: true, preview: true }),
      ];
      expect(here.reason).toBeUndefined();
      expect(await sizeOf(here.preview)).toEqual([there.preview!.width, there.preview!.height]);
      expect(here.thumb!.length).toBeLessThanOrEqual(thumbBytesMax);
      expect(await contrast({ bytes: here.thumb! })).toBeGreaterThan(10);
      expect(await meanOfDifference(here.thumb!, there.thumb!.bytes)).toBeLessThan(12);
    });

    (folder ? it : it.skip).each(['video/gopro-karma/karma.mp4', 'video/with-gps.mp4'])(
      'show a frame of %s',
      async (name) => {
        const { thumb, preview, reason } = await picturesOf(join(folder!, name));
        expect(reason).toBeUndefined();
        expect(Math.max(...((await sizeOf(thumb)) as number[]))).toBe(320);
        expect(Math.max(...((await sizeOf(preview)) as number[]))).toBeLessThanOrEqual(1600);
        expect(await contrast({ bytes: thumb! })).toBeGreaterThan(10);
      },
    );
  });

  describe('a picked file', () => {
    (folder ? it : it.skip)('has the digest and the facts that it has on Node', async () => {
      const path = photos[0]!.path;
      await pick(path);
      const item = await page.evaluate(() => {
        const { ask, chosen } = globalThis as unknown as InPage;
        return ask<Record<string, unknown>>('facts', chosen()[0]);
      });
      const source = await openFileSource(path);
      const facts = await readCaptureFacts((start, end) => source.read(start, end), source.bytes, 'image/jpeg');
      await source.close();
      expect(facts.capturedAt).toBeDefined();
      expect(item).toMatchObject({ mime: 'image/jpeg', name: basename(path), path: `card/${basename(path)}`, facts });
      expect(Buffer.from(item.sha256 as number[]).toString('hex')).toBe(await sha256OfFile(path));
      expect(item.resumeKey).toBe([item.path, source.bytes, source.modifiedAt.getTime()].join('\0'));
    });

    it('has the digest of all of it, however many reads that takes', async () => {
      const path = write('large.bin', randomBytes(9_000_001));
      await pick(path);
      const { sha256 } = await page.evaluate(() => {
        const { ask, chosen } = globalThis as unknown as InPage;
        return ask<{ sha256: number[] }>('facts', chosen()[0]);
      });
      expect(Buffer.from(sha256).toString('hex')).toBe(await sha256OfFile(path));
    });

    const outcome = async (change: (path: string) => void): Promise<{ read: string; unchanged: string }> => {
      const path = write('changing.bin', Buffer.alloc(1000, 7));
      await pick(path);
      await page.evaluate(() => {
        const { ask, chosen } = globalThis as unknown as InPage;
        return ask<string>('openFile', chosen()[0]);
      });
      change(path);
      return page.evaluate(() =>
        (globalThis as unknown as InPage).ask<{ read: string; unchanged: string }>('useOpened'),
      );
    };

    it('that stays as it is reads fine', async () => {
      expect(await outcome(() => {})).toEqual({ read: 'fine', unchanged: 'fine' });
    });

    it('that changes is not read on, and the reason is in words', async () => {
      const words = expect.stringMatching(/^FileUnreadable: .* changed, .* Nothing of it was stored/);
      expect(await outcome((path) => appendFileSync(path, 'more'))).toEqual({ read: words, unchanged: words });
    });

    it('of a handle is asked for again: it has changed where size or time have', async () => {
      const found = await page.evaluate(() => (globalThis as unknown as InPage).ask('handle'));
      const after = expect.stringMatching(/^FileChanged: The file changed/);
      expect(found).toEqual({ name: 'handle.txt', bytes: 6, before: 'fine', after });
    });

    it('that is removed has vanished', async () => {
      const words = expect.stringMatching(/^FileVanished: The file is gone/);
      expect(await outcome((path) => rmSync(path))).toEqual({ read: words, unchanged: words });
    });
  });
});
