import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, foundOrganization } from '@aerie/sdk';
import { ingestItems } from '@aerie/sdk/node';
import type { BrowserContext, Page, Route } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { sampleFolder } from '../support/samples.js';
import { until } from '../support/people.js';
import type { RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';
import { openPage, startWeb, unlock, webPassphrase, type WatchedPage } from '../support/web.js';
import { unzipped } from '../support/unzip.js';

/** Everything that could run or load something, each to an address of its own. */
const hostileSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300" onload="fetch('/hostile/onload')">
<script>fetch('/hostile/script')</script><style>@import url(/hostile/style); rect { fill: url(/hostile/fill) }</style>
<image href="/hostile/image.png" width="9" height="9"/><use href="/hostile/use.svg#a"/><rect width="400" height="300" fill="#2a6"/>
<foreignObject width="99" height="99"><iframe xmlns="http://www.w3.org/1999/xhtml" src="/hostile/frame"/></foreignObject></svg>`;
const hostileHtml = `<!doctype html><meta http-equiv="refresh" content="0;url=/hostile/refresh"><script>fetch('/hostile/html')</script>
<img src="/hostile/img.png" onerror="fetch('/hostile/onerror')"><link rel="stylesheet" href="/hostile/link.css">`;

/** Formats that name addresses or carry scripts of their own, each with an address of `canary`. */
const hostileFiles = (canary: string): Record<string, string> => ({
  'hostile.kml': `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<NetworkLink><Link><href>${canary}/kml</href></Link></NetworkLink>
<Placemark><description><![CDATA[<img src="${canary}/cdata"><script>fetch('${canary}/script')</script>]]></description></Placemark>
</Document></kml>`,
  'hostile.srt': `1\n00:00:00,000 --> 00:00:01,000\n<img src="${canary}/srt" onerror="fetch('${canary}/onerror')"><script src="${canary}/js"></script>\n`,
  'hostile.pdf': `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI(${canary}/pdf)>>>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0/AA<</O<</S/JavaScript/JS(app.launchURL("${canary}/js"))>>>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF`,
});

const samples = sampleFolder();
const hex = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex');
const waitMsMax = deadline(60_000);

(hasBrowser() && samples ? describe : describe.skip)('An analyst looks at footage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-looks-'));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  let server: RunningServer;
  let stored: Stored;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;
  let projectId: string;
  const files = new Map<string, string>();
  const ids = new Map<string, string>();
  const requested: string[] = [];
  /** Somebody who waits to hear from the files. */
  const heard: string[] = [];
  const canary = createServer((request, response) => {
    heard.push(request.url!);
    response.end();
  });
  const canaryUrl = () => `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;

  beforeAll(async () => {
    const photos = ['DJI_0061.JPG', 'DJI_0062.JPG', 'DJI_0063.JPG', '1JI_0064.JPG'].map((name) => `dji-jpeg/${name}`);
    const others = ['rjpeg/M4T_DJI_0001_R.JPG', 'tiff/DJI_P4M_FC6360_issue555_1.tif', 'srt/juanirache/air2s.srt'];
    const paths = [...photos, ...others, 'ulog/sample_log_small.ulg', 'srt/juanirache/broken_empty.SRT'].map((name) =>
      join(samples!, name),
    );
    await new Promise<void>((listening) => canary.listen(0, '127.0.0.1', listening));
    const hostile = { ...hostileFiles(canaryUrl()), 'hostile.svg': hostileSvg, 'hostile.html': hostileHtml };
    paths.push(...Object.entries(hostile).map(([name, text]) => write(name, text)));
    for (const path of paths) files.set(basename(path), path);
    server = await startWeb();
    stored = await Stored.open(server);
    const names = { organization: 'Kestrel Survey', memberName: 'Ada', deviceLabel: 'Ingest station' };
    const { keyring, kit } = await foundOrganization({ server: server.url, setupToken: server.setupToken, ...names });
    const aerie = await Aerie.open(keyring);
    ({ projectId } = await aerie.projects.create('Harbour'));
    for await (const result of aerie.uploads.ingest(ingestItems(files.values(), { pictures: true }), { projectId }))
      ids.set(basename(result.path), result.mediaId!);
    await aerie.close();

    browser = await launchBrowser({ viewport: { width: 1280, height: 800 } });
    browser.on('request', (request) => requested.push(new URL(request.url()).pathname));
    watched = await openPage(browser, server.url);
    ({ page } = watched);
    await recoverWith(kit);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await stored?.close();
    await server?.stop();
    canary.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** The page draws twice more, and asks for something itself: what a file asked for would have come before that. */
  async function laterRequest(): Promise<void> {
    const path = `/health/live?${requested.length}`;
    const sent = browser.waitForEvent('request', (request) => request.url().endsWith(path));
    await page.evaluate(async (url) => {
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
      await fetch(url);
    }, path);
    await sent;
  }

  async function recoverWith(kit: string): Promise<void> {
    await page.getByRole('button', { name: 'With the recovery kit' }).click();
    await page.getByLabel('Account key or recovery kit').fill(kit);
    await page.getByLabel('Passphrase', { exact: true }).fill(webPassphrase);
    await page.getByLabel('Confirm passphrase').fill(webPassphrase);
    await page.getByRole('button', { name: 'Recover my keys' }).click();
    // Whoever has one project is led into it.
    await page.getByRole('heading', { name: 'Harbour' }).waitFor({ timeout: waitMsMax });
  }

  const mediaPath = (name: string) => `/projects/${projectId}/media/${ids.get(name)}`;
  const cell = (name: string) => page.locator(`[data-media="${ids.get(name)}"]`);
  const title = () => page.getByRole('heading', { level: 1 });
  const shown = (kind: 'preview' | 'original') => page.locator(`img[data-shows="${kind}"]`);
  const scale = async () => Number(await page.locator('img[data-scale]').getAttribute('data-scale'));
  const original = (name: string) => readFileSync(files.get(name)!);

  /** By a link from elsewhere: the page starts again, locked. */
  async function goDirectly(name: string): Promise<void> {
    await page.goto(server.url + mediaPath(name));
    await unlock(page);
    await page.getByRole('button', { name: /Verified|Quarantined|Damaged/ }).waitFor({ timeout: waitMsMax });
  }
  async function backToGrid(): Promise<void> {
    await page.keyboard.press('Escape');
    await page.getByRole('grid').waitFor();
  }

  it('sees the pictures under the days on which they were taken, newest first', async () => {
    await page.getByText(`${files.size} files`).waitFor({ timeout: waitMsMax });
    await cell('DJI_0061.JPG').locator('img').waitFor();
    const days = await page.getByRole('rowheader').allInnerTexts();
    expect(days.at(-1)).toBe('Friday, October 16, 2015');
    const times = days.map((day) => Date.parse(day));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const width = await cell('DJI_0061.JPG')
      .locator('img')
      .evaluate((image: HTMLImageElement) => image.naturalWidth);
    expect(width).toBe(320);
  });

  it('finds one by its name, and opens it from the keyboard', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('ji_006');
    await page.waitForFunction(() => document.querySelectorAll('[role=gridcell]').length === 4);
    await page.keyboard.press('Escape');
    await cell('DJI_0063.JPG').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toContain('DJI_0062.JPG');
    await page.keyboard.press('Enter');
    await shown('preview').waitFor();
    expect(await title().innerText()).toBe('DJI_0062.JPG');
  });

  it('goes to the next, back, closer and away, and returns to the same place', async () => {
    await page.keyboard.press('ArrowRight');
    await title().filter({ hasText: 'DJI_0061.JPG' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(mediaPath('DJI_0061.JPG'));
    await page.keyboard.press('ArrowLeft');
    await title().filter({ hasText: 'DJI_0062.JPG' }).waitFor();
    await shown('preview').waitFor();
    expect(await scale()).toBe(1);
    await page.keyboard.press('+');
    // Looking closer brings the original.
    await shown('original').waitFor({ timeout: waitMsMax });
    expect(await scale()).toBeGreaterThan(1.3);
    const size = await shown('original').evaluate(({ naturalWidth, naturalHeight }: HTMLImageElement) => [
      naturalWidth,
      naturalHeight,
    ]);
    expect(size).toEqual([2400, 1800]);
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    expect(await scale()).toBe(1);
    await backToGrid();
    await page.waitForFunction(
      (id) => document.activeElement?.getAttribute('data-media') === id,
      ids.get('DJI_0062.JPG'),
    );
    expect(await page.getByPlaceholder('Search file names').inputValue()).toBe('ji_006');
  });

  it('learns of each fact who says so, and that unknown stays unknown', async () => {
    await goDirectly('DJI_0061.JPG');
    await page.keyboard.press('i');
    const panel = page.getByRole('complementary', { name: 'Details' });
    const fact = (name: string) => panel.locator('.fact', { has: page.getByText(name, { exact: true }) });
    const text = async (name: string) => (await fact(name).innerText()).split('\n').map((line) => line.trim());
    expect(await text('Taken at')).toEqual([
      'Taken at',
      'From the file',
      expect.stringMatching(/^Oct 16, 2015.*time zone unknown$/),
    ]);
    expect(await text('Time as stated')).toEqual(['Time as stated', 'From the file', '2015:10:16 13:23:16']);
    expect((await text('Position')).at(2)).toMatch(/^41\.548596, -83\.698649 /);
    expect(await text('Camera')).toEqual(['Camera', 'From the file', 'DJI FC350']);
    expect(await text('Uploaded by')).toEqual(['Uploaded by', 'Signed', 'Ada, on Ingest station']);
    expect((await text('Received at')).slice(0, 2)).toEqual(['Received at', 'Receipt']);
    expect((await text('Stored content checked')).at(1)).toBe('From the server');
    // As `sha256sum` and the report of a check print it.
    const digest = hex(readFileSync(files.get('DJI_0061.JPG')!));
    expect(await text('SHA-256')).toEqual(['SHA-256', 'From the file', `${digest} Copy the SHA-256`]);

    // A log states times, which Aerie does not read yet: nothing is claimed about the file.
    await goDirectly('air2s.srt');
    await page.keyboard.press('i');
    expect(await text('Taken at')).toEqual(['Taken at', 'From the file', 'Not read by Aerie']);
    expect((await text('Placed in the timeline by')).at(2)).toContain('Aerie read no time of recording from it');

    await goDirectly('M4T_DJI_0001_R.JPG');
    await page.keyboard.press('i');
    expect(await text('Position')).toEqual(['Position', 'From the file', 'Not read by Aerie']);
  });

  it('sees what was checked, and has the whole file checked', async () => {
    await page.getByRole('button', { name: 'Verified' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('signed by the device “Ingest station” of Ada').waitFor();
    await dialog.getByRole('button', { name: 'Show them in full' }).click();
    const fingerprints = await dialog.locator('dd').allInnerTexts();
    expect(fingerprints.map((line) => line.replaceAll(' ', '').length)).toEqual([64, 64, 64, 64]);
    await dialog.getByRole('button', { name: 'Check the whole file now' }).click();
    await dialog.getByText('an exact copy of the original').waitFor({ timeout: waitMsMax });
    await page.keyboard.press('Escape');
  });

  it('is told where the file on the server is not what was signed', async () => {
    const damage = await damagedOriginals();
    await page.getByRole('button', { name: 'Verified' }).click();
    await page.getByRole('button', { name: 'Check the whole file now' }).click();
    await page.getByText('not what its uploader signed. Keep your copy.').waitFor({ timeout: waitMsMax });
    await damage.mend();
    await page.keyboard.press('Escape');
  });

  it('sees which file the server found damaged, hears what to do, and does it', async () => {
    const name = '1JI_0064.JPG';
    await stored.alterOriginal(ids.get(name)!);
    await goDirectly(name);
    await page.getByRole('button', { name: 'Verified' }).click();
    await page.getByRole('button', { name: 'Check the whole file now' }).click();
    await page.getByText('not what its uploader signed. Keep your copy.').waitFor({ timeout: waitMsMax });
    await foundDamaged(ids.get(name)!);

    await page.goto(`${server.url}/projects/${projectId}`);
    await unlock(page);
    await page.getByRole('link', { name: /^1JI_0064.*Damaged on the server: upload the file again/ }).waitFor();
    const language = page.locator('select', { has: page.locator('option[lang="de"]') });
    await language.selectOption('de');
    await page.getByRole('link', { name: /^1JI_0064.*Auf dem Server beschädigt: Laden Sie die Datei/ }).waitFor();
    await language.selectOption('en');
    await page.getByText('Damaged', { exact: true }).click();
    await page.getByRole('button', { name: 'Damaged' }).waitFor();
    await page.getByRole('alert').getByText('Upload the file again from the card').waitFor();

    await page.getByRole('link', { name: 'Upload it again' }).click();
    await page.locator('input[type="file"][multiple]').first().setInputFiles(files.get(name)!);
    await page.getByText('Safe to erase the card').waitFor({ timeout: waitMsMax });
    await page.goto(`${server.url}/projects/${projectId}`);
    await unlock(page);
    await page.getByText(`${files.size} files`).waitFor({ timeout: waitMsMax });
    await page.getByRole('link', { name: /^1JI_0064/ }).waitFor();
    expect(await page.getByText('Damaged', { exact: true }).count()).toBe(0);
  }, 240_000);

  it('downloads the original, octet for octet', async () => {
    await goDirectly('M4T_DJI_0001_R.JPG');
    await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('d')]);
    expect(download.suggestedFilename()).toBe('M4T_DJI_0001_R.JPG');
    expect(hex(readFileSync(await download.path()))).toBe(hex(original('M4T_DJI_0001_R.JPG')));
  });

  it('takes three along as one zip, written to the disk as it comes', async () => {
    await backToGrid();
    await pickFileOnDisk();
    await cell('DJI_0063.JPG').focus();
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('3 selected').waitFor();
    await page.getByRole('button', { name: 'Download as zip' }).click();
    await page.getByText('Harbour.zip is saved.').waitFor({ timeout: waitMsMax });
    const zip = unzipped(Buffer.from((await savedFile())!, 'base64'));
    expect([...zip.keys()].sort()).toEqual(['61', '62', '63'].map((end) => `dji-jpeg/DJI_00${end}.JPG`));
    for (const [path, octets] of zip) expect(hex(octets)).toBe(hex(original(basename(path))));
    await page.getByRole('button', { name: 'Dismiss' }).click();
  });

  it('gets no zip at all where one file is not what was signed, and hears which', async () => {
    const damage = await damagedOriginals();
    await page.getByRole('button', { name: 'Download as zip' }).click();
    await page.getByText(/Harbour\.zip was not saved, because the file DJI_006/).waitFor({ timeout: waitMsMax });
    expect(await savedFile()).toBeNull();
    await damage.mend();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.keyboard.press('Escape');
  });

  it('reads logs as text, and is told plainly what is only downloaded', async () => {
    await goDirectly('air2s.srt');
    await page.locator('pre').waitFor();
    expect(await page.locator('pre').textContent()).toBe(original('air2s.srt').toString());
    await goDirectly('sample_log_small.ulg');
    await page.getByText('Aerie does not open this kind of file').waitFor();
    await goDirectly('broken_empty.SRT');
    await page.getByText('This file is empty').waitFor();
    await goDirectly('DJI_P4M_FC6360_issue555_1.tif');
    await shown('preview').waitFor();
    await page.getByText('you can download the original').waitFor();
  });

  it('looks at hostile files, of which nothing runs or reaches out', async () => {
    await goDirectly('hostile.html');
    await page.locator('pre').waitFor();
    expect(await page.locator('pre').textContent()).toBe(hostileHtml);
    await goDirectly('hostile.svg');
    await shown('original').waitFor();
    await laterRequest();
    expect(requested.filter((path) => path.startsWith('/hostile/'))).toEqual([]);
    for (const name of ['hostile.kml', 'hostile.srt', 'hostile.pdf']) {
      await goDirectly(name);
      await page.locator('pre, .isPaper').first().waitFor();
    }
    await laterRequest();
    expect(heard).toEqual([]);
    await fetch(`${canaryUrl()}/it-does-listen`);
    expect(heard).toEqual(['/it-does-listen']);
  }, 90_000);

  it('is warned of a medium that is not what its uploader signed, and nothing of it is opened', async () => {
    const id = ids.get('DJI_0061.JPG')!;
    const listing = new RegExp(`/api/v1/(projects/[^/]+/media\\?|media/${id}$)`);
    // A receipt of another media in place of its own.
    const forge = async (route: Route) => {
      const response = await route.fetch();
      const body = await response.text();
      await route.fulfill({
        response,
        body: body.replaceAll(`receipt/v1\\nmedia ${id}`, `receipt/v1\\nmedia ${projectId}`),
      });
    };
    await browser.route(listing, forge);
    await page.goto(`${server.url}/projects/${projectId}`);
    await unlock(page);
    await page.getByText(`${files.size} files`).waitFor({ timeout: waitMsMax });
    requested.length = 0;
    await page.getByRole('link', { name: /^Quarantined: not what its uploader signed/ }).click();
    await page.getByText('Aerie did not open it').waitFor();
    await page.getByRole('button', { name: 'Quarantined' }).waitFor();
    expect(await page.getByRole('button', { name: 'Download the original' }).isDisabled()).toBe(true);
    expect(requested.filter((path) => path.startsWith(`/api/v1/media/${id}/`))).toEqual([]);
    await browser.unroute(listing, forge);
  });

  it('has met no error, no breach of policy, and no other origin', () => {
    expect(watched.faults).toEqual([]);
  });

  const foundDamaged = (mediaId: string) =>
    until(
      () => stored.count('SELECT count(*) FROM blob WHERE media_id = $1 AND damaged_at IS NOT NULL', [mediaId]),
      (count) => count > 0,
    );

  /** From now on one octet in the middle of every original is another. */
  async function damagedOriginals() {
    const pattern = /\/api\/v1\/media\/[^/]+\/blobs\/[^/]+$/;
    const damage = async (route: Route) => {
      const response = await route.fetch();
      const body = await response.body();
      if (body.length > 500_000) body[body.length >> 1]! ^= 1;
      await route.fulfill({ response, body });
    };
    await browser.route(pattern, damage);
    return { mend: () => browser.unroute(pattern, damage) };
  }

  /** A picker would wait for a person: this one gives a file of the browser's own disk. */
  const pickFileOnDisk = () =>
    page.evaluate(() => {
      const pick = async () => (await navigator.storage.getDirectory()).getFileHandle('picked', { create: true });
      Object.assign(window, { showSaveFilePicker: pick });
    });
  /** Null where there is none. In base64, as octets do not come out of a page. */
  const savedFile = () =>
    page.evaluate(async () => {
      const disk = await navigator.storage.getDirectory();
      const handle = await disk.getFileHandle('picked').catch(() => null);
      if (!handle) return null;
      const octets = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      await disk.removeEntry('picked');
      let text = '';
      for (let at = 0; at < octets.length; at += 8192) text += String.fromCharCode(...octets.subarray(at, at + 8192));
      return btoa(text);
    });
});
