import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import type { RunningServer } from '../support/server.js';
import { makeKeys, openPage, startWeb, unlock, webPassphrase } from '../support/web.js';

const answerMsMax = deadline(30_000);

/** An account key with another last digit in one of its groups, counted from 1. */
function misread(accountKey: string, group: number): string {
  const groups = accountKey.split('-');
  const right = groups[group - 1]!;
  return groups.with(group - 1, right.slice(0, -1) + (right.endsWith('Z') ? 'Y' : 'Z')).join('-');
}

(hasBrowser() ? describe : describe.skip)('An owner sets up a new server in the browser', () => {
  let server: RunningServer;
  let browser: BrowserContext;
  let page: Page;
  let faults: string[];
  let accountKey: string;
  let projectPath: string;

  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor({ timeout: answerMsMax });
  const alert = () => page.getByRole('alert');
  const confirm = async (key: string): Promise<void> => {
    await page.getByLabel('Account key').fill(key);
    await page.getByRole('button', { name: 'Confirm' }).click();
  };

  beforeAll(async () => {
    server = await startWeb();
    browser = await launchBrowser();
    ({ page, faults } = await openPage(browser, `${server.url}/setup#${server.setupToken}`));
    page.setDefaultTimeout(answerMsMax);
    // Leaving a page that shows a recovery kit asks first.
    page.on('dialog', (dialog) => void dialog.accept());
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  it('takes the token out of the address bar and asks for names', async () => {
    await heading('Welcome to Aerie');
    expect(page.url()).toBe(`${server.url}/setup`);
    expect(await page.getByLabel('Name of this browser').inputValue()).toBe('Chrome on Linux');
    await page.getByLabel('Name of your organization').fill('Kestrel Survey');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Next' }).click();
  });

  it('goes on with no passphrase that is short or typed once', async () => {
    await page.getByLabel('Passphrase', { exact: true }).fill('seven 7');
    await page.getByLabel('Confirm passphrase').fill('another');
    await page.getByRole('button', { name: 'Make my keys' }).click();
    expect(await alert().allInnerTexts()).toEqual([
      expect.stringContaining('At least 8 characters'),
      'Passphrases don’t match.',
    ]);
  });

  it('makes the keys and shows the recovery kit, with a code that a camera reads and a file of the same text', async () => {
    accountKey = await makeKeys(page, webPassphrase);
    expect(accountKey).toMatch(/^([0-9A-Z]{5}-){5}[0-9A-Z]{5}$/);
    await page.getByRole('img', { name: /camera/ }).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as file' }).click();
    const saved = await (await downloading).createReadStream();
    expect((await saved.toArray()).join('')).toContain(`Account key:       ${accountKey}`);
  });

  it('prints the kit and nothing else', async () => {
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByTestId('account-key').isVisible()).toBe(true);
    expect(await page.getByRole('button').filter({ visible: true }).count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
  });

  it('says which group of the account key is wrong, and shows the kit again', async () => {
    await page.getByRole('button', { name: 'I’ve saved my recovery kit' }).click();
    await confirm(misread(accountKey, 4));
    await alert().waitFor();
    expect(await alert().innerText()).toContain('Group 4');
    await page.getByRole('button', { name: 'Show the kit again' }).click();
    await page.getByTestId('account-key').waitFor();
  });

  it('is locked by a reload, and opened by the right passphrase alone', async () => {
    await page.reload();
    await heading('Aerie is locked');
    await unlock(page, 'not this one');
    await alert().waitFor();
    expect(await alert().innerText()).toContain('Wrong passphrase');
    await unlock(page);
    await heading('Confirm your recovery kit');
  });

  it('lets nobody past the kit after a reload, and says that it is not shown again', async () => {
    expect(await page.getByText('cannot be shown again').isVisible()).toBe(true);
    await page.goto(`${server.url}/projects`);
    await unlock(page);
    await heading('Confirm your recovery kit');
    await confirm(misread(accountKey, 1));
    await alert().waitFor();
    expect(await alert().textContent()).toContain('kit.malformed');
    await confirm(accountKey.toLowerCase().replaceAll('-', ' '));
    await heading('Your first project');
  });

  it('offers no renderer where none waits, and ends on the page of the first project', async () => {
    await page.getByText('no renderer is running').waitFor();
    expect(await page.locator('input[value="assisted"]').isDisabled()).toBe(true);
    expect(await page.locator('input[value="sealed"]').isChecked()).toBe(true);
    await page.getByLabel('Name of the project').fill('Harbour');
    await page.getByRole('button', { name: 'Create the project' }).click();
    await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);
    projectPath = new URL(page.url()).pathname;
  });

  it('comes back to the only project after unlocking', async () => {
    await page.goto(`${server.url}/`);
    await unlock(page);
    await page.waitForURL(`**${projectPath}`);
  });

  it('locks at a press of the button', async () => {
    await page.getByRole('button', { name: 'Lock' }).click();
    await heading('Aerie is locked');
  });

  it('has kept nothing secret where scripts of the origin could read it in the clear', async () => {
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]));
    expect(kept).not.toContain(server.setupToken);
    expect(kept).not.toContain(accountKey);
  });

  it('breaks no rule of the page and asks no other origin', () => expect(faults).toEqual([]));

  it('has kept no word of the names from the server’s log', () => {
    expect(server.logs()).not.toContain('Harbour');
    expect(server.logs()).not.toContain(accountKey.slice(0, 11));
  });

  describe('in another browser, which knows nothing', () => {
    let other: BrowserContext;

    beforeAll(async () => {
      other = await launchBrowser();
      ({ page, faults } = await openPage(other, `${server.url}/`));
      page.setDefaultTimeout(answerMsMax);
    }, 60_000);
    afterAll(() => other?.close());

    const recover = async (key: string): Promise<void> => {
      await page.getByLabel('Account key or recovery kit').fill(key);
      await page.getByLabel('Passphrase', { exact: true }).fill('a gull of its own over the pier');
      await page.getByLabel('Confirm passphrase').fill('a gull of its own over the pier');
      await page.getByRole('button', { name: 'Recover my keys' }).click();
    };

    it('refuses an account key with a typing error', async () => {
      await page.getByRole('button', { name: 'With the recovery kit' }).click();
      await recover(misread(accountKey, 2));
      await alert().waitFor();
      expect(await alert().textContent()).toContain('kit.malformed');
    });

    it('recovers the keys with the account key, and opens the project', async () => {
      await recover(accountKey);
      await page.waitForURL(`**${projectPath}`);
      await page.getByRole('link', { name: 'Projects' }).first().click();
      await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    });

    it('can forget its keys, and is then no device any more', async () => {
      await page.getByRole('button', { name: 'Lock' }).click();
      await page.getByText('Kestrel Survey').waitFor();
      await page.getByRole('button', { name: 'Forget this browser' }).click();
      await page.getByRole('button', { name: 'Delete the keys' }).click();
      await page.getByRole('heading', { name: 'Make this browser one of your devices' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Make this browser one of your devices' }).waitFor();
    });

    it('breaks no rule of the page and asks no other origin', () => expect(faults).toEqual([]));
  });
});
