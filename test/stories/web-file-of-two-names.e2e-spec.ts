import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import type { RunningServer } from '../support/server.js';
import { unzipped } from '../support/unzip.js';
import { openPage, setUp, startWeb, type WatchedPage } from '../support/web.js';

(hasBrowser() ? describe : describe.skip)('A pilot uploads one file under two names in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-names-'));
  let server: RunningServer;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;

  const upload = async (name: string): Promise<void> => {
    await page.getByRole('link', { name: 'Upload', exact: true }).click();
    await page.locator('input[type="file"]:not([webkitdirectory])').first().setInputFiles(join(folder, name));
    await page
      .getByText('Safe to erase the card')
      .first()
      .waitFor({ timeout: deadline(60_000) });
  };

  beforeAll(async () => {
    for (const name of ['DJI_0061.txt', 'tower.txt']) writeFileSync(join(folder, name), 'Wind 4 m/s from the west.\n');
    server = await startWeb();
    browser = await launchBrowser();
    watched = await openPage(browser, server.url);
    ({ page } = watched);
    await setUp(page, server);
    await upload('DJI_0061.txt');
    await page.getByRole('link', { name: 'To the project' }).click();
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('is told what it is stored as, and led there', async () => {
    await upload('tower.txt');
    await page.locator('summary').filter({ hasText: 'file' }).last().click();
    await page.getByRole('link', { name: 'Already stored as DJI_0061.txt' }).click();
    await page.getByRole('heading', { level: 1, name: 'DJI_0061.txt' }).waitFor({ timeout: deadline(30_000) });
    await page.getByRole('button', { name: 'Details' }).click();
    const details = page.getByRole('complementary', { name: 'Details' });
    const names = details.locator('.fact').filter({ hasText: 'Also stored as' });
    await names.waitFor({ timeout: deadline(30_000) });
    expect(await names.innerText()).toContain('tower.txt');
  }, 120_000);

  it('finds the file by its second name', async () => {
    await page.goBack();
    await page.getByRole('link', { name: 'To the project' }).click();
    const cell = page.getByRole('gridcell');
    await cell.first().waitFor({ timeout: deadline(30_000) });
    await page.getByLabel('Search file names').fill('TOWER');
    expect(await cell.count()).toBe(1);
    await page.getByLabel('Search file names').fill('no such name');
    await cell.first().waitFor({ state: 'detached', timeout: deadline(30_000) });
    await page.getByLabel('Search file names').fill('dji_0061');
    await cell.first().waitFor({ timeout: deadline(30_000) });
  }, 120_000);

  it('gets it under each of its names in a zip', async () => {
    writeFileSync(join(folder, 'log.txt'), 'All clear.\n');
    await upload('log.txt');
    await page.getByRole('link', { name: 'To the project' }).click();
    const cell = page.getByRole('gridcell');
    await page.getByLabel('Search file names').fill('');
    await cell.nth(1).waitFor({ timeout: deadline(30_000) });
    await cell.first().getByRole('link').focus();
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('2 selected').waitFor();
    await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as zip' }).click(),
    ]);
    const zip = unzipped(readFileSync(await saved.path()));
    expect([...zip.keys()].sort()).toEqual(['DJI_0061.txt', 'log.txt', 'tower.txt']);
    for (const [name, octets] of zip) expect(octets).toEqual(readFileSync(join(folder, name)));
    expect(watched.faults).toEqual([]);
  }, 120_000);
});
