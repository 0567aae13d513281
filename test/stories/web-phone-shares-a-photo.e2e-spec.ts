import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { picture } from '../support/pictures.js';
import type { RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';
import { goTo } from '../support/web-devices.js';
import { openPage, setUp, startWeb, unlock, type WatchedPage } from '../support/web.js';

const waitMsMax = deadline(60_000);

(hasBrowser() ? describe : describe.skip)('A phone shares a photo with the installed app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-shares-'));
  const posted: string[] = [];
  let server: RunningServer;
  let stored: Stored;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;

  const photo = async (name: string, width = 500): Promise<string> => {
    const path = join(folder, name);
    writeFileSync(path, await picture(width));
    return path;
  };
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor({ timeout: waitMsMax });

  beforeAll(async () => {
    server = await startWeb();
    stored = await Stored.open(server);
    browser = await launchBrowser({ viewport: { width: 390, height: 844 } });
    watched = await openPage(browser, server.url);
    ({ page } = watched);
    page.on('dialog', (dialog) => void dialog.accept());
    await setUp(page, server);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    browser.on('request', (request) => {
      if (request.method() === 'POST' && request.serviceWorker()) posted.push(request.url());
    });
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await stored?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** As the system does for another app: a form in a new window, and nothing of ours before it. */
  async function share(...paths: string[]): Promise<Page> {
    const sharing = await browser.newPage();
    sharing.on('dialog', (dialog) => void dialog.accept());
    await sharing.setContent(
      `<form method="post" action="${server.url}/share" enctype="multipart/form-data"><input type="file" name="files" multiple></form>`,
    );
    await sharing.locator('input').setInputFiles(paths);
    await sharing.evaluate(() => document.querySelector('form')!.submit());
    await sharing.waitForURL(`${server.url}/share`);
    return sharing;
  }

  it('finds it on the page after unlocking, the only project chosen, and uploads it', async () => {
    page = await share(await photo('quay.jpg'), await photo('crane.jpg', 600));
    await unlock(page);
    await heading('Shared with Aerie');
    await page.getByText('quay.jpg').waitFor();
    await page.getByText('crane.jpg').waitFor();
    expect(await page.getByLabel('Harbour').isChecked()).toBe(true);
    await press('Upload 2 files');
    await heading('Upload to Harbour');
    await page.getByText('Safe to erase the card').waitFor({ timeout: waitMsMax });
    expect(await stored.count("SELECT count(*) FROM blob WHERE role = 'original'")).toBe(2);
  }, 120_000);

  it('has sent nothing of it unsealed, and left nothing of it on this device', async () => {
    expect(posted).toEqual([]);
    const kept = await page.evaluate(async () => {
      const paths: string[] = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
      return paths.filter((path) => path.includes('share'));
    });
    expect(kept).toEqual([]);
  });

  it('gives each file once: the next visit says that there are none, and what to do', async () => {
    await page.goto(`${server.url}/share`);
    await unlock(page);
    await heading('Shared with Aerie');
    await page.getByText('There are no shared files here').waitFor();
    await page.getByText('share them from there again').waitFor();
  }, 60_000);

  it('chooses the project that was used last, where there are more', async () => {
    await press('Menu');
    await goTo(page, 'Projects');
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByLabel('Name of the project').fill('Airfield');
    await press('Create the project');
    await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);
    page = await share(await photo('one.jpg', 700));
    await unlock(page);
    await page.getByLabel('Airfield').waitFor({ timeout: waitMsMax });
    expect(await page.getByLabel('Harbour').isChecked()).toBe(true);
    await page.getByLabel('Airfield').check();
    await press('Upload 1 file');
    await heading('Upload to Airfield');
    await page.getByText('Safe to erase the card').waitFor({ timeout: waitMsMax });
    page = await share(await photo('two.jpg', 800));
    await unlock(page);
    await page.getByText('two.jpg').waitFor({ timeout: waitMsMax });
    expect(await page.getByLabel('Airfield').isChecked()).toBe(true);
    await press('Discard');
    await page.getByText('There are no shared files here').waitFor();
  }, 180_000);

  it('keeps the files of a sharing that came later, and takes any file by its name', async () => {
    writeFileSync(join(folder, 'log; 1 ü.txt'), 'Wind 4 m/s');
    await page.evaluate(async () => {
      const form = new FormData();
      form.append('files', new File(['earlier'], 'earlier.txt'));
      await fetch('/share', { method: 'POST', body: form, redirect: 'manual' });
    });
    page = await share(join(folder, 'log; 1 ü.txt'));
    await unlock(page);
    await page.getByText('log; 1 ü.txt').waitFor({ timeout: waitMsMax });
    expect(await page.getByText('earlier.txt').count()).toBe(0);
    await press('Upload 1 file');
    await page.getByText('Safe to erase the card').waitFor({ timeout: waitMsMax });
    expect(readFileSync(join(folder, 'log; 1 ü.txt'), 'utf8')).toBe('Wind 4 m/s');
  }, 120_000);

  it('gets files whose time stands still, so that none seems to change while it is uploaded', async () => {
    const times = await page.evaluate(async () => {
      const form = new FormData();
      form.append('files', new File(['Wind'], 'log.txt'));
      await fetch('/share', { method: 'POST', body: form, redirect: 'manual' });
      const { port1, port2 } = new MessageChannel();
      const answered = new Promise<File>((resolve) => (port1.onmessage = ({ data }) => resolve(data.files[0])));
      navigator.serviceWorker.controller!.postMessage({ type: 'aerie.share' }, [port2]);
      const file = await answered;
      const before = file.lastModified;
      while (Date.now() <= before) await new Promise(requestAnimationFrame);
      return [before, file.lastModified];
    });
    expect(times[1]).toBe(times[0]);
  });

  it('says so where the system ended the app before the files were taken', async () => {
    await page.evaluate(async () => {
      const form = new FormData();
      form.append('files', new File(['lost'], 'lost.txt'));
      await fetch('/share', { method: 'POST', body: form, redirect: 'manual' });
    });
    await endServiceWorker();
    await page.goto(`${server.url}/share`);
    await unlock(page);
    await page.getByText('There are no shared files here').waitFor({ timeout: waitMsMax });
  }, 120_000);

  it('has met no error, no breach of policy, and no other origin', () => {
    expect(watched.faults).toEqual([]);
  });

  /** As a system short of memory does. */
  async function endServiceWorker(): Promise<void> {
    const cdp = await browser.newCDPSession(page);
    const stopped = new Promise<void>((done) =>
      cdp.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
        if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) done();
      }),
    );
    await cdp.send('ServiceWorker.enable');
    await cdp.send('ServiceWorker.stopAllWorkers');
    await stopped;
  }
});
