import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recover, Aerie, type Media } from '@aerie/sdk';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { sha256OfFile, until } from '../support/people.js';
import { sampleFolder, samplesIn } from '../support/samples.js';
import type { RunningServer } from '../support/server.js';
import { startSlowProxy, type SlowProxy } from '../support/slow-proxy.js';
import { openPage, setUp, startWeb, unlock, type WatchedPage } from '../support/web.js';

const uploadMsMax = 180_000;
const samples = sampleFolder();
/** One of each kind, and the larger ones that take a part of their own. */
const cardNames =
  /^(dji-jpeg\/DJI_006[1-4]|rjpeg\/DJI_XT|video\/(gopro-karma\/karma|with-gps).mp4|tiff|srt\/webodm|airdata\/.*csv)/;
/** What Chromium decodes. */
const pictured = /\.(jpe?g|mp4)$/i;

(samples && hasBrowser() ? describe : describe.skip)('A pilot uploads a card in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-card-'));
  const card = join(folder, 'CARD');
  const files = samples ? samplesIn(samples).filter(({ name }) => cardNames.test(name)) : [];
  let server: RunningServer;
  let proxy: SlowProxy;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;
  let aerie: Aerie;
  let projectId: string;

  const choose = (path: string): Promise<void> => page.locator('input[webkitdirectory]').setInputFiles(path);
  const outcome = (text: string): Promise<void> => page.getByText(text).waitFor({ timeout: deadline(uploadMsMax) });
  const counts = async (): Promise<Record<string, string>> => {
    const rows = await page.locator('dl.counts > div').allInnerTexts();
    return Object.fromEntries(rows.map((row) => row.split('\n') as [string, string]));
  };
  const listed = async (): Promise<Map<string, Media>> => {
    const byName = new Map<string, Media>();
    for await (const media of aerie.media.list(projectId)) byName.set(media.name!, media);
    return byName;
  };
  /** Folders are dropped by the browser itself: a page cannot make such an event. */
  const drop = async (path: string): Promise<void> => {
    const area = page.getByRole('region', { name: 'Upload', exact: true }).last();
    await area.scrollIntoViewIfNeeded();
    const { x, y } = (await area.boundingBox())!;
    const at = { x: x + 10, y: y + 10, data: { items: [], files: [path], dragOperationsMask: 1 } };
    const session = await browser.newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, ...at });
    await session.detach();
  };

  beforeAll(async () => {
    for (const { name, path } of files) cpSync(path, join(card, name));
    mkdirSync(join(card, 'MISC'), { recursive: true });
    writeFileSync(join(card, 'MISC/._DJI_0061.JPG'), 'what a Mac leaves on every card');
    writeFileSync(join(card, '.DS_Store'), 'what it leaves in every folder');
    mkdirSync(join(card, '.Trashes/501'), { recursive: true });
    for (const name of ['a', 'b']) writeFileSync(join(card, '.Trashes/501', name), 'thrown away');
    server = await startWeb();
    proxy = await startSlowProxy(server.url);
    browser = await launchBrowser();
    watched = await openPage(browser, proxy.url);
    ({ page } = watched);
    const made = await setUp(page, { ...server, url: proxy.url });
    ({ projectId } = made);
    const { keyring } = await recover({ server: server.url, kit: made.accountKey, deviceLabel: 'Test' });
    aerie = await Aerie.open(keyring);
  }, 150_000);

  afterAll(async () => {
    await aerie?.close();
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it(
    'drops it, gets a receipt for each file, and is told of the system files that were skipped',
    async () => {
      await page.goto(`${proxy.url}/projects/${projectId}/uploads`);
      await unlock(page);
      await page.getByText('Drop your SD card here').waitFor();
      await drop(card);
      await page.getByText('Do not erase the card yet').waitFor();
      await outcome('Safe to erase the card');
      expect(await counts()).toEqual({ Stored: `${files.length} files` });
      await page.getByText('3 system files skipped').waitFor();

      const media = await listed();
      expect([...media.keys()].sort()).toEqual(files.map(({ path }) => path.split('/').at(-1)!).sort());
      for (const { name, path } of files)
        expect(media.get(name.split('/').at(-1)!)?.sha256).toBe(await sha256OfFile(path));
    },
    uploadMsMax + 60_000,
  );

  it('has thumbnails of its photos and its videos, made in the browser', async () => {
    const media = [...(await listed()).values()].filter(({ name }) => pictured.test(name!));
    expect(media.length).toBeGreaterThan(6);
    for (const one of media) {
      expect([one.name, one.previews]).toEqual([one.name, expect.arrayContaining(['thumb', 'preview'])]);
      const { bytes } = await aerie.previews.read(one.mediaId, 'thumb');
      expect([bytes[0], bytes[1]]).toEqual([0xff, 0xd8]);
    }
  }, 60_000);

  it('saves the receipts', async () => {
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the receipts' }).click();
    const { receipts, skipped } = JSON.parse(readFileSync(await (await saving).path(), 'utf8'));
    expect(receipts).toHaveLength(files.length);
    expect(skipped.sort()).toEqual(['CARD/.DS_Store', 'CARD/.Trashes', 'CARD/MISC/._DJI_0061.JPG']);
    for (const receipt of receipts)
      expect(receipt).toMatchObject({ mediaId: expect.any(String), receipt: expect.stringContaining('aerie') });
  });

  it(
    'chooses the same folder again, and hears that all of it is stored already',
    async () => {
      const { length } = proxy.sent;
      await choose(card);
      await until(counts, (now) => now['Already stored'] === `${files.length} files`, uploadMsMax);
      await outcome('Safe to erase the card');
      expect(await counts()).toEqual({ 'Already stored': `${files.length} files` });
      await page.getByText('3 system files skipped').waitFor();
      expect((await listed()).size).toBe(files.length);
      expect(proxy.sent).toHaveLength(length);
    },
    uploadMsMax,
  );

  it(
    'is told of a file that cannot be read, and not to erase the card, until it is stored as well',
    async () => {
      const other = join(folder, 'OTHER');
      mkdirSync(other);
      for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(join(other, name), `the notes ${name}`);
      const release = proxy.hold();
      await drop(other);
      await until(counts, ({ Waiting }) => Waiting === '3 files', uploadMsMax);
      rmSync(join(other, 'b.txt'));
      release();
      await outcome('Finished, but one file was not stored');
      await page.getByText('Do not erase the card yet').waitFor();
      await page.getByText('1 file is not confirmed: it may be on the card only.').waitFor();
      expect(await page.getByText('Safe to erase').count()).toBe(0);
      const failure = page.getByRole('group', { name: 'Not stored' }).getByRole('listitem');
      expect(await failure.innerText()).toMatch(/OTHER\/b\.txt\n+The file (is gone|cannot be read)/);
      expect(await counts()).toEqual({ Stored: '2 files', 'Not stored': '1 file' });

      writeFileSync(join(other, 'b.txt'), 'the notes again');
      await page.getByRole('button', { name: 'Try again' }).click();
      await outcome('Safe to erase the card');
      expect(await counts()).toEqual({ Stored: '3 files' });
    },
    uploadMsMax,
  );

  it('saw no error, no breach of the policy and no request to anybody else', () => {
    expect(watched.faults).toEqual([]);
  });
});
