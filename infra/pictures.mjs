/**
 * `npm run pictures`: draws footage, walks through the web app with it in Chromium, and writes the two pictures of the
 * README to docs/images. Nothing in them was ever recorded. Takes about a minute; AERIE_CHROMIUM names the browser.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { startServerProcess } from './server-process.mjs';
import { launchChromium } from './bench/web/browser.mjs';
import { main, prepare, root } from './prepare.mjs';

const photoCount = 42;
const viewport = { width: 1280, height: 800 };
const passphrase = 'a kestrel over the harbour';
const waitMsMax = 120_000;

await main(async () => {
  await prepare();
  const folder = await mkdtemp(join(tmpdir(), 'aerie-pictures-'));
  const server = await startServerProcess(folder);
  const browser = await launchChromium();
  try {
    await mkdir(join(root, 'docs/images'), { recursive: true });
    const page = await browser.newPage({ viewport, colorScheme: 'dark' });
    await setUp(page, server);
    await upload(page, await drawFootage(folder));
    await take(page);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

async function setUp(page, { url, setupToken }) {
  await page.goto(`${url}/setup#${setupToken}`);
  await page.getByLabel('Name of your organization').fill('County Survey');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Confirm passphrase').fill(passphrase);
  await page.getByRole('button', { name: 'Make my keys' }).click();
  const key = page.getByTestId('account-key');
  await key.waitFor({ timeout: waitMsMax });
  const accountKey = (await key.innerText()).trim().replace(/\s+/g, '-');
  await page.getByRole('button', { name: 'I’ve saved my recovery kit' }).click();
  await page.getByLabel('Account key').fill(accountKey);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByLabel('Name of the project').fill('River bridges');
  await page.getByRole('button', { name: 'Create the project' }).click();
  await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);
}

async function upload(page, paths) {
  const project = new URL(page.url()).pathname;
  await page.locator('input[type="file"]:not([webkitdirectory])').first().setInputFiles(paths);
  await page
    .getByText(/safe to erase/i)
    .first()
    .waitFor({ timeout: waitMsMax });
  // Opened again, as on any other day.
  await page.goto(new URL(project, page.url()).href);
  await page.getByLabel('Passphrase of this browser').fill(passphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
}

async function take(page) {
  const pictures = () => page.locator('[role="gridcell"] img').count();
  for (let i = 0; i < 100 && (await pictures()) < 20; i++) await page.waitForTimeout(100);
  await keep(page, 'timeline');
  await page.locator('[role="gridcell"] a').nth(2).click();
  await page.waitForSelector('img[src^="blob:"]');
  await page.keyboard.press('i');
  await page.waitForTimeout(1_000);
  await keep(page, 'viewer');
}

async function keep(page, name) {
  await sharp(await page.screenshot())
    .webp({ quality: 80 })
    .toFile(join(root, `docs/images/${name}.webp`));
}

async function drawFootage(folder) {
  const paths = [];
  for (let index = 0; index < photoCount; index++) {
    const path = join(folder, `DJI_${String(index + 1).padStart(4, '0')}.JPG`);
    await sharp(Buffer.from(riverFromAbove(index)))
      .withExif(exifOf(index))
      .jpeg({ quality: 90 })
      .toFile(path);
    paths.push(path);
  }
  return paths;
}

/** Numbers that look random and are the same in every run. */
function random(seed) {
  let state = (seed + 1) * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return state / 2 ** 32;
  };
}

/** Fields on both sides of a river, a road with a bridge over it, and woods: as seen straight down. */
function riverFromAbove(index) {
  const [width, height] = [2000, 1500];
  const next = random(index);
  const bend = (x) => 750 + 240 * Math.sin(x / 420 + index / 3) + 90 * Math.sin(x / 150 + index);
  const bank = Array.from({ length: 41 }, (_, i) => `${i * 50},${bend(i * 50).toFixed(0)}`).join(' ');
  const fields = Array.from({ length: 40 }, (_, i) => {
    const [x, y] = [(i % 8) * 260 - 40, Math.floor(i / 8) * 310 - 20];
    const hue = 40 + next() * 80;
    return `<rect x="${x}" y="${y}" width="252" height="302" fill="hsl(${hue},${25 + next() * 25}%,${30 + next() * 22}%)"/>`;
  });
  const trees = Array.from({ length: 260 }, () => {
    const [x, y] = [next() * width, next() * height];
    const side = Math.abs(y - bend(x));
    return side < 110 || side > 330
      ? ''
      : `<circle cx="${x}" cy="${y}" r="${9 + next() * 20}" fill="hsl(${95 + next() * 30},32%,${16 + next() * 12}%)"/>`;
  });
  const road = 300 + next() * 1400;
  const light = 0.9 + 0.1 * Math.cos(index / 9);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><filter id="grain" x="0" y="0" width="100%" height="100%">
      <feTurbulence type="fractalNoise" baseFrequency="0.035 0.05" numOctaves="4" seed="${index}"/>
      <feColorMatrix values="0 0 0 0 0.5  0 0 0 0 0.5  0 0 0 0 0.45  0.9 0 0 0 -0.25"/></filter></defs>
    <g transform="rotate(${-12 + next() * 24} 1000 750) scale(1.25) translate(-200 -150)">
    ${fields.join('')}
    <polyline points="${bank}" fill="none" stroke="#7a8468" stroke-width="210"/>
    <polyline points="${bank}" fill="none" stroke="hsl(${190 + next() * 20},38%,${30 + 12 * light}%)" stroke-width="170"/>
    ${trees.join('')}
    <path d="M${road} -100 V1700" stroke="#8d8b86" stroke-width="44"/>
    <path d="M${road} -100 V1700" stroke="#e9e6dc" stroke-width="3" stroke-dasharray="40 30"/>
    <rect x="${road - 34}" y="${bend(road) - 120}" width="68" height="240" fill="#b9b4aa"/>
    <path d="M${road - 34} ${bend(road) - 120} v240 m68 0 v-240" stroke="#6d6a64" stroke-width="7"/>
    </g>
    <rect width="100%" height="100%" filter="url(#grain)" opacity="0.5"/>
    <rect width="100%" height="100%" fill="#10151a" opacity="${(1 - light).toFixed(2)}"/></svg>`;
}

function exifOf(index) {
  const day = 11 + Math.floor(index / 16);
  const minute = String((index * 2) % 60).padStart(2, '0');
  return {
    IFD0: { Make: 'DJI', Model: 'FC3582' },
    IFD2: { DateTimeOriginal: `2026:09:${day} 14:${minute}:00`, OffsetTimeOriginal: '+02:00' },
    IFD3: {
      GPSLatitudeRef: 'N',
      GPSLatitude: `52/1 9/1 ${2000 + index * 9}/100`,
      GPSLongitudeRef: 'E',
      GPSLongitude: `9/1 57/1 ${1100 + index * 13}/100`,
      GPSAltitudeRef: '0',
      GPSAltitude: '1184/10',
    },
  };
}
