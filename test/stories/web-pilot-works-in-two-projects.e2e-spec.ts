import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import type { RunningServer } from '../support/server.js';
import { startSlowProxy, type SlowProxy } from '../support/slow-proxy.js';
import { goTo } from '../support/web-devices.js';
import { openPage, setUp, startWeb, type WatchedPage } from '../support/web.js';

(hasBrowser() ? describe : describe.skip)('A pilot works in two projects at once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-two-projects-'));
  const card = join(folder, 'CARD-A');
  let server: RunningServer;
  let proxy: SlowProxy;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;
  let bridge: string;

  const heading = (name: string | RegExp): Promise<void> =>
    page
      .getByRole('heading', { name })
      .first()
      .waitFor({ timeout: deadline(30_000) });
  const project = (name: string): Promise<void> =>
    page
      .getByRole('link', { name: new RegExp(name) })
      .first()
      .click();
  const verdict = (): Locator => page.getByRole('link', { name: /Safe to erase/ });

  beforeAll(async () => {
    mkdirSync(card);
    writeFileSync(join(card, 'NOTES.txt'), 'Wind 4 m/s from the west.\n');
    server = await startWeb();
    proxy = await startSlowProxy(server.url);
    browser = await launchBrowser();
    watched = await openPage(browser, proxy.url);
    ({ page } = watched);
    await setUp(page, { ...server, url: proxy.url }, { project: 'Harbour' });
    await goTo(page, 'Projects');
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByLabel('Name of the project').fill('Bridge');
    await page.getByRole('button', { name: 'Create the project' }).click();
    await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);
    bridge = new URL(page.url()).pathname;
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('is never told on the page of one project that the card of the other may be erased', async () => {
    await goTo(page, 'Projects');
    await project('Harbour');
    await page.getByRole('link', { name: 'Upload', exact: true }).click();
    await heading('Upload to Harbour');
    const release = proxy.hold();
    await page.locator('input[webkitdirectory]').first().setInputFiles(card);
    await heading('Uploading');
    await goTo(page, 'Projects');
    release();
    // The verdict is there, and names the project and the card that it is about.
    await verdict().waitFor({ timeout: deadline(60_000) });
    expect(await verdict().innerText()).toMatch(/^Harbour\b.*CARD-A/s);
    await project('Bridge');
    await page.getByText('Drop your SD card here').waitFor();
    expect(new URL(page.url()).pathname).toBe(bridge);
    expect(await page.getByText('Safe to erase').count()).toBe(0);
    await goTo(page, 'Projects');
    await verdict().waitFor();
  }, 150_000);

  it('dismisses the verdict, which stays dismissed', async () => {
    await page.getByRole('button', { name: 'Dismiss: Harbour' }).click();
    await verdict().waitFor({ state: 'detached' });
    await goTo(page, 'Devices');
    await heading('People and devices');
    expect(await verdict().count()).toBe(0);
  }, 60_000);

  it('finds it again on the page of its project, with the names of both', async () => {
    await goTo(page, 'Projects');
    await project('Harbour');
    await page.getByRole('link', { name: 'Upload', exact: true }).click();
    await page.getByText('Safe to erase the card: CARD-A').waitFor();
    await page.getByText(/stored in Harbour/).waitFor();
    expect(watched.faults).toEqual([]);
  }, 60_000);
});
