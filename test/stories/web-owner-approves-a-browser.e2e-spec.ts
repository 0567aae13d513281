import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { picture } from '../support/pictures.js';
import { samplesIn, sampleFolder } from '../support/samples.js';
import type { RunningServer } from '../support/server.js';
import { askForApproval, goTo, upload, waitingDevice } from '../support/web-devices.js';
import { openPage, setUp, startWeb, unlock, type WatchedPage } from '../support/web.js';

const secondPassphrase = 'the second browser of the same person';
const waitMsMax = deadline(60_000);

(hasBrowser() ? describe : describe.skip)('An owner approves another browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-approves-'));
  const browsers: BrowserContext[] = [];
  let server: RunningServer;
  let first: WatchedPage;
  let second: WatchedPage;
  let projectId: string;
  let photo: string;

  const newBrowser = async (): Promise<BrowserContext> => {
    const browser = await launchBrowser();
    browsers.push(browser);
    return browser;
  };

  beforeAll(async () => {
    server = await startWeb();
    const samples = sampleFolder();
    const real = samples && samplesIn(samples).find(({ name }) => /^dji-jpeg\/.*\.jpe?g$/i.test(name))?.path;
    photo = real ?? join(folder, 'bridge.jpg');
    if (!real) writeFileSync(photo, await picture());
    first = await openPage(await newBrowser(), server.url);
    ({ projectId } = await setUp(first.page, server));
    await first.page.goto(`${server.url}/projects/${projectId}/uploads`);
    await unlock(first.page);
    await upload(first.page, photo);
  }, 180_000);

  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** In a new browser: asks, and answers what it shows. */
  async function ask(page: Page, name: string) {
    await page.getByRole('button', { name: 'With another device of yours' }).click();
    const { checkNumber } = await askForApproval(page, { name, passphrase: secondPassphrase });
    return { checkNumber, code: (await page.getByTestId('pairing-code').innerText()).trim() };
  }

  it('which shows the same check number, and then opens what the first has uploaded', async () => {
    second = await openPage(await newBrowser(), server.url);
    const { code, checkNumber } = await ask(second.page, 'Laptop on board');

    await goTo(first.page, 'Devices');
    await first.page.getByRole('link', { name: 'Approve another browser' }).click();
    await first.page
      .getByLabel('Code that the other device shows')
      .fill(` ${code.toLowerCase().replaceAll('-', ' ')} `);
    await first.page.getByRole('button', { name: 'Find the device' }).click();
    expect(await waitingDevice(first.page)).toEqual({ name: 'Laptop on board', checkNumber });
    await first.page.getByRole('button', { name: 'Yes, approve' }).click();
    await first.page.getByText('Laptop on board is approved').waitFor({ timeout: waitMsMax });

    await second.page.getByRole('gridcell').getByRole('link').first().click({ timeout: waitMsMax });
    const picture = second.page.getByRole('img', { name: /^Picture of / });
    await picture.waitFor({ timeout: waitMsMax });
    await expect(
      picture.evaluate(async (image: HTMLImageElement) => {
        await image.decode();
        return image.naturalWidth > 0;
      }),
    ).resolves.toBe(true);
  }, 150_000);

  it('is asked by a link in a code that its camera reads, and may refuse; then nobody is let in', async () => {
    const third = await openPage(await newBrowser(), server.url);
    const { code, checkNumber } = await ask(third.page, 'Somebody else');
    const requests: string[] = [];
    first.page.on('request', (request) => requests.push(request.url()));
    await goTo(first.page, 'Devices');
    // A camera opens a new tab or loads the page again: locked, until the passphrase is given.
    await first.page.goto(`${server.url}/devices/approve#${code}`);
    expect(first.page.url()).toBe(`${server.url}/devices/approve`);
    await unlock(first.page);
    expect(await waitingDevice(first.page)).toEqual({ name: 'Somebody else', checkNumber });
    await first.page.getByRole('button', { name: 'No, reject' }).click();
    await first.page.getByText('Nothing was approved').waitFor();

    await goTo(first.page, 'Devices');
    await first.page.getByRole('heading', { name: 'Laptop on board' }).waitFor();
    await expect(first.page.getByText('Somebody else').count()).resolves.toBe(0);
    await expect(third.page.getByText('Waiting for approval').count()).resolves.toBe(1);
    expect(requests.filter((url) => url.includes(code) || url.includes(code.replaceAll('-', '')))).toEqual([]);
    expect(third.faults).toEqual([]);
  }, 120_000);

  it('says that no device waits where the code is a wrong one, and what a code looks like', async () => {
    await goTo(first.page, 'Devices');
    await first.page.getByRole('link', { name: 'Approve another browser' }).click();
    const code = first.page.getByLabel('Code that the other device shows');
    await code.fill('AAAA-BBBB-CCCC-DDDD-EEEE');
    await first.page.getByRole('button', { name: 'Find the device' }).click();
    await first.page.getByText('No device is waiting with this code').waitFor();
    await code.fill('AAAA-BBBB');
    await first.page.getByRole('button', { name: 'Find the device' }).click();
    await first.page.getByText('five groups of four').last().waitFor();
  });

  it('takes the approval back, and the browser is told so', async () => {
    await goTo(first.page, 'Devices');
    await first.page.getByRole('button', { name: 'Revoke Laptop on board' }).click();
    const dialog = first.page.getByRole('dialog');
    await dialog.getByText('it has your keys').waitFor();
    await dialog.getByLabel('Reason (optional)').fill('left on the boat');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await first.page.getByText('Laptop on board is revoked.').waitFor();

    await second.page.goto(`${server.url}/projects/${projectId}`);
    await unlock(second.page, secondPassphrase);
    await second.page.getByText('This device was revoked').first().waitFor({ timeout: waitMsMax });
    expect(first.faults).toEqual([]);
    expect(second.faults).toEqual([]);
  }, 90_000);
});
