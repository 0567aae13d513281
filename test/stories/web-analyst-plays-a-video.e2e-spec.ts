import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, foundOrganization } from '@aerie/sdk';
import { ingestItems } from '@aerie/sdk/node';
import type { BrowserContext, Page } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { sampleFolder } from '../support/samples.js';
import type { RunningServer } from '../support/server.js';
import { openPage, startWeb, unlock, webPassphrase, type WatchedPage } from '../support/web.js';

const samples = sampleFolder();
/** So much of nothing is put behind the film: a fetch of the whole file is noticed. */
const freeBytes = 96 * 1024 * 1024;
const waitMsMax = deadline(60_000);

/** A film with a box behind it that players skip (ISO/IEC 14496-12, 8.1.2). */
function withFreeBox(film: Buffer): Buffer {
  const box = Buffer.alloc(freeBytes);
  box.writeUInt32BE(freeBytes, 0);
  box.write('free', 4, 'latin1');
  return Buffer.concat([film, box]);
}

(hasBrowser() && samples ? describe : describe.skip)('An analyst plays an encrypted video', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-video-'));
  let server: RunningServer;
  let browser: BrowserContext;
  let watched: WatchedPage;
  let page: Page;
  let path: string;
  /** Octets of ciphertext that the server began to send. */
  let sent = 0;

  const video = <T, A>(read: (video: HTMLVideoElement, given: A) => T | Promise<T>, given?: A): Promise<T> =>
    page.locator('video').evaluate(read as never, given) as Promise<T>;

  beforeAll(async () => {
    server = await startWeb();

    const names = { organization: 'Kestrel Survey', memberName: 'Ada', deviceLabel: 'Card reader' };
    const founded = await foundOrganization({ server: server.url, setupToken: server.setupToken, ...names });
    const { kit } = founded;
    const aerie = await Aerie.open(founded.keyring);
    const { projectId } = await aerie.projects.create('Coast');
    const film = join(folder, 'film.mp4');
    writeFileSync(film, withFreeBox(readFileSync(join(samples!, 'video/gopro-karma/karma.mp4'))));
    for await (const result of aerie.uploads.ingest(ingestItems([film], { pictures: false }), { projectId })) {
      path = `/projects/${projectId}/media/${result.mediaId}`;
    }
    await aerie.close();

    browser = await launchBrowser();
    browser.on('response', (response) => {
      if (/\/blobs\/[^/]+$/.test(response.url())) sent += Number(response.headers()['content-length']);
    });
    watched = await openPage(browser, server.url);
    page = watched.page;
    await page.getByRole('button', { name: 'With the recovery kit' }).click();
    await page.getByLabel('Account key or recovery kit').fill(kit);
    await page.getByLabel('Passphrase', { exact: true }).fill(webPassphrase);
    await page.getByLabel('Confirm passphrase').fill(webPassphrase);
    await page.getByRole('button', { name: 'Recover my keys' }).click();
    await page.waitForURL(/\/projects/);
    await page.evaluate(() => navigator.serviceWorker.ready);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sees the first frame without fetching the file', async () => {
    await page.goto(server.url + path);
    await unlock(page);
    await page.locator('video').waitFor({ timeout: waitMsMax });
    await page.waitForFunction(() => document.querySelector('video')!.readyState >= 2, null, { timeout: waitMsMax });
    expect(await video(({ videoWidth, duration }) => ({ videoWidth, isLong: duration > 1 }))).toEqual({
      videoWidth: expect.any(Number),
      isLong: true,
    });
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(freeBytes / 3);
  });

  it('plays on', async () => {
    await video((one) => {
      one.muted = true;
      return one.play();
    });
    await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0.5, null, { timeout: waitMsMax });
    await video((one) => one.pause());
  });

  it('jumps ahead and back, and sees another picture each time', async () => {
    const pictures = new Set<string>();
    for (const share of [0.9, 0.2, 0.6]) {
      await video(
        (one, at: number) =>
          new Promise<void>((done) => {
            one.addEventListener('seeked', () => done(), { once: true });
            one.currentTime = at * one.duration;
          }),
        share,
      );
      pictures.add(
        await video((one) => {
          const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
          canvas.getContext('2d')!.drawImage(one, 0, 0, 64, 36);
          return canvas.toDataURL();
        }),
      );
    }
    expect(pictures.size).toBe(3);
    expect(sent).toBeLessThan(freeBytes);
  });

  it('leads the video by keys while it has the focus, and leaves with Escape', async () => {
    /** Presses a key, and waits until the player is where it should be. */
    const press = async (key: string, isPaused: boolean, seconds?: number) => {
      await page.keyboard.press(key);
      const isThere = ([paused, at]: [boolean, number | null]) => {
        const video = document.querySelector('video')!;
        const isAt = at === null || Math.abs(video.currentTime - at) < 0.01;
        return document.activeElement === video && video.paused === paused && isAt;
      };
      await page.waitForFunction(isThere, [isPaused, seconds ?? null] as [boolean, number | null], {
        timeout: waitMsMax,
      });
    };
    const end = await video((one) => {
      one.pause();
      one.currentTime = 1;
      one.focus();
      return one.duration;
    });
    await press('l', true, 11);
    await press('l', true, end);
    await press('j', true, end - 10);
    await press('j', true, 0);
    await press('.', true, 1 / 30);
    await press('.', true, 2 / 30);
    await press(',', true, 1 / 30);
    await press(' ', false);
    // The player has keys of its own: a second toggle would stop it again.
    await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0.5, null, { timeout: waitMsMax });
    await press(' ', true);
    await press('k', false);
    await press('.', true);
    await page.keyboard.press('Escape');
    await page.getByRole('grid').waitFor();
  });

  it('finds nothing under the address of the stream, unless a player asks', async () => {
    const mediaId = path.split('/').at(-1)!;
    expect(await page.evaluate((id) => fetch(`/stream/${id}`).then(({ status }) => status), mediaId)).toBe(404);
  });

  it('met no fault, no breach of the policy, and nobody else', () => {
    expect(watched.faults).toEqual([]);
  });
});
