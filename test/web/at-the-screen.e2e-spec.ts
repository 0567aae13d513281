import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { picture } from '../support/pictures.js';
import type { RunningServer } from '../support/server.js';
import { openPage, setUp, startWeb, unlock, type WatchedPage } from '../support/web.js';

const waitMsMax = deadline(60_000);

/** What people stumbled over at a screen, each as they met it. */
(hasBrowser() ? describe : describe.skip)('At the screen, somebody', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-screen-'));
  const card = join(folder, 'card');
  let server: RunningServer;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;
  let project: string;
  let accountKey: string;
  const requests: string[] = [];

  const dropAt = async (x: number, y: number, ...paths: string[]): Promise<void> => {
    const at = { x, y, data: { items: [], files: paths, dragOperationsMask: 1 } };
    const session = await browser.newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, ...at });
    await session.detach();
  };
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: waitMsMax });
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click();
  const open = async (name: string) => {
    await page
      .getByRole('link', { name: new RegExp(name) })
      .first()
      .click();
    await page.waitForURL(/\/media\//);
  };

  beforeAll(async () => {
    mkdirSync(card);
    for (let i = 0; i < 60; i++)
      writeFileSync(join(card, `DJI_${String(i).padStart(4, '0')}.JPG`), await picture(64 + 4 * i, 64));
    writeFileSync(
      join(card, 'strange.mp4'),
      Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1'), randomBytes(50_000)]),
    );
    server = await startWeb();
    browser = await launchBrowser();
    browser.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
    watched = await openPage(browser, server.url);
    ({ page } = watched);
    const made = await setUp(page, server);
    ({ accountKey } = made);
    project = `${server.url}/projects/${made.projectId}`;
  }, deadline(150_000));
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('drops a card on the menu, and it is taken as if dropped in the middle', async () => {
    await dropAt(40, 300, card);
    await page.waitForURL(/\/uploads$/);
    await see('Safe to erase the card');
  });

  it('goes from the finished upload to the footage', async () => {
    await press('Look at the footage');
    await page.waitForURL(project);
    await page.locator('[data-media] img').first().waitFor({ timeout: waitMsMax });
  });

  it('leaves a grid that still scrolls, and nothing breaks', async () => {
    await page.setViewportSize({ width: 700, height: 500 });
    await page.evaluate(
      () =>
        new Promise<void>((left) => {
          const scroller = document.querySelector('.scroller')!;
          scroller.addEventListener('scroll', () => left(), { once: true });
          scroller.scrollTop = 400;
          document.querySelector<HTMLElement>('nav a[href="/projects"]')!.click();
        }),
    );
    await page.getByRole('heading', { name: 'Projects', exact: true }).waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(watched.faults).toEqual([]);
  });

  it('reads why a video does not play, in colors that can be read, and can download it there', async () => {
    await page
      .getByRole('link', { name: /Harbour/ })
      .first()
      .click();
    await page.getByRole('searchbox').fill('strange');
    // Until the others are gone, everything may still move under the pointer.
    await page.waitForFunction(() => document.querySelectorAll('[data-media]').length === 1);
    await open('strange.mp4');
    await see(/cannot play this kind of video/);
    expect(await page.locator('video').count()).toBe(0);
    expect(await page.locator('main').getByRole('button', { name: 'Download the original' }).count()).toBe(2);
    const contrast = await page.getByText(/cannot play this kind of video/).evaluate((text) => {
      const light = (color: string): number => {
        const [r, g, b] = color.match(/[\d.]+/g)!.map((value) => {
          const share = Number(value) / 255;
          return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        }) as [number, number, number];
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = getComputedStyle(text.closest('.notice')!).backgroundColor;
      const [one, two] = [light(getComputedStyle(text).color), light(ground)].sort((a, b) => b - a) as [number, number];
      return (one + 0.05) / (two + 0.05);
    });
    expect(contrast).toBeGreaterThanOrEqual(4.5);
    await page.screenshot({ path: join(process.env.AERIE_SCREENS ?? folder, 'video.png') });
  });

  it('waits a moment, and need not reload, where a video is opened before the part that plays it is installed', async () => {
    const path = page.url();
    await page.evaluate(async () => {
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    });
    let install = (): void => {};
    const isInstalled = new Promise<void>((resolve) => (install = resolve));
    await browser.route('**/aerie-web.json', async (route) => {
      await isInstalled;
      await route.continue();
    });
    await page.goto(path);
    await unlock(page);
    await see('Preparing to play');
    install();
    await see(/cannot play this kind of video/);
    await browser.unroute('**/aerie-web.json');
    await page.keyboard.press('Escape');
    await page.waitForURL(project);
  });

  it('sees no frame around the page after Enter on a button that goes away', async () => {
    await page.goto(project);
    await unlock(page);
    await page.locator('[data-media]').first().waitFor({ timeout: waitMsMax });
    // The button that had the focus is gone: the page takes it, as it was not moved by a person.
    await page.evaluate(() => {
      const button = document.querySelector('main')!.appendChild(document.createElement('button'));
      button.focus();
    });
    await page.keyboard.press('Shift');
    await page.evaluate(() => document.querySelector('main > button')!.remove());
    await page.waitForFunction(() => document.activeElement === document.querySelector('main'));
    const outline = () => page.evaluate(() => getComputedStyle(document.querySelector('main')!).outlineStyle);
    expect(await outline()).toBe('none');
  });

  it('is asked before locking pauses an upload, which goes on after unlocking', async () => {
    const more = join(folder, 'more');
    mkdirSync(more);
    for (let i = 0; i < 3; i++) writeFileSync(join(more, `flight-${i}.bin`), randomBytes(300_000));
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await browser.route(/\/api\/v1\/.*(uploads|bundles)/, async (route) => {
      await held;
      await route.continue().catch(() => {});
    });
    await dropAt(640, 400, more);
    await page.waitForURL(/\/uploads$/);
    await press('Lock');
    await see(/3 files are not stored yet\. Locking pauses the upload/);
    await page.screenshot({ path: join(process.env.AERIE_SCREENS ?? folder, 'lock.png') });
    await press('Cancel');
    await press('Lock');
    requests.length = 0;
    await press('Lock and pause');
    await page.getByRole('heading', { name: 'Aerie is locked' }).waitFor({ timeout: waitMsMax });
    release();
    await browser.unroute(/\/api\/v1\/.*(uploads|bundles)/);
    await unlock(page);
    await see('Safe to erase the card');
    expect(requests).toContain('DELETE /api/v1/sessions/current');
  });

  it('sees the sign-ins of a device together, and ends all others at once', async () => {
    const { Aerie, recover } = await import('@aerie/sdk');
    const { keyring } = await recover({ server: server.url, kit: accountKey, deviceLabel: 'Field laptop' });
    const others = [await Aerie.open(keyring), await Aerie.open(keyring)];
    for (const other of others) await other.projects.list();
    await page.getByRole('link', { name: 'Active sign-ins' }).click();
    const device = page.getByRole('rowheader', { name: /Field laptop/ });
    await device.waitFor({ timeout: waitMsMax });
    expect([await device.count(), await device.getAttribute('rowspan')]).toEqual([1, '2']);
    await page.screenshot({ path: join(process.env.AERIE_SCREENS ?? folder, 'sessions.png') });
    await press(/^End my \d+ other sign-ins$/);
    await see(/^Your \d+ other sign-ins have ended\.$/);
    await device.waitFor({ state: 'detached', timeout: waitMsMax });
  });

  it('hears at once that the server is away, and still sees the projects', async () => {
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('heading', { name: 'Harbour' }).waitFor({ timeout: waitMsMax });
    await page.getByRole('link', { name: 'Devices', exact: true }).click();
    await browser.setOffline(true);
    await see(/Can’t reach the server\. Trying again/);
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('heading', { name: 'Harbour' }).waitFor({ timeout: waitMsMax });
    expect(await page.getByText('Failed to fetch').count()).toBe(0);
    await page.screenshot({ path: join(process.env.AERIE_SCREENS ?? folder, 'offline.png') });
    await browser.setOffline(false);
    await page.getByText(/Can’t reach the server\. Trying again/).waitFor({ state: 'detached', timeout: waitMsMax });
    expect(watched.faults).toEqual([]);
  });

  it('confirms the kit by one group of its key', async () => {
    const another = await startWeb();
    const context = await launchBrowser();
    try {
      const { page: fresh } = await openPage(context, another.url);
      await fresh.goto(`${another.url}/setup#${another.setupToken}`);
      await fresh.getByLabel('Name of your organization').fill('Kestrel Survey');
      await fresh.getByLabel('Your name').fill('Ada');
      await fresh.getByRole('button', { name: 'Next' }).click();
      const { makeKeys, webPassphrase } = await import('../support/web.js');
      const groups = (await makeKeys(fresh, webPassphrase)).split('-');
      await fresh.getByRole('button', { name: 'I’ve saved my recovery kit' }).click();
      const field = fresh.getByLabel(/Group [1-6] of the account key/);
      await field.waitFor();
      const asked = Number(
        /Group (\d)/.exec(
          await fresh
            .getByText(/^Group [1-6] of the account key/)
            .first()
            .innerText(),
        )![1],
      );
      await field.fill(groups[asked % 6]!);
      await fresh.getByRole('button', { name: 'Confirm' }).click();
      await fresh.getByText(`Group ${asked} is wrong`).waitFor({ timeout: waitMsMax });
      await field.fill(groups[asked - 1]!.toLowerCase());
      await fresh.getByRole('button', { name: 'Confirm' }).click();
      await fresh.getByLabel('Name of the project').waitFor({ timeout: waitMsMax });
    } finally {
      await context.close();
      await another.stop();
    }
  });
});
