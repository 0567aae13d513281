import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorTable, routes, type Route } from '@aerie/protocol';
import { Pairing } from '@aerie/sdk';
import type { BrowserContext } from 'playwright-core';
import { encode } from 'uqr';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { Cli } from '../support/cli.js';
import { deadline } from '../support/deadline.js';
import { picture } from '../support/pictures.js';
import type { RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';
import { askForApproval, goTo, upload, waitingDevice } from '../support/web-devices.js';
import { openPage, setUp, startWeb, unlock, type WatchedPage } from '../support/web.js';

const phonePassphrase = 'the phone of the pilot on duty';
const waitMsMax = deadline(60_000);

(hasBrowser() ? describe : describe.skip)('A phone that was enrolled by QR code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-phone-'));
  const browsers: BrowserContext[] = [];
  /** What the phone proves itself with, as seen on its requests. */
  let authorization: string | undefined;
  let server: RunningServer;
  let stored: Stored;
  let owner: WatchedPage;
  let phone: WatchedPage;
  let projectId: string;

  const photoNamed = async (name: string, width: number): Promise<string> => {
    const path = join(folder, name);
    writeFileSync(path, await picture(width));
    return path;
  };

  beforeAll(async () => {
    server = await startWeb();
    stored = await Stored.open(server);
    browsers.push(await launchBrowser(), await launchBrowser({ viewport: { width: 390, height: 844 } }));
    browsers[1]!.on('request', (request) => (authorization = request.headers().authorization ?? authorization));
    owner = await openPage(browsers[0]!, server.url);
    ({ projectId } = await setUp(owner.page, server));
  }, 150_000);

  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await stored?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('is let in by the owner, who sees its name and the same check number', async () => {
    const { page } = owner;
    await goTo(page, 'Devices');
    await page.getByRole('link', { name: 'Enroll a phone or controller' }).click();
    await page.getByText('A phone cannot reach this address').waitFor();
    await page.getByLabel('Valid for how many days').fill('7');
    await page.getByRole('button', { name: 'Show the QR code' }).click();
    const code = (await page.getByTestId('pairing-code').innerText()).trim();
    const link = `${server.url}/join#${code}`;
    const drawn = await page
      .getByRole('img', { name: /QR code/ })
      .locator('path')
      .getAttribute('d');
    const dark = encode(link, { ecc: 'M', border: 4 }).data.flat().filter(Boolean);
    expect(drawn!.match(/M/g)).toHaveLength(dark.length);

    phone = await openPage(browsers[1]!, link);
    expect(phone.page.url()).toBe(`${server.url}/join`);
    const { checkNumber } = await askForApproval(phone.page, { name: 'Pilot’s phone', passphrase: phonePassphrase });
    expect(await waitingDevice(page)).toEqual({ name: 'Pilot’s phone', checkNumber });
    await page.getByText('upload to “Harbour” for 7 days, without opening files').waitFor();
    await page.getByRole('button', { name: 'Yes, approve' }).click();
    await page.getByText('Pilot’s phone is approved').waitFor({ timeout: waitMsMax });
  }, 120_000);

  it('adds a photo, which the owner then sees', async () => {
    await phone.page.getByRole('heading', { name: 'Upload to Harbour' }).waitFor({ timeout: waitMsMax });
    await upload(phone.page, await photoNamed('quay.jpg', 400));
    await owner.page.goto(`${server.url}/projects/${projectId}`);
    await unlock(owner.page);
    await owner.page
      .getByRole('gridcell')
      .getByRole('link', { name: /quay\.jpg/ })
      .waitFor({ timeout: waitMsMax });
  }, 120_000);

  it('shows no picture of what is there, and no way to the pages of the owner', async () => {
    const { page } = phone;
    await page.goto(`${server.url}/projects/${projectId}`);
    await unlock(page, phonePassphrase);
    await page.getByRole('button', { name: 'Menu' }).click();
    const menu = page.getByRole('navigation', { name: 'Main menu' }).getByRole('link');
    await menu.filter({ hasText: 'What the server sees' }).waitFor();
    expect((await menu.allInnerTexts()).map((text) => text.trim())).toEqual(['Projects', 'What the server sees']);
    await expect(page.getByRole('gridcell').count()).resolves.toBe(0);
    await expect(page.locator('img[src^="blob:"]').count()).resolves.toBe(0);
    await expect(page.getByText('quay.jpg').count()).resolves.toBe(0);
    expect(phone.faults).toEqual([]);
  }, 60_000);

  it('is refused on every route that reads media or tells about the server, with the session it has', async () => {
    const [media] = await stored.query<{ id: string }>('SELECT id FROM media');
    const [blob] = await stored.query<{ id: string }>("SELECT id FROM blob WHERE role = 'original'");
    const ids: Record<string, string> = { projectId, mediaId: media!.id, blobId: blob!.id, sessionId: media!.id };
    const closed = (Object.entries(routes) as [string, Route][]).filter(
      ([, { method, access }]) =>
        method === 'GET' && access !== 'public' && !access.devices.some((kind) => kind === 'upload-only'),
    );
    expect(closed.map(([name]) => name)).toEqual(
      expect.arrayContaining(['listMedia', 'readMedia', 'readBlob', 'listSessions', 'readStorage', 'readJobs']),
    );
    for (const [name, { path }] of closed) {
      const address = `${server.url}${path.replace(/:(\w+)/g, (_, id: string) => ids[id] ?? media!.id)}`;
      const answer = await fetch(address, { headers: { authorization: authorization! } });
      expect({ name, status: answer.status, code: ((await answer.json()) as { code: string }).code }).toEqual({
        name,
        status: 403,
        code: 'access.denied',
      });
    }
  });

  it('adds nothing more once it was revoked, and says so', async () => {
    await goTo(owner.page, 'Devices');
    await owner.page.getByRole('button', { name: 'Revoke Pilot’s phone' }).click();
    await owner.page.getByRole('dialog').getByText('the files it uploaded are not at risk').waitFor();
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await owner.page.getByText('Pilot’s phone is revoked.').waitFor();

    await phone.page.goto(`${server.url}/projects/${projectId}/uploads`);
    await unlock(phone.page, phonePassphrase);
    await phone.page.getByText(errorTable['device.revoked'].title).first().waitFor({ timeout: waitMsMax });
    // Nothing is offered that could not succeed.
    await expect(phone.page.locator('input[type="file"]').count()).resolves.toBe(0);
    await expect(stored.count('SELECT count(*) FROM media')).resolves.toBe(1);
  }, 90_000);

  it('is not let in under such a code where it asks for more than to add', async () => {
    const { page } = owner;
    await goTo(page, 'Devices');
    await page.getByRole('link', { name: 'Enroll a phone or controller' }).click();
    await page.getByRole('button', { name: 'Show the QR code' }).click();
    const code = (await page.getByTestId('pairing-code').innerText()).trim();
    await Pairing.offer({ server: server.url, code, label: 'A phone that wants more', kind: 'full' });
    await page.getByText('This device asks for more than uploading').waitFor({ timeout: waitMsMax });
    await expect(page.getByRole('button', { name: 'Yes, approve' }).count()).resolves.toBe(0);
    await page.getByRole('button', { name: 'No, reject' }).click();
    await page.getByText('Nothing was approved').waitFor();
    await expect(stored.count("SELECT count(*) FROM device WHERE kind = 'full'")).resolves.toBe(1);
  }, 60_000);

  it('has a sibling without a camera, which joins by an enrollment file', async () => {
    const { page } = owner;
    await goTo(page, 'Devices');
    await page.getByRole('link', { name: 'Enroll a phone or controller' }).click();
    await page.getByLabel('By enrollment file').check();
    await page.getByLabel('Name of the device').fill('Controller 2');
    await page.getByRole('button', { name: 'Make the enrollment file' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Save the file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('aerie-enrollment-Controller-2.json');
    const file = join(folder, 'enrollment.json');
    await download.saveAs(file);
    const controller = new Cli('the controller in the case');
    try {
      await controller.must('join', file);
      await controller.must('ingest', await photoNamed('deck.jpg', 320), '--project', projectId);
      expect((await controller.run('list', '--project', projectId)).json.error.code).toBe('access.denied');
    } finally {
      controller.remove();
    }
    await expect(stored.count('SELECT count(*) FROM media')).resolves.toBe(2);
    expect(owner.faults).toEqual([]);
  }, 120_000);
});
