import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { startProcess, type ServerProcess } from '../support/server.js';
import { openPage, setUp, unlock, type WatchedPage } from '../support/web.js';

const waitMsMax = deadline(60_000);

(hasBrowser() ? describe : describe.skip)('Somebody without a network', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'aerie-web-offline-'));
  let server: ServerProcess;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    server = await startProcess({ dataDir });
    browser = await launchBrowser();
    watched = await openPage(browser, server.url);
    ({ page } = watched);
    await setUp(page, server);
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
    await browser.setOffline(true);
    await server.kill();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const problem = () => page.getByRole('alert').first();

  it('opens the app, which this browser has kept, and unlocks it', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Aerie is locked' }).waitFor();
    await unlock(page, 'not this one');
    await page.getByText('Wrong passphrase').waitFor({ timeout: waitMsMax });
    await unlock(page);
    await page.getByRole('button', { name: 'Lock' }).waitFor({ timeout: waitMsMax });
  }, 90_000);

  it('is told on each page that the server cannot be reached, what that means, and can try again', async () => {
    const menu = page.getByRole('navigation', { name: 'Main menu' });
    for (const name of await menu.getByRole('link').allInnerTexts()) {
      await menu.getByRole('link', { name: name.trim() }).click();
      await problem().waitFor({ timeout: waitMsMax });
      expect([name.trim(), await problem().innerText()]).toEqual([
        name.trim(),
        expect.stringMatching(/Can’t reach the server|no network/i),
      ]);
      expect([name.trim(), await problem().innerText()]).toEqual([
        name.trim(),
        expect.not.stringMatching(/Error|undefined/),
      ]);
    }
  }, 120_000);

  it('goes on where it was once the server is back, without a reload', async () => {
    server = await startProcess({ dataDir, port: server.port });
    await browser.setOffline(false);
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('heading', { name: 'Harbour' }).waitFor({ timeout: waitMsMax });
    expect(watched.faults).toEqual([]);
  }, 90_000);
});
