import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { segmentBytes } from '@aerie/protocol';
import { Aerie, foundOrganization, type IngestEvent, type IngestResult, type Keyring, type Media } from '@aerie/sdk';
import { hasBrowser, killBrowser, launchBrowser, serveBundle, type ServedBundle } from '../support/browser.js';
import type { ask, chosen } from '../support/pages/sdk.page.js';
import { sha256OfFile } from '../support/people.js';
import { sampleFolder, samplesIn } from '../support/samples.js';
import { startServer, type RunningServer } from '../support/server.js';

interface Ingested {
  results: IngestResult[];
  resumed: Extract<IngestEvent, { kind: 'resumed' }>[];
}

const folder = sampleFolder();
const card = folder
  ? samplesIn(folder).filter(({ name }) =>
      /^(dji-jpeg\/DJI_006[1-4]|rjpeg\/DJI_XT|video\/gopro-karma\/karma.mp4|tiff)/.test(name),
    )
  : [];
/** Eight parts or so. */
const filmBytes = 60_000_000;

(folder && hasBrowser() ? describe : describe.skip)('The SDK in a worker of a browser', () => {
  let scratch: string;
  let server: RunningServer;
  let bundle: ServedBundle;
  let browser: BrowserContext;
  let page: Page;
  let keyring: Keyring;
  let aerie: Aerie;
  let projectId: string;

  const openPage = async (): Promise<void> => {
    browser = await launchBrowser({ userDataDir: join(scratch, 'profile') });
    page = await browser.newPage();
    await page.goto(bundle.url);
    await page.evaluate(async (module) => {
      Object.assign(globalThis, await import(module));
    }, '/page.js');
    await page.evaluate((keys) => (globalThis as unknown as { ask: typeof ask }).ask('open', keys), keyring);
  };
  const ingest = async (paths: string[]): Promise<Ingested> => {
    await page.setInputFiles('input', paths);
    return page.evaluate((project) => {
      const here = globalThis as unknown as { ask: typeof ask; chosen: typeof chosen };
      return here.ask<Ingested>('ingest', here.chosen(), project);
    }, projectId);
  };
  const listed = async (): Promise<Map<string, Media>> => {
    const byName = new Map<string, Media>();
    for await (const media of aerie.media.list(projectId)) byName.set(media.name!, media);
    return byName;
  };

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'aerie-browser-'));
    server = await startServer();
    const names = { organization: 'Harbour Survey Ltd', memberName: 'Ada', deviceLabel: 'Browser' };
    ({ keyring } = await foundOrganization({ server: server.url, setupToken: server.setupToken, ...names }));
    aerie = await Aerie.open(keyring);
    ({ projectId } = await aerie.projects.create('Card'));
    const pages = 'test/support/pages';
    const entries = { page: `${pages}/sdk.page.ts`, worker: `${pages}/sdk.worker.ts` };
    bundle = await serveBundle(entries, { server: server.url });
    await openPage();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await bundle?.stop();
    await aerie?.close();
    await server?.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }, 60_000);

  it('stores a card of real footage with its pictures, and says why a file has none', async () => {
    const { results } = await ingest(card.map(({ path }) => path));
    const pictures = new Map(
      results.map(({ path, status, pictures }) => [path, `${status}, ${pictures.made ? 'made' : pictures.text}`]),
    );
    expect(card.length).toBeGreaterThanOrEqual(8);
    for (const { path } of card) {
      const expected = path.endsWith('.tif') ? 'stored, this browser does not decode TIFF pictures' : 'stored, made';
      expect([basename(path), pictures.get(basename(path))]).toEqual([basename(path), expected]);
    }
  }, 120_000);

  it('stored what was picked, octet for octet, described and signed for', async () => {
    const media = await listed();
    expect(media.size).toBe(card.length);
    for (const { path } of card) {
      const one = media.get(basename(path))!;
      expect(one.sha256).toBe(await sha256OfFile(path));
      if (path.includes('dji-jpeg')) expect(one.capturedAt).toMatch(/^\d{4}-/);
    }
    for await (const check of aerie.media.verify(projectId)) expect(check).toMatchObject({ ok: true });
  }, 60_000);

  it('made pictures that open anywhere', async () => {
    const media = [...(await listed()).values()].filter(({ previews }) => previews.length > 0);
    expect(media.length).toBe(card.length - card.filter(({ path }) => path.endsWith('.tif')).length);
    const thumbs = await aerie.previews.page(
      projectId,
      media.map(({ mediaId }) => mediaId),
    );
    for (const { mediaId } of media) {
      const thumb = await sharp(thumbs.get(mediaId)!.bytes).metadata();
      expect([thumb.format, Math.max(thumb.width, thumb.height)]).toEqual(['jpeg', 320]);
    }
  }, 60_000);

  it('goes on after a crash of the browser where the upload had been', async () => {
    const film = join(scratch, 'film.bin');
    writeFileSync(film, randomBytes(filmBytes));
    const isPart = (one: { method(): string; url(): string }) =>
      one.method() === 'PUT' && /\/parts\/\d+$/.test(one.url());
    // Of eight parts four reach the server: however fast they go, the crash comes in between.
    let partsBegun = 0;
    await page.route(
      (url) => /\/parts\/\d+$/.test(url.pathname),
      (route) => (++partsBegun <= 4 ? route.continue() : undefined),
    );
    let partsKept = 0;
    const underWay = new Promise<void>((done) => {
      page.on('response', (answer) => {
        if (isPart(answer.request()) && answer.status() === 204 && ++partsKept === 4) done();
      });
    });
    const cutOff = ingest([film]).catch(() => 'cut off');
    await underWay;
    await killBrowser(browser, join(scratch, 'profile'));
    expect(await cutOff).toBe('cut off');
    await openPage();
    const { results, resumed } = await ingest([film]);
    expect(results).toEqual([expect.objectContaining({ status: 'stored' })]);
    expect(resumed[0]).toMatchObject({ partsKept: 4, parts: 8 });
    expect((await listed()).get('film.bin')!.sha256).toBe(await sha256OfFile(film));
  }, 120_000);

  it('reads a film here and there as a player does, and fetches no segment twice', async () => {
    const { mediaId } = (await listed()).get('film.bin')!;
    const reader = await aerie.media.openOriginal(mediaId);
    const film = readFileSync(join(scratch, 'film.bin'));
    expect([reader.bytes, reader.name, reader.mime]).toEqual([filmBytes, 'film.bin', 'application/octet-stream']);
    const read = async (start: number, end: number): Promise<void> => {
      const pieces: Uint8Array[] = [];
      for await (const piece of reader.read(start, end)) pieces.push(piece);
      expect(Buffer.concat(pieces).equals(film.subarray(start, end))).toBe(true);
    };
    const before = aerie.traffic.requests;
    await read(0, 1000);
    await read(filmBytes - 300_000, filmBytes);
    for (let at = 0; at < 20_000_000; at += 500_000) await read(at, at + 500_000);
    // The first three segments and the last.
    expect(aerie.traffic.requests - before).toBe(4);
    await expect((async () => read(10, filmBytes + 1))()).rejects.toMatchObject({ reason: 'range' });
  }, 60_000);

  it('stops a transfer at once when a reader goes away', async () => {
    const { mediaId } = (await listed()).get('film.bin')!;
    const reader = await aerie.media.openOriginal(mediaId);
    const received = (): number => aerie.traffic.bytesReceived;
    const before = received();
    const pieces = reader.read(0, filmBytes);
    await pieces.next();
    const asked = reader.read(40_000_000, filmBytes);
    const next = asked.next();
    await asked.return!();
    await expect(next).rejects.toMatchObject({ name: 'AbortError' });
    await pieces.return!();
    // All of the film by another client takes longer than the rest of a transfer that was not stopped.
    const other = await Aerie.open(aerie.keyring);
    for await (const _ of (await other.media.openOriginal(mediaId)).read(0, filmBytes));
    await other.close();
    expect(received() - before).toBeLessThan(2 * segmentBytes);
  }, 60_000);
});
