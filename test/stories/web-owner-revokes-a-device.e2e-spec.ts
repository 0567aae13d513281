import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { Aerie, recover } from '@aerie/sdk';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import type { RunningServer } from '../support/server.js';
import { openPage, setUp, startWeb, unlock, type WatchedPage } from '../support/web.js';

const waitMsMax = deadline(60_000);

(hasBrowser() ? describe : describe.skip)('An owner revokes a full device that was lost', () => {
  let browser: BrowserContext;
  let server: RunningServer;
  let watched: WatchedPage;
  let page: Page;
  /** Another full device of hers, which looks at what was done. */
  let desk: Aerie;
  let accountKey: string;

  const addWithKit = async (deviceLabel: string) =>
    (await recover({ server: server.url, kit: accountKey, deviceLabel })).keyring;
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: waitMsMax });
  const openDevices = async () => {
    await page.goto(`${server.url}/devices`);
    await unlock(page);
    await page.getByRole('heading', { name: 'Desk' }).waitFor({ timeout: waitMsMax });
  };
  const counts = async () => {
    const { members, projects } = await desk.local.membership({ fresh: true });
    return {
      certificates: members.get(desk.keyring.memberId)!.certificates.length,
      epochs: [...projects.values()].map(({ epochs }) => epochs.length),
    };
  };

  beforeAll(async () => {
    server = await startWeb();
    browser = await launchBrowser();
    watched = await openPage(browser, server.url);
    ({ page } = watched);
    page.setDefaultTimeout(waitMsMax);
    ({ accountKey } = await setUp(page, server));
    desk = await Aerie.open(await addWithKit('Desk'));
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  it('and the keys it had are replaced in the same go', async () => {
    await addWithKit('Lost laptop');
    await openDevices();
    const card = page.locator('article', { hasText: 'Lost laptop' });
    await card.getByRole('button', { name: 'Revoke Lost laptop' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/Your keys are replaced next/).waitFor();
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await see('Lost laptop is revoked.');
    expect(await desk.devices.rotation()).toEqual([]);
    expect(await counts()).toEqual({ certificates: 2, epochs: [2] });
  }, 180_000);

  it('and finishes what another device has left to do', async () => {
    const { deviceId } = await addWithKit('Lost phone');
    await desk.devices.revoke(deviceId);
    await openDevices();
    await see('A revoked device still has some of your keys');
    await page.getByRole('button', { name: 'Replace keys' }).click();
    await see(/^Keys replaced\./);
    await page.getByText('A revoked device still has some of your keys').waitFor({ state: 'detached' });
    expect(await counts()).toEqual({ certificates: 3, epochs: [3] });
    expect(watched.faults).toEqual([]);
  }, 180_000);
});
