import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import type { RunningServer } from '../support/server.js';
import { startSlowProxy, type SlowProxy } from '../support/slow-proxy.js';
import { openPage, setUp, startWeb } from '../support/web.js';

(hasBrowser() ? describe : describe.skip)('A form of which a part is still to come', () => {
  let server: RunningServer;
  let slow: SlowProxy;
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    server = await startWeb();
    slow = await startSlowProxy(server.url);
    browser = await launchBrowser();
    ({ page } = await openPage(browser, slow.url));
    await setUp(page, { ...server, url: slow.url });
    await page.getByRole('link', { name: 'Projects' }).first().click();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await slow?.stop();
    await server?.stop();
  }, 60_000);

  it('cannot be sent before: it would move away under the press', async () => {
    const release = slow.hold();
    await page.getByRole('button', { name: 'New project' }).first().click();
    await page.getByLabel('Name of the project').fill('Pier');
    const create = page.getByRole('button', { name: 'Create the project' });
    expect(await create.isDisabled()).toBe(true);
    release();
    await create.and(page.locator(':enabled')).waitFor();
    const before = await create.boundingBox();
    await page.getByText('no renderer is running').waitFor();
    expect(await create.boundingBox()).toEqual(before);
    await page.keyboard.press('Escape');
  }, 60_000);

  it('takes an Enter that came before as soon as it can', async () => {
    const release = slow.hold();
    await page.getByRole('button', { name: 'New project' }).first().click();
    await page.getByLabel('Name of the project').fill('Quay');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('button', { name: 'Create the project' }).isDisabled()).toBe(true);
    release();
    await page.getByRole('heading', { name: 'Quay' }).waitFor();
  }, 60_000);
});
