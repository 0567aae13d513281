/** What a person would time with a watch, in a page of the web app. All times in seconds. */

import { setTimeout as sleep } from 'node:timers/promises';

const keysMsMax = 120_000;
const storedPollMs = 1_000;
const longMsMax = 600_000;
/** The steps of a wheel, one for each frame: a fast scroll through the whole. */
const scrollPxPerStep = 240;
const scrollSteps = 600;

/** At 1280 by 800. */
const screenThumbs = 15;

const seconds = (ms) => (ms / 1000).toFixed(2);

/** Makes the browser a device of the organization, by its recovery kit. */
export async function recoverIn(page, url, kit, passphrase) {
  await page.goto(url);
  await page.getByRole('button', { name: 'With the recovery kit' }).click();
  await page.getByLabel('Account key or recovery kit').fill(kit);
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Confirm passphrase').fill(passphrase);
  await page.getByRole('button', { name: 'Recover my keys' }).click();
  await page.getByRole('heading', { name: 'Projects' }).waitFor({ timeout: keysMsMax });
  await page.evaluate(() => navigator.serviceWorker.ready);
}

/** Goes to a page inside the app, where keys are unlocked. */
async function go(page, url) {
  const startedAt = performance.now();
  await page.evaluate((path) => {
    const link = document.createElement('a');
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  }, new URL(url).pathname);
  return startedAt;
}

/** Opening a project for the first time, and scrolling through it once everything is listed. */
export async function measureGallery(page, url, mediaCount) {
  const startedAt = await go(page, url);
  const shown = (count) =>
    page.waitForFunction(
      (wanted) => {
        const images = [...document.querySelectorAll('[role="gridcell"] img')];
        return images.filter(({ complete, naturalWidth }) => complete && naturalWidth > 0).length >= wanted;
      },
      count,
      { timeout: longMsMax, polling: 'raf' },
    );
  await shown(1);
  const firstMs = performance.now() - startedAt;
  await shown(screenThumbs);
  const screenMs = performance.now() - startedAt;
  // While it reads, the toolbar counts; afterwards it states the size of the whole.
  await page.getByText(`${mediaCount.toLocaleString('en')} files ·`).waitFor({ timeout: longMsMax });
  const allMs = performance.now() - startedAt;
  const frames = await page.evaluate(scrollThrough, { stepPx: scrollPxPerStep, steps: scrollSteps });
  return [
    [`${mediaCount} media, first thumbnail, s`, seconds(firstMs)],
    [`${mediaCount} media, the ${screenThumbs} thumbnails of a screen, s`, seconds(screenMs)],
    [`${mediaCount} media, all listed and verified, s`, seconds(allMs)],
    [
      `scrolling ${scrollSteps} frames: median and 95th percentile between frames, ms`,
      `${frames.median}, ${frames.p95}`,
    ],
    ['frames of those that took over 33 ms', `${frames.dropped}`],
  ];
}

/** Runs in the page. One step for each frame; the time from frame to frame is what a person sees. */
async function scrollThrough({ stepPx, steps }) {
  const grid = document.querySelector('[role="grid"]');
  const scroller = grid.parentElement;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const between = [];
  let last = await frame();
  for (let step = 0; step < steps; step++) {
    scroller.scrollTop += stepPx;
    const now = await frame();
    between.push(now - last);
    last = now;
  }
  between.sort((a, b) => a - b);
  const at = (share) => Math.round(between[Math.floor(share * (between.length - 1))] * 10) / 10;
  return { median: at(0.5), p95: at(0.95), dropped: between.filter((ms) => ms > 33.4).length };
}

/** A video that was never opened before: the first frame, then a place far into it. */
export async function measureVideo(page, url, bytes) {
  const startedAt = await go(page, url);
  await page.waitForSelector('video', { timeout: longMsMax });
  await page.waitForFunction(() => document.querySelector('video').readyState >= 2, null, {
    timeout: longMsMax,
    polling: 'raf',
  });
  const firstMs = performance.now() - startedAt;
  const seekMs = await page.evaluate(async () => {
    const video = document.querySelector('video');
    const times = [];
    for (const share of [0.8, 0.3, 0.55]) {
      const from = performance.now();
      const seeked = new Promise((done) => video.addEventListener('seeked', done, { once: true }));
      video.currentTime = share * video.duration;
      await seeked;
      times.push(performance.now() - from);
    }
    return times;
  });
  const megabytes = Math.round(bytes / 1e6);
  return [
    [`video of ${megabytes} MB, first frame, s`, seconds(firstMs)],
    [`video of ${megabytes} MB, frame after a seek (three seeks), s`, seekMs.map(seconds).join(', ')],
  ];
}

/**
 * From the choice of a file to the proof that the card may be erased. Whoever drives a browser gets a copy of every
 * request's body, which costs more than encrypting it; so no debugger is connected while the file goes up.
 * @param open connects to the browser again
 * @param isStored asks the server, until it is true
 */
export async function measureUpload({ open, url, kit, passphrase, path, uploadsPath, isStored }) {
  const first = await open();
  const page = await first.contexts()[0].newPage();
  await recoverIn(page, url, kit, passphrase);
  await go(page, new URL(uploadsPath, url));
  const input = page.locator('input[type="file"]:not([webkitdirectory])').first();
  await input.waitFor({ state: 'attached' });
  await page.evaluate(() => {
    const input = document.querySelector('input[type="file"]:not([webkitdirectory])');
    input.addEventListener('change', () => (globalThis.chosenAt = performance.now()), { capture: true });
    new MutationObserver(() => {
      if (/safe to erase/i.test(document.body.innerText)) globalThis.safeAt ??= performance.now();
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await choose(page, path);
  await first.close();
  while (!(await isStored())) await sleep(storedPollMs);
  await sleep(storedPollMs);
  const second = await open();
  const again = second
    .contexts()[0]
    .pages()
    .find((one) => one.url().endsWith(uploadsPath));
  await again.waitForFunction(() => globalThis.safeAt, null, { timeout: longMsMax });
  const ms = await again.evaluate(() => globalThis.safeAt - globalThis.chosenAt);
  await second.close();
  return [['the same video uploaded, from choosing it to "safe to erase", s', seconds(ms)]];
}

/** As a person would; over a connection like this one, Playwright itself chooses small files only. */
async function choose(page, path) {
  const session = await page.context().newCDPSession(page);
  const { root } = await session.send('DOM.getDocument');
  const selector = 'input[type="file"]:not([webkitdirectory])';
  const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector });
  await session.send('DOM.setFileInputFiles', { nodeId, files: [path] });
}
