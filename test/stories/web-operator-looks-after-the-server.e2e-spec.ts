import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recover } from '@aerie/sdk';
import type { BrowserContext, Request } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { until } from '../support/people.js';
import { RawDevice } from '../support/raw.js';
import { startProcess, type RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';
import { goTo } from '../support/web-devices.js';
import { openPage, setUp, unlock, type WatchedPage } from '../support/web.js';

(hasBrowser() ? describe : describe.skip)('An operator looks after the server in a browser', () => {
  let browser: BrowserContext;
  let server: RunningServer;
  let stored: Stored;
  let owner: WatchedPage;
  let made: { accountKey: string; projectId: string };

  beforeAll(async () => {
    server = await startProcess();
    stored = await Stored.open(server);
    browser = await launchBrowser();
    owner = await openPage(browser, server.url);
    made = await setUp(owner.page, server);
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await stored?.close();
    await server?.stop();
  }, 60_000);

  const region = (name: string) =>
    owner.page.locator('section').filter({ has: owner.page.getByRole('heading', { name }) });
  const giveUp = async (kind: string, error: string): Promise<string> => {
    const [row] = await stored.query<{ id: string }>(
      "INSERT INTO outbox (job, payload, attempts, failed_at, error_code) VALUES ($1, '{}', 14, now(), $2) RETURNING id",
      [kind, error],
    );
    return row!.id;
  };

  it('sees what is to be done, how much room is left, and how previews come about', async () => {
    await goTo(owner.page, 'Server');
    await region('Set-up').getByText('The database is in the data folder').waitFor();
    await region('Set-up').getByText('Notice', { exact: true }).waitFor();
    await region('Storage')
      .getByText(/ of .+ free/)
      .waitFor();
    const row = region('Projects and their previews').getByRole('row', { name: /Harbour/ });
    await row.getByText('On the devices that upload').waitFor();
    await region('Background work').getByText('No stuck jobs.').waitFor();
  });

  it('sees a job that is stuck without asking again, and why, and has it tried again', async () => {
    const asked: string[] = [];
    const note = (request: Request) => void (request.url().endsWith('/admin/warnings') && asked.push(request.url()));
    browser.on('request', note);
    const jobId = await giveUp('previews.pack-blobs', 'StoreUnavailable');
    // Nobody presses anything: the page asks by itself.
    await region('Background work')
      .getByText('StoreUnavailable')
      .waitFor({ timeout: deadline(30_000) });
    await region('Set-up').getByText('1 job is stuck').waitFor();
    browser.off('request', note);
    expect(asked).toHaveLength(1);
    await expect(owner.page.getByRole('status').filter({ hasText: '1 stuck job' }).count()).resolves.toBe(1);
    await region('Background work')
      .getByRole('button', { name: /^Try again now: Store thumbnails together/ })
      .click();
    await until(
      () => stored.count('SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL', [jobId]),
      (done) => done === 1,
      20_000,
    );
    await owner.page.getByRole('button', { name: 'Refresh' }).click();
    await region('Background work').getByText('No stuck jobs.').waitFor();
    await expect(region('Set-up').getByText('job is stuck').count()).resolves.toBe(0);
    // What is still under way when the network goes is waited for as long as a request may take.
    await owner.page.locator('button[aria-busy="false"]', { hasText: 'Refresh' }).waitFor();
  }, 90_000);

  it('shows the last state and what is wrong while the server does not answer', async () => {
    await browser.setOffline(true);
    await owner.page.getByRole('button', { name: 'Refresh' }).click();
    const alert = owner.page.getByRole('alert');
    await alert.getByText('Technical details').click({ timeout: deadline(60_000) });
    await alert.getByText('network.unreachable').waitFor();
    await region('Storage').waitFor();
    await browser.setOffline(false);
    await owner.page.getByRole('button', { name: 'Refresh' }).click();
    await owner.page.getByRole('alert').waitFor({ state: 'detached', timeout: deadline(60_000) });
  }, 150_000);

  it('ends a session of another time, and keeps the one in use', async () => {
    await owner.page.reload();
    await unlock(owner.page);
    await goTo(owner.page, 'Active sign-ins');
    await owner.page.getByText('This browser, now').waitFor();
    await expect(stored.count('SELECT count(*) FROM session WHERE expires_at > now()')).resolves.toBe(2);
    await owner.page.getByRole('button', { name: /^End the sign-in of / }).click();
    await owner.page.getByText(/^The sign-in of .+ has ended\.$/).waitFor();
    await owner.page.getByText('No other sign-ins.').waitFor();
    await expect(stored.count('SELECT count(*) FROM session WHERE expires_at > now()')).resolves.toBe(1);
    await goTo(owner.page, 'Server');
    await region('Storage').waitFor();
  }, 60_000);

  it('sees which device holds space for uploads that it does not finish, and frees it', async () => {
    const { keyring } = await recover({ server: server.url, kit: made.accountKey, deviceLabel: 'Ingest station' });
    const device = await RawDevice.open(keyring);
    const begin = async (bytes: number): Promise<string> => {
      const mediaId = randomUUID();
      const body = { blobs: [{ blobId: randomUUID(), role: 'original', bytes }] };
      const { code } = await device.send('createUpload', { params: { projectId: made.projectId, mediaId }, body });
      expect(code).toBe('ok');
      return mediaId;
    };
    const small = await begin(1_000_000);
    await begin(2_000_000);
    const { page } = owner;
    await page.getByRole('button', { name: 'Refresh' }).click();
    const storage = region('Storage');
    await storage.getByText('Ingest station (Ada) · 3 MB reserved').waitFor();
    expect(await storage.getByRole('listitem').innerText()).toContain('2 unfinished uploads to Harbour. Since ');
    await storage.getByRole('button', { name: 'Free this space: Ingest station (Ada)' }).click();
    const dialog = page.getByRole('dialog', { name: 'Free the space of Ingest station (Ada)?' });
    await dialog.getByText('Its 2 unfinished uploads end, and 3 MB can be used by others.').waitFor();
    await dialog.getByText('What the device has sent of these files so far is deleted.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(stored.count("SELECT count(*) FROM upload WHERE state = 'open'")).resolves.toBe(2);
    // One is gone between the look and the press: the others are freed all the same.
    expect((await device.send('abortUpload', { params: { mediaId: small } })).code).toBe('ok');
    await storage.getByRole('button', { name: 'Free this space: Ingest station (Ada)' }).click();
    await dialog.getByRole('button', { name: 'Free this space' }).click();
    await storage.getByText('3 MB of Ingest station (Ada) are free again.').waitFor();
    await storage.getByText('Reserved by unfinished uploads').waitFor({ state: 'detached' });
    await expect(stored.count("SELECT count(*) FROM upload WHERE state = 'open'")).resolves.toBe(0);
    await device.aerie.close();
  }, 90_000);

  it('reads what the server can and cannot see, with the facts of this one, in either language', async () => {
    const { page } = owner;
    await goTo(page, 'What the server sees');
    await page.getByText('Kestrel Survey: the server reads this name').waitFor();
    await page.getByText('1; in none of them does a renderer see pictures').waitFor();
    const integrity = await page.locator('script[integrity]').getAttribute('integrity');
    await page.getByText(integrity!).waitFor();
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: 'Was dieser Server sehen kann und was nicht' }).waitFor();
    await page.getByText('Kestrel Survey: Der Server liest diesen Namen').waitFor();
    expect(owner.faults).toEqual([]);
  }, 60_000);
});
