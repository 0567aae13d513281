import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { startServer, type RunningServer } from '../support/server.js';

(hasBrowser() ? describe : describe.skip)('The page that documents the API', () => {
  let server: RunningServer;
  let browser: BrowserContext;

  beforeAll(async () => {
    server = await startServer();
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  it('shows the routes', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/api/docs`);
    await page.getByText('/api/v1/organization', { exact: false }).first().waitFor();
  });

  it('has no origin: neither storage, nor workers, nor the API of the app are within its reach', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/api/docs`);
    const reach = await page.evaluate(async (api) => {
      const tried = async (what: () => unknown) =>
        Promise.resolve()
          .then(what)
          .then(
            () => 'reached',
            () => 'refused',
          );
      return {
        origin: self.origin,
        storage: await tried(() => localStorage.getItem('x')),
        database: await tried(
          () =>
            new Promise((done, fail) => {
              const request = indexedDB.open('x');
              request.onsuccess = done;
              request.onerror = fail;
            }),
        ),
        worker: await tried(() => navigator.serviceWorker.getRegistrations()),
        api: await tried(() => fetch(api)),
      };
    }, `${server.url}/api/v1/server`);
    expect(reach).toEqual({
      origin: 'null',
      storage: 'refused',
      database: 'refused',
      worker: 'refused',
      api: 'refused',
    });
  });

  it('is sandboxed under each of its addresses', async () => {
    for (const path of ['/api/docs', '/api/docs/', '/api/docs/swagger-ui-init.js', '/api/docs?x']) {
      const policy = (await fetch(`${server.url}${path}`)).headers.get('content-security-policy');
      expect([path, policy]).toEqual([path, expect.stringMatching(/^sandbox allow-scripts; default-src 'none'/)]);
    }
  });
});
