/**
 * `npm run bench:web`: the web app in Chromium on the embedded profile. Prints the tables that docs/performance.md shows.
 * Needs Chromium and ffmpeg; takes about 10 minutes and 6 GB below the folder for temporary files.
 *   AERIE_CHROMIUM         default /usr/bin/chromium
 *   AERIE_BENCH_SCALE      shrinks counts and sizes, such as 0.02 for a quick look (default 1: 10,000 media, 1 GiB)
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readFileSync, statSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Aerie, foundOrganization } from '@aerie/sdk';
import { ingestItems } from '@aerie/sdk/node';
import { startServerProcess } from './server-process.mjs';
import { browserArgs, executablePath, launchChromium } from './bench/web/browser.mjs';
import { photographs, writeVideo } from './bench/web/footage.mjs';
import { measureGallery, measureUpload, measureVideo, recoverIn } from './bench/web/pages.mjs';
import { main, prepare, root } from './prepare.mjs';

const scale = Number(process.env.AERIE_BENCH_SCALE ?? 1);
const mediaCount = Math.ceil(10_000 * scale);
const videoBytes = Math.ceil(1024 * scale) * 1024 * 1024;
const sealBytes = Math.max(32, Math.ceil(256 * scale)) * 1024 * 1024;
const sealRuns = 5;
const passphrase = 'a kestrel over the harbour';

await main(async () => {
  await prepare();
  const folder = await mkdtemp(join(tmpdir(), 'aerie-web-bench-'));
  let server;
  let browser;
  try {
    server = await startServerProcess(folder);
    browser = await launchChromium();
    console.log(`Chromium ${browser.version()}\n`);
    printBundle();
    await printSealing(browser);
    await printApp(browser, server, folder);
  } finally {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});

function printBundle() {
  const folder = join(root, 'clients/web/dist');
  const { files } = JSON.parse(readFileSync(join(folder, 'aerie-web.json'), 'utf8'));
  const packed = Object.keys(files).map((name) => [
    name,
    gzipSync(readFileSync(join(folder, name)), { level: 9 }).length,
  ]);
  console.log('| file | octets | gzip |\n| --- | --- | --- |');
  for (const [name, bytes] of packed) console.log(`| ${name} | ${statSync(join(folder, name)).size} | ${bytes} |`);
  console.log(`| all | | ${packed.reduce((sum, [, bytes]) => sum + bytes, 0)} |\n`);
}

async function printSealing(browser) {
  const bundle = execFileSync(
    process.execPath,
    [join(root, 'test/support/bundle.mjs'), JSON.stringify({ seal: 'infra/bench/web/seal.page.mjs' })],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const [[, script]] = JSON.parse(bundle.toString());
  const pages = createHttpServer(({ url }, answer) => {
    const isScript = url === '/seal.js';
    answer.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
    answer.end(isScript ? script : '<!doctype html><title>Bench</title><script type="module" src="/seal.js"></script>');
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  await page.waitForFunction(() => globalThis.measure);
  const mebibytes = sealBytes / 1024 / 1024;
  const rate = (ms) => Math.round(mebibytes / (ms / 1000));
  console.log(
    `| ${mebibytes} MiB in memory, MiB/s | AES-GCM alone | SHA-256 alone | both in turn | sealed by the SDK | of both |`,
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (let run = 1; run <= sealRuns; run++) {
    const { encryptMs, digestMs, sealMs } = await page.evaluate((bytes) => globalThis.measure(bytes), sealBytes);
    const both = encryptMs + digestMs;
    const share = (both / sealMs).toFixed(2);
    console.log(`| run ${run} | ${rate(encryptMs)} | ${rate(digestMs)} | ${rate(both)} | ${rate(sealMs)} | ${share} |`);
  }
  console.log('');
  await page.close();
  pages.close();
}

async function printApp(browser, { url, setupToken }, folder) {
  let kit = '';
  const names = { organization: 'Bench', memberName: 'Ada', deviceLabel: 'Bench' };
  const keepKit = async (text) => void (kit = text);
  const { keyring } = await foundOrganization({ server: url, setupToken, ...names, keepKit });
  const aerie = await Aerie.open(keyring);
  const gallery = await aerie.projects.create(`${mediaCount} photographs`);
  await ingest(aerie, gallery.projectId, photographs(mediaCount));
  const film = await aerie.projects.create('Film');
  const path = join(folder, 'film.mp4');
  await writeVideo(path, videoBytes);
  const [{ mediaId }] = await ingest(aerie, film.projectId, ingestItems([path], { pictures: false }));
  const cards = await aerie.projects.create('Card');

  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await recoverIn(page, url, kit, passphrase);
  const print = (rows) => {
    for (const [what, value] of rows) console.log(`| ${what} | ${value} |`);
  };
  console.log('| in the app | |\n| --- | --- |');
  print(await measureGallery(page, `${url}/projects/${gallery.projectId}`, mediaCount));
  print(await measureVideo(page, `${url}/projects/${film.projectId}/media/${mediaId}`, statSync(path).size));
  await context.close();
  const uploadsPath = `/projects/${cards.projectId}/uploads`;
  const isStored = async () => (await aerie.projects.read(cards.projectId)).mediaCount === 1;
  const other = await launchApart(join(folder, 'profile'));
  try {
    print(await measureUpload({ open: other.connect, url, kit, passphrase, path, uploadsPath, isStored }));
  } finally {
    await other.stop();
  }
  await aerie.close();
}

/** A browser that goes on while no debugger is connected to it. */
async function launchApart(profile) {
  const args = [...browserArgs, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const child = spawn(executablePath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  let output = '';
  const address = await new Promise((found, fail) => {
    child.on('close', () => fail(new Error(`the browser ended:\n${output}`)));
    child.stderr.on('data', (chunk) => {
      output += chunk;
      const [, url] = /DevTools listening on (ws:\S+)/.exec(output) ?? [];
      if (url) found(url);
    });
  });
  return {
    connect: () => chromium.connectOverCDP(address),
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function ingest(aerie, projectId, items) {
  const results = [];
  for await (const result of aerie.uploads.ingest(items, { projectId })) {
    if (result.status === 'failed') throw new Error(`${result.path}: ${result.problem.message}`);
    results.push(result);
  }
  return results;
}
