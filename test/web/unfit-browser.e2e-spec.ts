import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import type { RunningServer } from '../support/server.js';
import { openPage, startWeb } from '../support/web.js';

const host = 'footage.county.example';

(hasBrowser() ? describe : describe.skip)('Somebody whose browser cannot encrypt', () => {
  let server: RunningServer;
  let browser: BrowserContext;

  beforeAll(async () => {
    server = await startWeb();
    browser = await launchBrowser({ host });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  it('is told to come by https, where the page came without it from another computer', async () => {
    const { page, faults } = await openPage(browser, `http://${host}:${server.port}/setup#${server.setupToken}`);
    const alert = page.getByRole('alert');
    expect(await alert.innerText()).toMatch(/This connection is not secure[^]*begins with https/);
    // Chromium itself complains of the connection; the page of nothing.
    expect(faults.filter((fault) => !fault.includes('Cross-Origin-Opener-Policy'))).toEqual([]);
  });

  it('is told that the browser is too old, where it lacks the kinds of keys', async () => {
    await browser.addInitScript(() => {
      const { subtle } = crypto;
      if (!subtle) return;
      const generateKey = subtle.generateKey.bind(subtle) as (...given: unknown[]) => Promise<unknown>;
      Object.defineProperty(subtle, 'generateKey', {
        value: async (...given: unknown[]) => {
          if (given[0] === 'X25519') throw new DOMException('Unrecognized name.', 'NotSupportedError');
          return generateKey(...given);
        },
      });
    });
    const { page, faults } = await openPage(browser, server.url);
    expect(await page.getByRole('alert').innerText()).toMatch(/This browser is too old[^]*Firefox 130/);
    expect(faults).toEqual([]);
  });
});
