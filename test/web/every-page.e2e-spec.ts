import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recover } from '@aerie/sdk';
import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { RawDevice } from '../support/raw.js';
import { startRecordingProxy, type RecordingProxy } from '../support/recording-proxy.js';
import { sampleFolder } from '../support/samples.js';
import type { RunningServer } from '../support/server.js';
import { startSlowProxy, type SlowProxy } from '../support/slow-proxy.js';
import { Stored } from '../support/stored.js';
import { Tour } from '../support/tour.js';
import { askForApproval, goTo, upload } from '../support/web-devices.js';
import { makeKeys, openPage, startWeb, unlock, webPassphrase, type WatchedPage } from '../support/web.js';

const waitMsMax = deadline(60_000);
const featuresFolder = resolve(fileURLToPath(import.meta.url), '../../../clients/web/src/features');
/** Paths that no feature lists as a page. */
const pagesApart = ['/setup', '/join', '/nowhere', '/'];
/** What this test has named itself, words that both languages share, and what was announced once, when it was heard. */
const sameInAll = new RegExp(
  [
    'Kestrel Survey|Harbour|^Ada\\b|Aerie|DJI|NOTES|karma|Wind 4 m/s|Laptop on board|Pilot’s phone|Controller 2',
    'Chrome on Linux|https?:|image/jpeg|text/plain|SHA-256|warnings?, \\d+ stuck jobs',
    '^(Code|Esc|Name|Original|Organization|Passphrase|Position|Renderer|Server|Status|Version)$',
  ].join('|'),
);

// The SDK, where another test of this process has loaded it, lets libvips open no SVG.
sharp.unblock({ operation: ['VipsForeignLoadSvg'] });

/** Fields beside a road, generated, not filmed. */
const drawn = (hue: number): Promise<Buffer> =>
  sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200"><rect width="1600" height="1200" fill="hsl(${hue},30%,40%)"/>
      <rect x="${hue * 4}" width="90" height="1200" fill="#ccc"/><circle cx="1000" cy="${hue * 5}" r="260" fill="hsl(${hue + 40},35%,28%)"/></svg>`),
  )
    .withExif({
      IFD0: { Make: 'DJI', Model: 'FC3582' },
      IFD2: { DateTimeOriginal: `2026:09:${hue > 90 ? 22 : 21} 14:05:00`, OffsetTimeOriginal: '+02:00' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '52/1 9/1 2000/100',
        GPSLongitudeRef: 'E',
        GPSLongitude: '9/1 57/1 11/1',
      },
    })
    .jpeg()
    .toBuffer();

const samples = sampleFolder();

(hasBrowser() && samples ? describe : describe.skip)('Every page of the web app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-every-page-'));
  const browsers: BrowserContext[] = [];
  const files: string[] = [];
  let server: RunningServer;
  let slow: SlowProxy;
  let proxy: RecordingProxy;
  let owner: WatchedPage;
  let other: WatchedPage;
  let page: Page;
  let tour: Tour;
  let otherTour: Tour;
  let accountKey: string;

  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const newBrowser = async (): Promise<BrowserContext> => {
    const browser = await launchBrowser({ proxy: proxy.url });
    browsers.push(browser);
    return browser;
  };
  const press = (name: string | RegExp, on: Page = page) => on.getByRole('button', { name, exact: true }).click();
  const text = (wanted: string | RegExp, on: Page = page) =>
    on.getByText(wanted).first().waitFor({ timeout: waitMsMax });
  const projectId = () => [...tour.paths].join(' ').match(/projects\/([0-9a-f-]{36})/)![1]!;
  const heading = (wanted: string, on: Page = page) =>
    on.getByRole('heading', { name: wanted, exact: true }).waitFor({ timeout: waitMsMax });
  /** As a link of the app would, to a place that has none. */
  const goInside = (path: string) =>
    page.evaluate((to) => {
      history.pushState({}, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);

  /** Files over the window. */
  const drag = (type: 'dragenter' | 'dragleave') =>
    page.evaluate((kind) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'DJI_0001.JPG'));
      dispatchEvent(new DragEvent(kind, { dataTransfer, cancelable: true }));
    }, type);

  beforeAll(async () => {
    for (let i = 1; i <= 12; i++) files.push(write(`DJI_${1000 + i}.JPG`, await drawn(i * 13)));
    files.push(join(samples!, 'video/gopro-karma/karma.mp4'));
    files.push(write('NOTES.txt', 'Wind 4 m/s from the west.\nTwo batteries.\n'.repeat(40)));
    files.push(write('NOTES.bin', Buffer.alloc(2000, 7)));
    server = await startWeb();
    slow = await startSlowProxy(server.url);
    proxy = await startRecordingProxy(slow.url);
    owner = await openPage(await newBrowser(), `${slow.url}/setup`);
    ({ page } = owner);
    page.on('dialog', (dialog) => void dialog.accept());
    tour = await Tour.of(page, { sameInAll });
  }, 120_000);

  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await proxy?.stop();
    await slow?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('while a new server is set up', async () => {
    await heading('Welcome to Aerie');
    await tour.see('setup-1-without-link');
    await page.goto(`${slow.url}/setup#${server.setupToken}`);
    await page.reload();
    await page.goto(`${slow.url}/setup#${server.setupToken}`);
    await heading('Welcome to Aerie');
    await tour.see('setup-1-names');
    await page.getByLabel('Name of your organization').fill('Kestrel Survey');
    await page.getByLabel('Your name').fill('Ada');
    await press('Next');
    await tour.see('setup-2-passphrase');
    await page.getByLabel('Passphrase', { exact: true }).fill('seven 7');
    await page.getByLabel('Confirm passphrase').fill('another');
    await press('Make my keys');
    await tour.see('setup-2-passphrase-refused');
    accountKey = await makeKeys(page, webPassphrase);
    await tour.see('setup-3-kit');
    await press('I’ve saved my recovery kit');
    await tour.see('setup-3-confirm');
    await page.getByLabel('Account key').fill(accountKey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')));
    await press('Confirm');
    await page.getByRole('alert').waitFor();
    await tour.see('setup-3-confirm-refused');
    await page.getByLabel('Account key').fill(accountKey);
    await press('Confirm');
    await heading('Your first project');
    await tour.see('setup-4-project');
    await press('Later');
  }, 240_000);

  it('while the first project is made and filled', async () => {
    await heading('No project yet');
    await tour.see('projects-none');
    await press('New project');
    await page.getByLabel('Name of the project').fill('Harbour');
    await tour.see('project-new');
    await press('Create the project');
    await text('0 files');
    await tour.see('timeline-empty');
    await page.getByRole('link', { name: 'Upload', exact: true }).click();
    await heading('Upload to Harbour');
    await tour.see('uploads-none');
    await drag('dragenter');
    await tour.see('uploads-drag');
    await drag('dragleave');
    const lost = write('DJI_2001.JPG', await drawn(99));
    const release = slow.hold();
    await page
      .locator('input[type="file"][multiple]')
      .first()
      .setInputFiles([...files, lost]);
    await text('Do not erase the card yet');
    await tour.see('uploads-running');
    await press('Lock');
    await tour.see('uploads-lock');
    await page.keyboard.press('Escape');
    await press('Pause');
    rmSync(lost);
    await text(/^Paus/);
    await tour.see('uploads-pausing');
    release();
    await press('Resume');
    await text('but one file was not stored');
    await page.getByText(/^All files/).click();
    await tour.see('uploads-failures');
    write('DJI_2001.JPG', await drawn(99));
    await press('Clear list');
    await upload(page, ...files, lost);
    await tour.see('uploads-done');
    // The next card is done while its page is not looked at: the verdict comes to the corner.
    const releaseNext = slow.hold();
    const next = write('DJI_2002.JPG', await drawn(111));
    await page.locator('input[type="file"][multiple]').first().setInputFiles([next]);
    await text('Do not erase the card yet');
    await goTo(page, 'Projects');
    await page.getByRole('main').getByRole('status').waitFor();
    expect(await page.getByText('No project yet').count()).toBe(0);
    await tour.see('uploads-in-corner');
    releaseNext();
    const dismiss = page.getByRole('button', { name: 'Dismiss: Harbour' });
    await dismiss.waitFor({ timeout: waitMsMax });
    await tour.see('verdict-in-corner');
    await dismiss.click();
    await dismiss.waitFor({ state: 'detached' });
    await tour.see('verdict-dismissed');
  }, 240_000);

  it('while somebody looks at what is there', async () => {
    await goTo(page, 'Projects');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    await tour.see('projects');
    await page.context().setOffline(true);
    await text(/^Can’t reach the server/);
    await tour.see('projects-offline');
    await page.context().setOffline(false);
    await page.getByText(/^Can’t reach the server/).waitFor({ state: 'detached', timeout: waitMsMax });
    await press('New project');
    await tour.see('project-new-second');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: /Harbour/ }).click();
    await look('DJI_1012.JPG');
  }, 240_000);

  /** The timeline and the media in it. Works in every language. */
  async function look(photo: string): Promise<void> {
    const grid = page.getByRole('grid');
    const cell = (name: string) => grid.getByRole('link', { name: new RegExp(name) });
    await grid.locator('img').nth(7).waitFor({ timeout: waitMsMax });
    await tour.see('timeline');
    await page.keyboard.press('?');
    await tour.see('timeline-shortcuts');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('none such');
    await page.getByRole('grid').waitFor({ state: 'detached' });
    await tour.see('timeline-no-match');
    await page.getByRole('searchbox').fill('');
    await cell(photo).focus();
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowRight');
    await tour.see('timeline-selection');
    await page.keyboard.press('Escape');

    await cell(photo).click();
    await page.locator('img[data-shows]').waitFor({ timeout: waitMsMax });
    await page.locator('.badge').waitFor();
    await tour.see('viewer-photo');
    await page.keyboard.press('i');
    await tour.see('viewer-details');
    await page.keyboard.press('i');
    await page.locator('.badge').click();
    await tour.see('viewer-badge');
    await page.getByRole('dialog').locator('.check button').click();
    await page.getByRole('dialog').locator('.notice.good').waitFor();
    await page.getByRole('dialog').locator('h3 + button').click();
    await tour.see('viewer-badge-checked');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await tour.see('viewer-shortcuts');
    await page.keyboard.press('Escape');
    // A dialog of the operating system would ask where to; without it, the browser saves by itself.
    await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await page.keyboard.press('d');
    await page.getByRole('status').filter({ hasText: photo }).last().waitFor();
    await tour.see('viewer-downloaded');
    await page.keyboard.press('Escape');
    for (const [name, shown, state] of [
      ['karma.mp4', 'video', 'viewer-video'],
      ['NOTES.txt', 'pre', 'viewer-text'],
      ['NOTES.bin', '.isPaper', 'viewer-file'],
    ] as const) {
      await cell(name).click();
      await page.locator(shown).waitFor();
      await page.locator('.badge').waitFor();
      await tour.see(state);
      if (shown === 'pre') {
        // What Aerie does not read of such a file stands below the fold.
        await page.keyboard.press('i');
        await page
          .getByRole('complementary')
          .getByText(/^Not read by Aerie$|^Von Aerie nicht gelesen$/)
          .last()
          .scrollIntoViewIfNeeded();
        await tour.see('viewer-details-below');
        await page.keyboard.press('i');
      }
      await page.keyboard.press('Escape');
    }
    await grid.waitFor();
  }

  it('while a project is checked and exported, and a key is saved', async () => {
    const main = page.getByRole('main');
    for (const kind of ['check', 'export']) {
      await page.getByRole('main').locator('button[aria-controls]').click();
      await tour.see('timeline-menu');
      await page.locator(`a[href$="/${kind}"]`).click();
      await main.locator('.button.primary').waitFor({ timeout: waitMsMax });
      await tour.see(kind);
      if (kind === 'check') {
        await main.locator('.button.primary').click();
        await main.locator('.notice.good').waitFor({ timeout: waitMsMax });
        await tour.see('check-done');
      }
      await page.getByRole('link', { name: 'To the project' }).click();
      await page.getByRole('grid').waitFor();
    }
    await goTo(page, 'Devices');
    await page.getByRole('link', { name: 'Your OpenPGP key' }).click();
    await press('Save the secret key');
    await page.getByRole('alert').first().waitFor();
    await tour.see('key');
    await page.getByLabel('Passphrase', { exact: true }).fill(webPassphrase);
    await page.getByLabel('Confirm passphrase').fill(webPassphrase);
    await press('Save the secret key');
    await text(/was handed to the browser/);
    await tour.see('key-saved');
    await goInside('/share');
    await page.locator('main').getByRole('status').first().waitFor();
    await tour.see('share-none');
  }, 120_000);

  it('while another browser wants to come in', async () => {
    other = await openPage(await newBrowser(), slow.url);
    const { page: second } = other;
    otherTour = await Tour.of(second, { sameInAll });
    await heading('Make this browser one of your devices', second);
    await otherTour.see('access-ways');
    await press(/With the recovery kit/, second);
    await otherTour.see('access-kit');
    await press('Back', second);
    await press(/Only to upload/, second);
    await otherTour.see('access-upload-only');
    await press('Back', second);
    await press(/With another device of yours/, second);
    await otherTour.see('access-pair');
    await askForApproval(second, { name: 'Laptop on board', passphrase: webPassphrase });
    const code = (await second.getByTestId('pairing-code').innerText()).trim();
    await otherTour.see('access-pair-waiting');

    await goTo(page, 'Devices');
    await heading('Ada Owner · you');
    await tour.see('devices');
    await page.getByRole('link', { name: 'Approve another browser' }).click();
    await tour.see('approve');
    const typed = page.getByLabel('Code that the other device shows');
    await typed.fill('AAAA-BBBB-CCCC-DDDD-EEEE');
    await press('Find the device');
    await text('No device is waiting with this code');
    await tour.see('approve-nobody');
    await typed.fill('AAAA');
    await press('Find the device');
    await page.getByRole('alert').waitFor();
    await tour.see('approve-malformed');
    await typed.fill(code);
    await press('Find the device');
    await text('Does the other device show this number?');
    await tour.see('approve-number');
    await press('No, reject');
    await tour.see('approve-refused');
    await press('Cancel', second);
    await press('Back', second);
  }, 240_000);

  it('while a phone is let in, adds and is turned away', async () => {
    const { page: second } = other;
    await goTo(page, 'Devices');
    await page.getByRole('link', { name: 'Enroll a phone or controller' }).click();
    await text('A phone cannot reach this address');
    await tour.see('enroll');
    await page.getByLabel('By enrollment file').check();
    await page.getByLabel('Name of the device').fill('Controller 2');
    await press('Make the enrollment file');
    await text('Controller 2 is enrolled');
    await tour.see('enroll-file');
    await press('Enroll one more');
    await page.getByLabel('By QR code').check();
    await press('Show the QR code');
    const code = (await page.getByTestId('pairing-code').innerText()).trim();
    await tour.see('enroll-code');
    await second.goto(`${slow.url}/join#${code}`);
    await text('A device that only uploads', second);
    await otherTour.see('join');
    await askForApproval(second, { name: 'Pilot’s phone', passphrase: webPassphrase });
    await otherTour.see('join-waiting');
    await text('Does the other device show this number?');
    await tour.see('enroll-number');
    await press('Yes, approve');
    await text('Pilot’s phone is approved');
    await tour.see('enroll-approved');
    await heading('Upload to Harbour', second);
    await otherTour.see('phone-uploads');
    await upload(second, write('DJI_3001.JPG', await drawn(55)));
    await otherTour.see('phone-uploads-done');
    await goTo(second, 'Projects');
    await heading('Harbour', second);
    await otherTour.see('phone-projects');

    await goTo(page, 'Devices');
    await press('Revoke Pilot’s phone');
    await tour.see('devices-revoke');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await text('Pilot’s phone is revoked.');
    await page.locator('details summary').click();
    await page
      .getByRole('button', { name: /Show the whole fingerprint/ })
      .first()
      .click();
    await tour.see('devices-revoked');
  }, 240_000);

  it('while an owner looks after the server, and where nothing is', async () => {
    const { keyring } = await recover({ server: server.url, kit: accountKey, deviceLabel: 'Laptop on board' });
    const device = await RawDevice.open(keyring);
    const again = await RawDevice.open(keyring);
    for (const one of [device, again]) await one.token();
    await goTo(page, 'Active sign-ins');
    await page.getByRole('table').waitFor();
    await text('New device of yours: “Laptop on board”');
    await tour.see('sessions-new-device');
    await page.setViewportSize({ width: 390, height: 844 });
    await press('Review Laptop on board');
    await tour.see('new-device-reviewed');
    await press('I know this device: Laptop on board');
    await page.getByTestId('new-device').waitFor({ state: 'detached' });
    await tour.see('sessions');
    await again.aerie.close();
    const params = { projectId: projectId(), mediaId: randomUUID() };
    const body = { blobs: [{ blobId: randomUUID(), role: 'original', bytes: 5_000_000 }] };
    expect((await device.send('createUpload', { params, body })).code).toBe('ok');
    await device.aerie.close();
    await goTo(page, 'Server');
    await heading('Background work');
    await text('Harbour');
    await text('Reserved by unfinished uploads');
    await tour.see('server');
    await press(/^Free this space: Laptop on board/);
    await tour.see('server-free');
    await page.keyboard.press('Escape');
    await goTo(page, 'What the server sees');
    await text('Kestrel Survey');
    await tour.see('what-the-server-sees');
    await goInside('/nowhere');
    await heading('Page not found');
    await tour.see('nowhere');
    await page.setViewportSize({ width: 390, height: 844 });
    await press('Menu');
    await tour.see('menu');
  }, 120_000);

  it('while a file is damaged on the server', async () => {
    const open = async () => {
      await page.goto(`${slow.url}/projects/${projectId()}`);
      await unlock(page);
    };
    await open();
    // One that is selected later on, so that its badge is seen there as well.
    const id = await page
      .getByRole('grid')
      .getByRole('link', { name: /DJI_1011/ })
      .getAttribute('data-media', { timeout: waitMsMax });
    const stored = await Stored.open(server);
    await stored.query('UPDATE blob SET damaged_at = now() WHERE media_id = $1', [id]);
    await stored.close();
    await open();
    const damaged = page.getByRole('grid').getByText('Damaged', { exact: true });
    await damaged.first().waitFor({ timeout: waitMsMax });
    await tour.see('timeline-damaged');
    await damaged.first().click();
    await page.getByRole('alert').waitFor({ timeout: waitMsMax });
    await tour.see('viewer-damaged');
    await page.keyboard.press('Escape');
    await page.getByRole('grid').waitFor();
  }, 120_000);

  it('in German, where a page has no choice of language', async () => {
    await tour.choose('de');
    await page.getByRole('navigation').getByRole('link').first().click();
    await page.getByRole('link', { name: /Harbour/ }).click();
    await look('DJI_1012.JPG');
    await tour.choose('en');
  }, 120_000);

  it('while it is locked', async () => {
    await press('Lock');
    await heading('Aerie is locked');
    await tour.see('locked');
    await unlock(page, 'not this one');
    await page.getByRole('alert').waitFor({ timeout: waitMsMax });
    await tour.see('locked-refused');
    await press('Forget this browser');
    await tour.see('locked-forget');
    await page.keyboard.press('Escape');
    await press('I forgot my passphrase');
    await tour.see('locked-lost');
    await press('Back');
  }, 120_000);

  it('was looked at', () => {
    const paths = readdirSync(featuresFolder).flatMap((name) => {
      const code = readFileSync(join(featuresFolder, name, `${name}.feature.ts`), 'utf8');
      return [...code.matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path!);
    });
    expect(paths.length).toBeGreaterThan(12);
    const isSeen = (pattern: string): boolean => {
      const wanted = new RegExp(`^${pattern.replace(/:\w+/g, '[0-9a-f-]{36}')}$`);
      return [...tour.paths, ...otherTour.paths].some((path) => wanted.test(path));
    };
    expect([...paths, ...pagesApart].filter((path) => !isSeen(path))).toEqual([]);
  });

  it('is accessible, fits into its window, and is in the language that was chosen', () => {
    expect([...tour.findings, ...(otherTour?.findings ?? [])]).toEqual([]);
  });

  it('asked nobody but its server, broke no rule and wrote no error', () => {
    expect(proxy.strangers).toEqual([]);
    expect(proxy.passed()).toBeGreaterThan(50);
    expect([...owner.faults, ...other.faults]).toEqual([]);
  });
});
