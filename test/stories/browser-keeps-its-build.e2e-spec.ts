import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { type RunningServer, startServer } from '../support/server.js';
import { type TamperingProxy, startTamperingProxy } from '../support/tampering-proxy.js';
import { instead, otherBuild, readRelease, webDist } from '../support/web-builds.js';

/** The proxy is the server, as a browser sees it: what it changes, the operator of a server could change. */
(hasBrowser() ? describe : describe.skip)('A browser keeps to the build of the web app that it knows', () => {
  let server: RunningServer;
  let proxy: TamperingProxy;
  let browser: BrowserContext;
  let page: Page;
  const own = readRelease(webDist);

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    proxy = await startTamperingProxy(server.url);
    browser = await launchBrowser();
    page = await browser.newPage();
    page.on('console', (line) => faults.push(...(/error/.test(line.type()) ? [line.text()] : [])));
    faults.length = 0;
  });
  afterEach(async () => {
    await browser.close();
    await proxy.stop().catch(() => {});
  });
  const faults: string[] = [];

  /** Path of the worker that serves this page. */
  const controller = () =>
    page.evaluate(() => new URL(navigator.serviceWorker.controller?.scriptURL ?? 'about:blank').pathname);
  async function firstVisit(): Promise<void> {
    await page.goto(proxy.url);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  }
  const notice = () => page.locator('aside.release');

  it('starts without a network, once it was there', async () => {
    await firstVisit();
    expect(await controller()).toBe(own.serviceWorker);
    await proxy.stop();
    await page.goto(`${proxy.url}/projects/anything`);
    await page.locator('#app *').first().waitFor();
    expect(await page.title()).toBe('Aerie');
  });

  it('applies the policy of its build, whatever the server sends beside the page', async () => {
    proxy.alter = (_, answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-security-policy': "default-src * 'unsafe-inline'" },
    });
    await firstVisit();
    const response = await page.goto(`${proxy.url}/projects`);
    expect(response!.fromServiceWorker()).toBe(true);
    expect(response!.headers()['content-security-policy']).toBe(own.contentSecurityPolicy);
    expect(response!.headers()['cross-origin-opener-policy']).toBe('same-origin');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  it('shows nothing as a page that the server sends, and keeps no answer of the API', async () => {
    proxy.alter = (path, answer) =>
      path.startsWith('/api/docs')
        ? { ...answer, headers: { 'content-type': 'text/html' }, body: Buffer.from('<title>planted</title>') }
        : answer;
    await firstVisit();
    await page.goto(`${proxy.url}/api/docs`);
    // The page of the app, whatever it has drawn by now; its title begins as the app's name and ends with it ever after.
    expect(await page.title()).toMatch(/(^| )Aerie$/);
    const kept = await page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const requests = await Promise.all(caches_.map((cache) => cache.keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept.sort()).toEqual(
      Object.keys(own.files)
        .filter((name) => name !== own.serviceWorker)
        .sort(),
    );
  });

  it('asks before it takes another build, and takes it only when told to', async () => {
    await firstVisit();
    const other = otherBuild();
    proxy.alter = instead(other);
    await page.reload();
    await notice().getByText('The server has another version of this app').waitFor();
    expect(await controller()).toBe(own.serviceWorker);
    await notice().getByRole('button', { name: 'Not now' }).click();
    await notice().waitFor({ state: 'detached' });
    await page.reload();
    expect(await controller()).toBe(own.serviceWorker);
    await notice().getByRole('button', { name: 'Accept' }).click();
    await page.waitForFunction(
      (name) => navigator.serviceWorker.controller?.scriptURL.endsWith(name),
      readRelease(other).serviceWorker,
    );
    await page.locator('#app *').first().waitFor();
    expect(await page.evaluate(async () => (await (await fetch('/icon.svg')).text()).includes('<g/>'))).toBe(true);
    expect(await notice().count()).toBe(0);
  });

  it('raises an alarm when the octets under a known name have changed', async () => {
    await firstVisit();
    proxy.alter = (path, answer) =>
      path === own.serviceWorker ? { ...answer, body: Buffer.concat([answer.body, Buffer.from('\n;')]) } : answer;
    await page.reload();
    await notice().getByText('The server tried to change the app').waitFor();
    expect(await notice().innerText()).toContain(own.serviceWorker);
  });

  it('raises an alarm, and stays as it is, when a file of an accepted build is not what the build names', async () => {
    await firstVisit();
    const other = instead(otherBuild());
    proxy.alter = (path, answer, asked) => {
      const altered = other(path, answer, asked);
      return path === '/icon.svg' ? { ...altered, body: Buffer.from('<svg/>') } : altered;
    };
    await page.reload();
    await notice().getByRole('button', { name: 'Accept' }).click();
    await notice().getByText('The server tried to change the app').waitFor();
    expect(await notice().innerText()).toContain('/icon.svg');
    expect(await controller()).toBe(own.serviceWorker);
  });

  it('raises an alarm when the release changes under the same worker', async () => {
    await firstVisit();
    proxy.alter = (path, answer) =>
      path === '/aerie-web.json' ? { ...answer, body: Buffer.concat([answer.body, Buffer.from(' ')]) } : answer;
    await page.reload();
    await notice().getByText('The server tried to change the app').waitFor();
    expect(await controller()).toBe(own.serviceWorker);
  });

  it('has no fault of its policies in an ordinary visit', async () => {
    await firstVisit();
    await page.reload();
    await page.locator('#app *').first().waitFor();
    expect(faults).toEqual([]);
  });
});
