import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, FileChooser, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { picture } from '../support/pictures.js';
import type { RunningServer } from '../support/server.js';
import { openPage, startWeb, webPassphrase, type WatchedPage } from '../support/web.js';

const waitMsMax = deadline(60_000);
/** More controls than any page has. */
const stopsMax = 40;

(hasBrowser() ? describe : describe.skip)('Somebody who uses the keyboard alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-keyboard-'));
  const photos: string[] = [];
  let server: RunningServer;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    for (const [i, width] of [400, 480, 560].entries()) {
      photos.push(join(folder, `bridge-${i + 1}.jpg`));
      writeFileSync(photos[i]!, await picture(width));
    }
    server = await startWeb();
    browser = await launchBrowser({ viewport: { width: 1280, height: 800 } });
    watched = await openPage(browser, `${server.url}/setup#${server.setupToken}`);
    ({ page } = watched);
    page.on('dialog', (dialog) => void dialog.accept());
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Where the focus is: what the control is called, and whether it can be seen that it has the focus. */
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> };
      const text = element.labels?.[0]?.innerText || element.getAttribute('aria-label') || element.innerText || '';
      // A radio button with a text around it has its ring around both.
      const ringed = [element, element.closest('label') ?? element].map((one) => getComputedStyle(one));
      return {
        tag: element.localName,
        name: /^(body|main|dialog)$/.test(element.localName) ? element.localName : text.trim(),
        inDialog: element.closest('dialog[open]') !== null,
        isSeen: ringed.some(
          ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
        ),
      };
    });
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor({ timeout: waitMsMax });
  const text = (wanted: string | RegExp) => page.getByText(wanted).first().waitFor({ timeout: waitMsMax });
  /** The focus is somewhere on the page, and to be seen. */
  async function isNotLost(): Promise<void> {
    await page.waitForFunction(() => document.activeElement !== document.body, undefined, {
      timeout: deadline(10_000),
    });
    const { tag, name, isSeen } = await focused();
    // A page or a dialog that the focus was put on has no ring around it: no person moved it there.
    const isPlaced = tag === 'main' || tag === 'dialog';
    expect([tag, name, isSeen || isPlaced]).toEqual([tag, name, true]);
  }
  /** With Tab, past controls of which each shows that it has the focus. */
  async function tabTo(name: string | RegExp): Promise<void> {
    const passed: string[] = [];
    for (let i = 0; i < stopsMax; i++) {
      const now = await focused();
      if (typeof name === 'string' ? now.name === name : name.test(now.name)) return isNotLost();
      // The end of the page: the browser's own controls come next, then the page again.
      if (!['body', 'main', 'dialog'].includes(now.tag)) expect([now.name, now.isSeen]).toEqual([now.name, true]);
      passed.push(now.name);
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}, but to ${passed.join(' | ')}`);
  }
  /** Presses again where the first press came while the page was still being drawn, as people do. */
  async function choosing(name: string): Promise<FileChooser> {
    for (let attempt = 1; ; attempt++) {
      await tabTo(name);
      const opened = page.waitForEvent('filechooser', { timeout: deadline(10_000) });
      await page.keyboard.press('Enter');
      const chooser = await opened.catch(() => null);
      if (chooser) return chooser;
      if (attempt === 3) throw new Error(`${name} opens nothing`);
    }
  }
  async function choose(name: string | RegExp, key = 'Enter'): Promise<void> {
    await tabTo(name);
    await page.keyboard.press(key);
  }
  async function fill(label: string, value: string): Promise<void> {
    await tabTo(label);
    await page.keyboard.type(value);
  }

  it('sets up a server, and is never left without a place', async () => {
    await heading('Welcome to Aerie');
    // It begins where there is something to do.
    expect((await focused()).name).toBe('Name of your organization');
    await page.keyboard.type('Kestrel Survey');
    await fill('Your name', 'Ada');
    await page.keyboard.press('Enter');
    await heading('A passphrase for this browser');
    expect((await focused()).name).toBe('Passphrase');
    await page.keyboard.type(webPassphrase);
    await fill('Confirm passphrase', webPassphrase);
    await choose('Make my keys');
    await isNotLost();
    const key = page.getByTestId('account-key');
    await key.waitFor({ timeout: waitMsMax });
    const accountKey = (await key.innerText()).trim().replace(/\s+/g, '-');
    await isNotLost();
    await choose('I’ve saved my recovery kit');
    await heading('Confirm your recovery kit');
    await page.getByLabel(/Group [1-6] of the account key/).waitFor();
    expect((await focused()).name).toMatch(/^Group [1-6] of the account key$/);
    await page.keyboard.type(accountKey);
    await choose('Confirm', ' ');
    await heading('Your first project');
    expect((await focused()).name).toBe('Name of the project');
    await choose('Later');
    await heading('No project yet');
    await isNotLost();
  }, 120_000);

  it('makes a project in a dialog that keeps the focus in and gives it back', async () => {
    await choose('New project');
    await heading('New project');
    for (let i = 0; i < 12; i++) {
      const { tag, inDialog } = await focused();
      // Between the last control of a dialog and the first are the browser's own.
      if (tag !== 'body') expect([tag, inDialog]).toEqual([tag, true]);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await focused()).name).toBe('New project');
    await page.keyboard.press('Enter');
    await heading('New project');
    // Closed, and opened again before the browser has told of the close: it stays open.
    await page.evaluate(() => {
      const dialog = document.querySelector<HTMLDialogElement & { requestClose(): void }>('dialog[open]')!;
      dialog.requestClose();
      (document.activeElement as HTMLElement).click();
    });
    await heading('New project');
    expect((await focused()).name).toBe('Name of the project');
    await page.keyboard.type('Harbour');
    await page.keyboard.press('Enter');
    await heading('Harbour');
    await isNotLost();
  }, 60_000);

  it('uploads files', async () => {
    await choose('Upload');
    await heading('Upload to Harbour');
    await isNotLost();
    const chooser = await choosing('Choose files');
    await chooser.setFiles(photos);
    await text('Safe to erase the card');
    await isNotLost();
    await choose('To the project');
    await heading('Harbour');
    await isNotLost();
  }, 90_000);

  it('looks at one after the other, reads the details and what was checked', async () => {
    await page.getByRole('gridcell').nth(2).waitFor({ timeout: waitMsMax });
    await tabTo(/^bridge-\d\.jpg/);
    const { name } = await focused();
    await page.keyboard.press('ArrowRight');
    expect((await focused()).name).toMatch(/^bridge-\d\.jpg/);
    expect((await focused()).name).not.toBe(name);
    await page.keyboard.press('ArrowLeft');
    expect((await focused()).name).toBe(name);
    await page.keyboard.press('Enter');
    const title = page.getByRole('heading', { level: 1 });
    await page.locator('img[data-shows]').waitFor({ timeout: waitMsMax });
    await isNotLost();
    const first = await title.innerText();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((before) => document.querySelector('h1')?.textContent !== before, first);
    await isNotLost();
    await page.keyboard.press('i');
    await page.getByRole('complementary', { name: 'Details' }).waitFor();
    await choose('Close the details');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    await isNotLost();
    await choose('Verified');
    await heading('What was checked');
    expect((await focused()).inDialog).toBe(true);
    await choose('Check the whole file now');
    await text('the complete file is on the server');
    expect((await focused()).inDialog).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await focused()).name).toBe('Verified');
  }, 90_000);

  it('downloads the original, and returns to where it was in the timeline', async () => {
    const name = await page.getByRole('heading', { level: 1 }).innerText();
    // A dialog of the operating system would ask where to; without it, the browser saves by itself.
    await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await tabTo('Download the original');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const wanted = photos.find((path) => path.endsWith(name))!;
    expect(readFileSync(await download.path()).equals(readFileSync(wanted))).toBe(true);
    await isNotLost();
    await page.keyboard.press('Escape');
    await page.getByRole('grid').waitFor();
    await page.waitForFunction(() => document.activeElement?.hasAttribute('data-media'));
    expect((await focused()).name).toContain(name);
    await isNotLost();
  }, 60_000);

  it('locks, and unlocks again', async () => {
    await choose('Lock');
    await heading('Aerie is locked');
    await page.waitForFunction(() => document.activeElement?.localName === 'input');
    await page.keyboard.type('not this one');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor({ timeout: waitMsMax });
    await isNotLost();
    expect((await focused()).name).toBe('Passphrase of this browser');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(webPassphrase);
    await page.keyboard.press('Enter');
    await heading('Harbour');
    await isNotLost();
  }, 90_000);

  it('skips the menu at the first stop of a page', async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await choose('Skip to the content');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
  });

  it('meets no fault', () => expect(watched.faults).toEqual([]));
});
