import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, killBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { until } from '../support/people.js';
import type { RunningServer } from '../support/server.js';
import { startSlowProxy, type SlowProxy } from '../support/slow-proxy.js';
import { openPage, setUp, startWeb, unlock } from '../support/web.js';

/** Parts of 8 MiB: enough for what happens to each film while it is sent. */
const partBytes = 8 * 1024 * 1024;
const uploadBytesPerSecond = partBytes;
const uploadMsMax = 150_000;

(hasBrowser() ? describe : describe.skip)('A pilot resumes an upload', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-resume-'));
  const profile = join(folder, 'profile');
  const card = join(folder, 'CARD');
  let server: RunningServer;
  let proxy: SlowProxy;
  let browser: BrowserContext;
  let page: Page;
  let projectId: string;

  const openUploads = async (): Promise<void> => {
    browser = await launchBrowser({ userDataDir: profile });
    ({ page } = await openPage(browser, `${proxy.url}/projects/${projectId}/uploads`));
    await unlock(page);
  };
  const choose = (path: string): Promise<void> => page.locator('input[webkitdirectory]').setInputFiles(path);
  const partsAcknowledged = (count: number): Promise<number> =>
    until(
      async () => proxy.acknowledged.length,
      (now) => now >= count,
      uploadMsMax,
    );
  const film = (name: string, parts: number): void => writeFileSync(join(card, name), randomBytes(parts * partBytes));

  beforeAll(async () => {
    mkdirSync(card);
    film('DJI_0001.MP4', 5);
    server = await startWeb();
    proxy = await startSlowProxy(server.url);
    browser = await launchBrowser({ userDataDir: profile });
    ({ page } = await openPage(browser, proxy.url));
    ({ projectId } = await setUp(page, { ...server, url: proxy.url }));
    await browser.close();
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it(
    'whose browser was killed, and sends the remaining parts only',
    async () => {
      await openUploads();
      proxy.uploadBytesPerSecond = uploadBytesPerSecond;
      await choose(card);
      await partsAcknowledged(2);
      await killBrowser(browser, profile);
      const kept = [...proxy.acknowledged];
      const inFlight = proxy.sent.filter((part) => !kept.includes(part));
      proxy.sent.length = 0;
      proxy.uploadBytesPerSecond = undefined;

      await openUploads();
      await page.getByText('An upload to this project was not finished').waitFor();
      await choose(card);
      await page.getByText('Safe to erase the card').waitFor({ timeout: deadline(uploadMsMax) });
      expect(kept.length).toBeGreaterThanOrEqual(2);
      expect(proxy.sent.filter((part) => kept.includes(part))).toEqual([]);
      expect(proxy.sent.length).toBeGreaterThan(0);
      // Between them every part of the one blob was acknowledged, each once; of those that were on their way when the
      // browser died, the server may have one that no client heard of.
      const parts = new Set(proxy.acknowledged);
      expect(parts.size).toBe(proxy.acknowledged.length);
      for (const part of inFlight) parts.add(part);
      const numbers = [...parts].map((part) => Number(part.split('/')[2])).sort((a, b) => a - b);
      expect(numbers).toEqual(numbers.map((_, i) => i));
      expect(new Set(proxy.acknowledged.map((part) => part.split('/')[0])).size).toBe(1);

      await page.reload();
      await unlock(page);
      await page.getByText('Drop your SD card here').waitFor();
      expect(await page.getByText('An upload to this project was not finished').count()).toBe(0);
    },
    2 * uploadMsMax,
  );

  it(
    'that was paused, locked away and lost the network, without sending a part twice',
    async () => {
      rmSync(join(card, 'DJI_0001.MP4'));
      film('DJI_0002.MP4', 9);
      proxy.sent.length = proxy.acknowledged.length = 0;
      proxy.uploadBytesPerSecond = uploadBytesPerSecond;
      await choose(card);
      await partsAcknowledged(2);
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('heading', { name: 'Paused' }).waitFor();
      await page.getByText('Do not erase the card yet').waitFor();
      const afterPause = proxy.acknowledged.length;

      await page.getByRole('button', { name: 'Resume' }).click();
      await partsAcknowledged(afterPause + 1);
      await page.getByRole('button', { name: 'Lock', exact: true }).click();
      await page.getByRole('button', { name: 'Lock and pause' }).click();
      const atLock = proxy.acknowledged.length;
      await unlock(page);
      // It goes on by itself.
      await partsAcknowledged(atLock + 1);

      const findAgain = proxy.lose();
      await page.getByText(/^Can’t reach the server\. Trying again in/).waitFor();
      expect(await page.getByText('Safe to erase').count()).toBe(0);
      findAgain();
      proxy.uploadBytesPerSecond = undefined;
      await page.getByText('Safe to erase the card').waitFor({ timeout: deadline(uploadMsMax) });
      expect(new Set(proxy.acknowledged).size).toBe(proxy.acknowledged.length);
    },
    2 * uploadMsMax,
  );
});
