import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { Aerie, Pairing, newPairingCode, recover } from '@aerie/sdk';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import type { RunningServer } from '../support/server.js';
import { goTo } from '../support/web-devices.js';
import { openPage, setUp, startWeb, unlock, webPassphrase, type WatchedPage } from '../support/web.js';

const waitMsMax = deadline(60_000);

(hasBrowser() ? describe : describe.skip)('An owner tells devices apart', () => {
  const browsers: BrowserContext[] = [];
  let server: RunningServer;
  let watched: WatchedPage;
  let page: Page;
  let accountKey: string;

  const newBrowser = async (): Promise<BrowserContext> => {
    const browser = await launchBrowser();
    browsers.push(browser);
    return browser;
  };
  /** As the kit makes one, wherever that is. */
  const addWithKit = async (deviceLabel: string): Promise<string> =>
    (await recover({ server: server.url, kit: accountKey, deviceLabel })).keyring.deviceId;
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: waitMsMax });
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
  /** A browser that is opened again asks who is there; then the devices are on the page. */
  const openAgain = async () => {
    await page.goto(`${server.url}/devices`);
    await unlock(page);
    await page.getByRole('heading', { name: 'Field laptop' }).waitFor({ timeout: waitMsMax });
  };
  const notices = () => page.getByTestId('new-device');
  /** Each page asks for what is new as it opens: by the time the second shows its list, the first has its answer. */
  const hearsOfNothing = async () => {
    await goTo(page, 'Projects');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    await goTo(page, 'Devices');
    await page.getByRole('heading', { name: /This browser/ }).waitFor();
    expect(await notices().count()).toBe(0);
  };

  beforeAll(async () => {
    server = await startWeb();
    watched = await openPage(await newBrowser(), server.url);
    ({ page } = watched);
    page.setDefaultTimeout(waitMsMax);
    ({ accountKey } = await setUp(page, server));
    await addWithKit('Field laptop');
  }, 180_000);

  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server?.stop();
  }, 60_000);

  it('and hears of one that was added with the recovery kit, until it is accepted', async () => {
    await openAgain();
    await see('New device of yours: “Field laptop”');
    await see(/If that was not you, revoke it/);
    // On every page, not only where devices are listed; and in both languages.
    await goTo(page, 'Projects');
    await see('New device of yours: “Field laptop”');
    await page.getByLabel('Language').selectOption('de');
    await see('Neues Gerät von Ihnen: „Field laptop“');
    await see(/Waren Sie das nicht, widerrufen Sie es/);
    await page.getByLabel('Sprache').selectOption('en');
    // A phone has little room: one line there, with the way to the rest.
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByText(/If that was not you/).waitFor({ state: 'hidden' });
    expect((await notices().boundingBox())!.height).toBeLessThan(844 / 6);
    await press('Review Field laptop');
    await see(/If that was not you, revoke it/);
    await page.setViewportSize({ width: 1280, height: 720 });
    await press('I know this device: Field laptop');
    await notices().waitFor({ state: 'detached' });
    await openAgain();
    await hearsOfNothing();
  }, 180_000);

  it('and hears of the next one alone, and revokes it from there', async () => {
    await addWithKit('Somebody else');
    await openAgain();
    await see('New device of yours: “Somebody else”');
    expect(await page.getByRole('heading', { name: /^Somebody else\s+New$/ }).count()).toBe(1);
    await notices().getByRole('button', { name: 'Revoke Somebody else' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await notices().waitFor({ state: 'detached' });
    await openAgain();
    await page.getByText('1 revoked or expired device').waitFor();
    await hearsOfNothing();
  }, 180_000);

  it('and accepts them in two tabs, neither of which undoes what the other has saved', async () => {
    await addWithKit('Roof camera');
    await addWithKit('Gate camera');
    await openAgain();
    const { page: second } = await openPage(browsers[0]!, `${server.url}/devices`);
    second.setDefaultTimeout(waitMsMax);
    await unlock(second);
    const accept = async (tab: Page, name: string) => {
      await tab.getByRole('button', { name: `I know this device: ${name}` }).click();
      await tab.getByRole('button', { name: `I know this device: ${name}` }).waitFor({ state: 'detached' });
    };
    await second.getByTestId('new-device').waitFor();
    const first = (await second.getByTestId('new-device').innerText()).includes('Roof') ? 'Roof camera' : 'Gate camera';
    await accept(page, first);
    await accept(page, first === 'Roof camera' ? 'Gate camera' : 'Roof camera');
    await accept(second, first);
    await second.close();
    await openAgain();
    await hearsOfNothing();
  }, 180_000);

  it('and renames one, but not to the name of another', async () => {
    const own = await page.locator('article h3', { hasText: 'This browser' }).innerText();
    await press('Rename Field laptop');
    const dialog = page.getByRole('dialog');
    const name = dialog.getByLabel('New name');
    expect(await name.inputValue()).toBe('Field laptop');
    await name.fill(own.replace(/\s*This browser$/, '').toUpperCase());
    await dialog.getByRole('button', { name: 'Rename', exact: true }).click();
    await dialog.getByText('Another of your devices has that name').waitFor();
    await name.fill('Pier laptop');
    await name.press('Enter');
    await see('Field laptop is now called Pier laptop.');
    await page.getByRole('heading', { name: 'Pier laptop' }).waitFor();
    await expect(page.getByRole('heading', { name: 'Field laptop' }).count()).resolves.toBe(0);
  }, 120_000);

  it('and renames this browser, which says so while it is locked', async () => {
    await page
      .locator('article', { hasText: 'This browser' })
      .getByRole('button', { name: /^Rename/ })
      .click();
    await page.getByRole('dialog').getByLabel('New name').fill('Desk');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename', exact: true }).click();
    await see(/is now called Desk\./);
    await press('Lock');
    await see(/Desk · Kestrel Survey/);
    await unlock(page);
  }, 120_000);

  it('and approves one that came with a name that is taken under another', async () => {
    const code = newPairingCode();
    const pairing = await Pairing.offer({ server: server.url, code, label: 'PIER LAPTOP', kind: 'full' });
    await goTo(page, 'Devices');
    await page.getByRole('link', { name: 'Approve another browser' }).click();
    await page.getByLabel('Code that the other device shows').fill(code);
    await press('Find the device');
    const name = page.getByLabel('Name in your list');
    await name.waitFor();
    expect(await name.inputValue()).toBe('PIER LAPTOP 2');
    await name.fill('pier laptop');
    await press('Yes, approve');
    await see('Another of your devices has that name');
    await name.fill('Tablet');
    await press('Yes, approve');
    await see('Tablet is approved');
    const keyring = await pairing.answered();
    const tablet = await Aerie.open(keyring);
    // Approved here, so nothing new here; and nothing is new to a device that has just come.
    await hearsOfNothing();
    expect((await tablet.devices.list()).filter(({ isNew }) => isNew)).toEqual([]);
    await tablet.close();
  }, 120_000);

  it('and recovers in another browser under a name of its own; one that is taken costs nothing typed', async () => {
    const other = (await openPage(await newBrowser(), server.url)).page;
    other.setDefaultTimeout(waitMsMax);
    await other.getByRole('button', { name: 'With the recovery kit' }).click();
    await other.getByLabel('Account key or recovery kit').fill(accountKey);
    await other.getByLabel('Name of this browser').fill('desk');
    await other.getByLabel('Passphrase', { exact: true }).fill(webPassphrase);
    await other.getByLabel('Confirm passphrase').fill(webPassphrase);
    await other.getByRole('button', { name: 'Recover my keys' }).click();
    await other.getByText('Another of your devices has that name').waitFor();
    expect(await other.getByLabel('Account key or recovery kit').inputValue()).toBe(accountKey);
    await other.getByLabel('Name of this browser').fill('Attic');
    await other.getByRole('button', { name: 'Recover my keys' }).click();
    await other.getByRole('navigation', { name: 'Main menu' }).waitFor();
    await goTo(other, 'Devices');
    await other.getByRole('heading', { name: 'Attic' }).waitFor();
    expect(await other.getByTestId('new-device').count()).toBe(0);
    expect(watched.faults).toEqual([]);
  }, 180_000);
});
