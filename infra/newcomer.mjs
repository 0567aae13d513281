/**
 * `node infra/newcomer.mjs [PHOTO]`: a newcomer's path, timed. Clones this repository into an empty folder, types `npm start`
 * there, opens the link it prints, and does what the screens say, at the pace of a person: so many keys a second, and a
 * while to read each screen. Prints when each step was reached, in seconds. Needs Chromium and, for npm, a registry.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { launchChromium } from './bench/web/browser.mjs';
import { main, root } from './prepare.mjs';

const keyMs = 150;
const readMs = 4_000;
const waitMsMax = 300_000;
const port = 4120 + 1000 + (process.pid % 1000);

await main(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aerie-newcomer-'));
  execFileSync('git', ['clone', '--quiet', root, join(folder, 'aerie')]);
  const photo = process.argv[2] ?? (await drawPhoto(join(folder, 'photo.jpg')));
  const startedAt = performance.now();
  const step = (what) => console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  const server = spawn('npm', ['start'], {
    cwd: join(folder, 'aerie'),
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let browser;
  try {
    const link = await linkPrintedBy(server);
    step('`npm start` has printed the link');
    browser = await launchChromium();
    await walk(await browser.newPage(), link, photo, step);
  } finally {
    await browser?.close();
    server.kill('SIGTERM');
    await once(server, 'close');
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});

async function drawPhoto(path) {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 };
  await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#567', noise } })
    .jpeg()
    .toFile(path);
  return path;
}

async function linkPrintedBy(server) {
  let output = '';
  for await (const chunk of server.stdout) {
    output += chunk;
    const [link] = /http:\/\/\S+\/setup#\S+/.exec(output) ?? [];
    if (link) {
      server.stdout.resume();
      return link;
    }
  }
  throw new Error(`npm start ended without a link:\n${output}`);
}

async function walk(page, link, photo, step) {
  const type = async (label, text) => {
    await page.getByLabel(label, { exact: true }).click();
    await page.keyboard.type(text, { delay: keyMs });
  };
  const press = (name) => page.getByRole('button', { name }).click();
  await page.goto(link);
  await sleep(readMs);
  await type('Name of your organization', 'County Survey');
  await type('Your name', 'Ada');
  await press('Next');
  await sleep(readMs);
  await type('Passphrase', 'a kestrel over the harbour');
  await type('Confirm passphrase', 'a kestrel over the harbour');
  await press('Make my keys');
  const key = page.getByTestId('account-key');
  await key.waitFor({ timeout: waitMsMax });
  step('keys are made, the recovery kit is shown');
  // To print it, or to save it.
  await sleep(2 * readMs);
  const accountKey = (await key.innerText()).trim().replace(/\s+/g, '-');
  await press('I’ve saved my recovery kit');
  await type('Account key', accountKey);
  await press('Confirm');
  await sleep(readMs);
  await type('Name of the project', 'Bridges');
  await press('Create the project');
  await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);
  step('an empty project asks for a card');
  await sleep(readMs);
  const project = new URL(page.url()).pathname;
  await page.locator('input[type="file"]:not([webkitdirectory])').first().setInputFiles(photo);
  const isSafe = page.getByText(/safe to erase/i).first();
  await isSafe.waitFor({ timeout: waitMsMax });
  step('the card is safe to erase');
  await page.locator(`a[href="${project}"]`).first().click();
  await page.locator('[role="gridcell"] img').first().waitFor({ timeout: waitMsMax });
  step('the thumbnail is shown');
  await page.locator('[role="gridcell"] a').first().click();
  await page.waitForFunction(
    () => [...document.images].some(({ complete, naturalWidth }) => complete && naturalWidth >= 1000),
    null,
    { timeout: waitMsMax },
  );
  step('the photo is shown, decrypted');
}
