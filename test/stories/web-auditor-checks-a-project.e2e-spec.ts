import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openpgpPolicy } from '@aerie/protocol';
import * as openpgp from 'openpgp';
import type { BrowserContext, Download, Page, Route } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { leaveOut } from '../support/left-out.js';
import { picture } from '../support/pictures.js';
import type { RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';
import { unzipped } from '../support/unzip.js';
import { goTo, upload } from '../support/web-devices.js';
import { openPage, setUp, startWeb, unlock, type WatchedPage } from '../support/web.js';

const rsop = process.env.AERIE_RSOP ?? join(homedir(), '.cargo/bin/rsop');
const keyPassphrase = 'a passphrase of the key file alone';
const waitMsMax = deadline(60_000);
const originals = /\/api\/v1\/media\/[^/]+\/blobs\/[^/]+$/;
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

(hasBrowser() ? describe : describe.skip)('An auditor in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-auditor-'));
  const files = new Map<string, string>();
  let server: RunningServer;
  let stored: Stored;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;
  let projectId: string;
  let zip: Map<string, Buffer>;
  let keyFile: string;
  let mend: () => void;

  const write = (name: string, content: Buffer): string => {
    writeFileSync(join(folder, name), content);
    files.set(name, sha256(content));
    return join(folder, name);
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor({ timeout: waitMsMax });
  const text = (wanted: string | RegExp) => page.getByText(wanted).first().waitFor({ timeout: waitMsMax });

  beforeAll(async () => {
    const paths = [
      write('DJI_0001.JPG', await picture(900)),
      write('flight.bin', randomBytes(9_000_000)),
      write('notes.txt', Buffer.from('Wind 4 m/s\n')),
      write('empty.srt', Buffer.alloc(0)),
    ];
    server = await startWeb();
    stored = await Stored.open(server);
    browser = await launchBrowser({ viewport: { width: 1280, height: 800 } });
    watched = await openPage(browser, server.url);
    ({ page } = watched);
    page.on('dialog', (dialog) => void dialog.accept());
    ({ projectId } = await setUp(page, server));
    await page.getByRole('link', { name: 'Upload', exact: true }).click();
    // One content under a second name: no fifth file, but a fifth place in what is written out.
    writeFileSync(join(folder, 'notes of the second.txt'), 'Wind 4 m/s\n');
    await upload(page, ...paths, join(folder, 'notes of the second.txt'));
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await stored?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** By the menu of the project, from wherever one is. */
  async function choose(entry: 'Check the project' | 'Export the project'): Promise<void> {
    await goTo(page, 'Projects');
    await page.getByRole('link', { name: /^Harbour \d+ files · / }).click();
    await press('More actions');
    await page.getByRole('link', { name: entry }).click();
  }
  async function saved(button: string): Promise<{ name: string; octets: Buffer }> {
    const [download] = await Promise.all([page.waitForEvent('download'), press(button)]);
    return { name: (download as Download).suggestedFilename(), octets: readFileSync(await download.path()) };
  }
  interface Report {
    readonly rootFp: string;
    readonly isComplete: boolean;
    readonly sound: number;
    readonly notSound: number;
    readonly media: { readonly paths: readonly string[]; readonly sha256: string; readonly verdict: string }[];
  }
  const report = async () => JSON.parse((await saved('Save as JSON')).octets.toString()) as Report;

  it('is told what a check fetches before it begins, and then that all is sound', async () => {
    await choose('Check the project');
    await heading('Check Harbour');
    await text(/^4 files will be downloaded: 9(\.\d)? MB\. Nothing is kept in this browser/);
    await press('Check everything now');
    await text('Each is complete and exactly what its uploader signed.');
  }, 120_000);

  it('keeps a report with the root, and the digest and verdict of every media', async () => {
    const { name, octets } = await saved('Save as JSON');
    expect(name).toMatch(/^aerie-check-[0-9a-f]{8}-\d{4}-\d\d-\d\d\.json$/);
    const found = JSON.parse(octets.toString()) as Report;
    expect(found).toMatchObject({ projectId, project: 'Harbour', organization: 'Kestrel Survey', server: server.url });
    expect(found).toMatchObject({ isComplete: true, sound: 4, notSound: 0 });
    expect(found.media.map((one) => one.sha256).sort()).toEqual([...files.values()].sort());
    const plain = (await saved('Save as text')).octets.toString();
    expect(plain).toContain(`Root fingerprint: ${found.rootFp}`);
    const [first, second] = ['notes.txt', 'notes of the second.txt'];
    const named = found.media.find((one) => one.sha256 === files.get(first!))!;
    expect([...named.paths].sort()).toEqual([second, first]);
    for (const { sha256, paths } of found.media) expect(plain).toContain(`${sha256}  verified  ${paths[0]}`);
    expect(plain).toContain(`also stored as ${named.paths[1]}`);
    expect(found.rootFp).toMatch(/^[0-9a-f]{64}$/);
  }, 60_000);

  it('looks at other pages while it goes on, pauses it, and goes on where it was', async () => {
    const waiting: (() => void)[] = [];
    const hold = async (route: Route) => {
      await new Promise<void>((go) => waiting.push(go));
      await route.continue().catch(() => {});
    };
    await browser.route(originals, hold);
    await press('Check again');
    await heading('Checking');
    await goTo(page, 'Devices');
    const pill = page.getByRole('link', { name: /Checking \d+%/ });
    await pill.waitFor();
    await pill.click();
    await press('Pause');
    waiting.forEach((go) => go());
    await browser.unroute(originals, hold);
    await heading('The check is paused');
    await text('What was checked so far is kept');
    await press('Resume');
    await text('All 4 files verified');
    expect(await report()).toMatchObject({ isComplete: true, sound: 4, notSound: 0 });
  }, 120_000);

  it('is told that the server refuses, not that the media are unsound, and goes on later', async () => {
    const problem = await (await fetch(`${server.url}/api/v1/projects`)).json();
    const refuse = (route: Route) =>
      route.fulfill({ status: 403, json: { ...(problem as object), status: 403, code: 'device.revoked' } });
    let refused = false;
    // The check has begun by then: its first file is refused, and everything after it.
    await browser.route(/\/api\/v1\//, (route) => {
      refused ||= originals.test(route.request().url());
      return refused ? refuse(route) : route.continue();
    });
    await press('Check again');
    await heading('The check has stopped');
    await page.getByText('Technical details').click();
    await text('device.revoked');
    await browser.unroute(/\/api\/v1\//);
    await expect(page.getByText('failed the check').count()).resolves.toBe(0);
    await press('Resume');
    await text('All 4 files verified');
  }, 120_000);

  it('exports the project as one zip, written to the disk as it comes', async () => {
    await pickOnDisk();
    await choose('Export the project');
    await heading('Export Harbour');
    await press('Save as one zip');
    await text('Harbour-export.zip is saved.');
    zip = unzipped((await pickedFile())!);
    await press('Dismiss');
    const names = [...zip.keys()];
    expect(names).toEqual(expect.arrayContaining(['VERIFY.md', 'certs/root.asc']));
    expect(zip.get('notes of the second.txt.pgp')).toEqual(zip.get('notes.txt.pgp'));
    for (const file of [...files.keys(), 'notes of the second.txt'])
      expect(names).toEqual(
        expect.arrayContaining(
          ['pgp', 'manifest.json', 'manifest.json.sig', 'receipt.txt'].map((end) => `${file}.${end}`),
        ),
      );
  }, 120_000);

  it('saves the own key, locked, and never sees it', async () => {
    await page.getByRole('link', { name: 'the page of your OpenPGP key' }).click();
    await heading('Your OpenPGP key');
    const fingerprint = (await page.locator('dd code').innerText()).replaceAll(' ', '').toLowerCase();
    const certificate = await saved('Save the certificate');
    const publicKey = await openpgp.readKey({ armoredKey: certificate.octets.toString(), config: openpgpPolicy });
    expect(publicKey.getFingerprint()).toBe(fingerprint);
    expect(publicKey.isPrivate()).toBe(false);
    await page.getByLabel('Passphrase', { exact: true }).fill(keyPassphrase);
    await page.getByLabel('Confirm passphrase').fill('another');
    await press('Save the secret key');
    await text('Passphrases don’t match.');
    await page.getByLabel('Confirm passphrase').fill(keyPassphrase);
    const secret = await saved('Save the secret key');
    await text(`${secret.name} was handed to the browser`);
    expect(await page.locator('body').innerText()).not.toContain('PRIVATE KEY');
    expect(await page.getByLabel('Passphrase', { exact: true }).inputValue()).toBe('');
    keyFile = join(folder, secret.name);
    writeFileSync(keyFile, secret.octets);
    const locked = await openpgp.readPrivateKey({ armoredKey: secret.octets.toString(), config: openpgpPolicy });
    expect(locked.getFingerprint()).toBe(fingerprint);
    expect(locked.isDecrypted()).toBe(false);
  }, 120_000);

  it('has an export that opens without Aerie, octet for octet, with that key', async () => {
    const armoredKey = readFileSync(keyFile, 'utf8');
    const privateKey = await openpgp.readPrivateKey({ armoredKey, config: openpgpPolicy });
    const decryptionKeys = await openpgp.decryptKey({ privateKey, passphrase: keyPassphrase, config: openpgpPolicy });
    for (const [file, digest] of files) {
      const message = await openpgp.readMessage({ binaryMessage: zip.get(`${file}.pgp`)!, config: openpgpPolicy });
      const { data } = await openpgp.decrypt({ message, decryptionKeys, format: 'binary', config: openpgpPolicy });
      expect([file, sha256(data as Uint8Array)]).toEqual([file, digest]);
    }
  }, 120_000);

  if (!existsSync(rsop)) leaveOut('exports that rsop, an independent OpenPGP program, opens');
  else
    it('has an export that rsop opens and whose signatures rsop verifies', () => {
      const on = (name: string, content: Uint8Array | string): string => {
        const path = join(folder, basename(name));
        writeFileSync(path, content);
        return path;
      };
      const password = on('password', keyPassphrase);
      const certificates = [...zip].filter(([name]) => name.startsWith('certs/device-'));
      const paths = certificates.map(([name, content]) => on(name, content));
      for (const [file, digest] of files) {
        const plain = execFileSync(rsop, ['decrypt', `--with-key-password=${password}`, keyFile], {
          input: zip.get(`${file}.pgp`)!,
          maxBuffer: 64 * 2 ** 20,
        });
        expect([file, sha256(plain)]).toEqual([file, digest]);
        const signature = on(`${file}.sig`, zip.get(`${file}.manifest.json.sig`)!);
        execFileSync(rsop, ['verify', signature, ...paths], {
          input: zip.get(`${file}.manifest.json`)!,
          stdio: 'pipe',
        });
      }
    }, 120_000);

  it('hears which media the server no longer has as it was signed, and keeps that', async () => {
    // The largest is flight.bin.
    const [largest] = await stored.query<{ media_id: string }>(
      "SELECT media_id FROM blob WHERE role = 'original' ORDER BY bytes DESC LIMIT 1",
    );
    mend = await stored.alterOriginal(largest!.media_id);
    await choose('Check the project');
    await press('Check again');
    await heading('flight.bin');
    await text('1 of 4 files is damaged, incomplete or not what was signed.');
    await text('Verified: signature, receipt, name and details');
    const found = await report();
    expect(found).toMatchObject({ isComplete: true, sound: 3, notSound: 1 });
    expect(found.media.filter(({ verdict }) => verdict === 'not-sound')).toEqual([
      expect.objectContaining({ name: 'flight.bin', problem: expect.objectContaining({ code: expect.any(String) }) }),
    ]);
    const plain = (await saved('Save as text')).octets.toString();
    expect(plain).toContain(`${files.get('flight.bin')}  FAILED  flight.bin`);
    await goTo(page, 'Devices');
    await page.getByRole('link', { name: '1 file failed the check' }).waitFor();
  }, 120_000);

  it('gets no zip with a damaged media in it, and hears which it was', async () => {
    await pickOnDisk();
    await choose('Export the project');
    await press('Save as one zip');
    await text('Harbour-export.zip was not saved, because flight.bin.pgp failed.');
    expect(await pickedFile()).toBeNull();
    await press('Dismiss');
  }, 120_000);

  it('gets a folder with everything else, and a list of what is not in it', async () => {
    await press('Export into a folder');
    await text('One file is not in the export');
    const there = await pickedFolder();
    expect(there.filter((name) => name.endsWith('.pgp')).sort()).toEqual(
      ['DJI_0001.JPG.pgp', 'empty.srt.pgp', 'notes of the second.txt.pgp', 'notes.txt.pgp'].sort(),
    );
    expect(there).toEqual(expect.arrayContaining(['VERIFY.md', 'NOT-EXPORTED.txt', 'certs/root.asc']));
    expect(there.filter((name) => name.includes('flight.bin'))).toEqual([]);
    await press('Export into a folder');
    await text('The folder picked-folder is not empty');
  }, 120_000);

  it('finds all sound again once the store was put right, after locking in between', async () => {
    mend();
    await choose('Check the project');
    await press('Lock');
    await unlock(page);
    await text('1 of 4 files is damaged, incomplete or not what was signed.');
    await press('Check again');
    await text('All 4 files verified');
  }, 120_000);

  it('has met no error, no breach of policy, and no other origin', () => {
    expect(watched.faults).toEqual([]);
  });

  /** Pickers would wait for a person: these give what is on the browser's own disk. */
  const pickOnDisk = () =>
    page.evaluate(() => {
      const disk = navigator.storage.getDirectory();
      Object.assign(window, {
        showSaveFilePicker: async () => (await disk).getFileHandle('picked', { create: true }),
        showDirectoryPicker: async () => (await disk).getDirectoryHandle('picked-folder', { create: true }),
      });
    });
  /** Null where there is none. In base64, as octets do not come out of a page. */
  const pickedFile = async (): Promise<Buffer | null> => {
    const base64 = await page.evaluate(async () => {
      const disk = await navigator.storage.getDirectory();
      const handle = await disk.getFileHandle('picked').catch(() => null);
      if (!handle) return null;
      const octets = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      await disk.removeEntry('picked');
      let text = '';
      for (let at = 0; at < octets.length; at += 8192) text += String.fromCharCode(...octets.subarray(at, at + 8192));
      return btoa(text);
    });
    return base64 === null ? null : Buffer.from(base64, 'base64');
  };
  const pickedFolder = () =>
    page.evaluate(async () => {
      const names: string[] = [];
      async function look(folder: FileSystemDirectoryHandle, path: string): Promise<void> {
        for await (const entry of folder.values())
          if (entry.kind === 'file') names.push(path + entry.name);
          else await look(entry as FileSystemDirectoryHandle, `${path}${entry.name}/`);
      }
      await look(await (await navigator.storage.getDirectory()).getDirectoryHandle('picked-folder'), '');
      return names;
    });
});
