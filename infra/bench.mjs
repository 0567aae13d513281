/**
 * `npm run bench`: Aerie beside `rclone` with a `crypt` remote, in one run and on one MinIO, and what both cost in
 * memory. Prints the table that docs/performance.md shows. Linux; takes about 20 minutes and 20 GB of disk.
 * Where `restic` is on the PATH it takes its turns as well: it encrypts, authenticates and packs, too.
 *   AERIE_BENCH_SCALE  shrinks sizes and counts, such as 0.1 for a quick look (default 1)
 *   AERIE_BENCH_PAIRS  how often each of the two runs, taking turns (default 3)
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { forgetPeak, median, peakBytes, processorSeconds, residentBytes } from './bench/measure.mjs';
import { writePhotographs, writeRandomFile, writeRandomFiles } from './bench/payload.mjs';
import { openStage, runClient } from './bench/stage.mjs';
import { main, prepare, root } from './prepare.mjs';

const scale = Number(process.env.AERIE_BENCH_SCALE ?? 1);
const pairs = Math.max(1, Number(process.env.AERIE_BENCH_PAIRS ?? 3));
const mebibyte = 1024 * 1024;
const largeBytes = Math.ceil(1024 * scale) * mebibyte;
const smallCount = Math.ceil(500 * scale);
const manyCount = 10 * smallCount;
const smallBytes = 200 * 1024;
const settleMs = 3_000;
/** Small blobs are packed by a periodic job, and fewer than this many wait for more of them. */
const waitingMax = 128;
const packMsMax = 120_000;

await main(async () => {
  await prepare();
  const folder = await mkdtemp(join(tmpdir(), 'aerie-bench-'));
  let stage;
  const close = async () => {
    await stage?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('SIGINT', () => void close().then(() => process.exit(130)));
  try {
    stage = await openStage(folder);
    await bench(stage, folder);
  } finally {
    await close();
  }
});

async function bench(stage, folder) {
  describeBench(stage);
  await stage.aerie.init();
  await sleep(settleMs);
  const idleBytes = residentBytes(stage.serverPid);
  const path = (name) => join(folder, name);

  await writeRandomFile(path('large.bin'), largeBytes);
  await compare(stage, { title: `${size(largeBytes)} file, in`, ...copying(stage, path('large.bin'), idleBytes) });
  await compare(stage, { title: `${size(largeBytes)} file, out`, ...(await fetching(stage, path, 'large.bin')) });
  await rm(path('large.bin'));

  await writeRandomFiles(path('small'), smallCount, smallBytes);
  await compare(stage, { title: `${smallCount} files of 200 KiB, in`, ...copying(stage, path('small'), idleBytes) });
  await rm(path('small'), { recursive: true });

  await writeRandomFiles(path('many'), manyCount, smallBytes);
  await compare(stage, { title: `${manyCount} files of 200 KiB, in`, ...copying(stage, path('many'), idleBytes) });
  await rm(path('many'), { recursive: true });

  await writePhotographs(path('photos'), smallCount);
  await writePhotographs(path('more'), smallCount);
  const { ours } = copying(stage, path('photos'), idleBytes);
  await compare(stage, { title: `${smallCount} JPEGs of 200 KiB with pictures, in`, ours });
  await gallery(stage, path);

  await writeRandomFile(path('larger.bin'), 4 * largeBytes);
  const { aerie, serverPid } = stage;
  const alone = { aerie, serverPid };
  const larger = copying(alone, path('larger.bin'), idleBytes);
  await compare(stage, { title: `${size(4 * largeBytes)} file, in, once`, ours: larger.ours, times: 1 });
  const back = await fetching(alone, path, 'larger.bin');
  await compare(stage, { title: `${size(4 * largeBytes)} file, out, once`, ours: back.ours, times: 1 });
}

function describeBench({ rclone, restic }) {
  console.log(`
Aerie beside ${rclone.version} with a crypt remote, on the same MinIO: ${pairs} runs each, taking turns; medians, with the least and the most.
${availableParallelism()} processors; clients, server, PostgreSQL, Redis and MinIO share them. Node ${process.versions.node}; API and worker in one process.
Wall time is that of the whole client process, cold, with unlocking the keyring (Argon2, 64 MiB). Both with their defaults.
restic: ${restic?.version ?? 'is not on the PATH'}.
Aerie: client -> server -> MinIO, with a signature, a receipt, checked digests and thumbnails where there are pictures.
rclone: client -> MinIO, with no server in between, no signatures and no thumbnails.
The server's background read-back of what was committed is put off: it would run into the next measurement.

${row(['', 'Aerie s', 'rclone s', 'ratio', 'restic s', 'CPU s: client', 'server', 'MinIO', 'rclone: client', 'MinIO', 'client MiB', 'server +MiB'])}
${row(Array(12).fill('---'))}`);
}

/** Runs them in turns and prints a line of the table. Each does one run and answers its cost; only `ours` must be there. */
async function compare(stage, { title, ours, theirs, restics, times = pairs }) {
  const [mine, other, third] = [[], [], []];
  for (let index = 0; index < times; index++) {
    mine.push(await measured(stage, () => ours(index)));
    if (theirs) other.push(await measured(stage, () => theirs(index)));
    if (restics) third.push(await measured(stage, () => restics(index)));
  }
  const of = (runs, name) => (runs.length === 0 ? '' : median(runs.map((run) => run[name])).toFixed(1));
  const ratio = theirs ? (secondsOf(mine) / secondsOf(other)).toFixed(2) : '';
  console.log(
    row([
      title,
      ...[spread(mine), spread(other), ratio, spread(third)],
      of(mine, 'processorSeconds'),
      of(mine, 'serverSeconds'),
      of(mine, 'minioSeconds'),
      of(other, 'processorSeconds'),
      of(other, 'minioSeconds'),
      mebibytes(Math.max(...mine.map((run) => run.peakBytes))),
      mebibytes(Math.max(...mine.map((run) => run.serverGrowth))),
    ]),
  );
}

function secondsOf(runs) {
  return median(runs.map(({ seconds }) => seconds));
}

/** Median, least and most. */
function spread(runs) {
  if (runs.length === 0) return '';
  const seconds = runs.map((run) => run.seconds);
  const range = runs.length > 1 ? ` (${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)})` : '';
  return `${secondsOf(runs).toFixed(2)}${range}`;
}

async function measured(stage, run) {
  // What the run before left to be written would be written in this one's time.
  execFileSync('sync');
  const before = { server: processorSeconds(stage.serverPid), minio: processorSeconds(stage.minioPid) };
  const cost = await run();
  return {
    ...cost,
    serverSeconds: processorSeconds(stage.serverPid) - before.server,
    minioSeconds: processorSeconds(stage.minioPid) - before.minio,
  };
}

/** A project of its own each time, as Aerie would find what is stored already, and so would restic; rclone's copies are removed again. */
function copying({ aerie, rclone, restic, serverPid }, path, idleBytes) {
  return {
    ours: async (index) => {
      const projectId = await aerie.createProject(`${path.split('/').at(-1)} ${index}`);
      forgetPeak(serverPid);
      const cost = await aerie.run('ingest', path, '--project', projectId);
      return { ...cost, serverGrowth: peakBytes(serverPid) - idleBytes };
    },
    theirs: async (index) => {
      const cost = await rclone.run('copy', path, `sealed:${index}`);
      await rclone.run('purge', `sealed:${index}`);
      return cost;
    },
    restics: restic && (async () => (await restic.newRepository()).run('backup', path)),
  };
}

/** Stores a file with each of them, and has it back, octet for octet. */
async function fetching({ aerie, rclone, restic, serverPid }, path, name) {
  const projectId = await aerie.createProject(`${name} out`);
  const { output } = await aerie.run('ingest', path(name), '--project', projectId);
  const { mediaId } = JSON.parse(output.split('\n')[0]).file;
  await rclone?.run('copy', path(name), 'sealed:out');
  const repository = await restic?.newRepository();
  await repository?.run('backup', path(name));
  const sha256 = await digestOf(path(name));
  const fetched = async (back, work) => {
    const idle = residentBytes(serverPid);
    forgetPeak(serverPid);
    await mkdir(path('back'));
    const cost = await work();
    const serverGrowth = peakBytes(serverPid) - idle;
    if ((await digestOf(back)) !== sha256) throw new Error('The file did not come back as it was.');
    await rm(path('back'), { recursive: true });
    return { ...cost, serverGrowth };
  };
  const back = join(path('back'), name);
  // restic restores a file below the folders that it came from.
  const restored = join(path('back'), path(name));
  return {
    ours: () => fetched(back, () => aerie.run('get', mediaId, '--out', back)),
    theirs: rclone && (() => fetched(back, () => rclone.run('copy', 'sealed:out', path('back')))),
    restics:
      repository && (() => fetched(restored, () => repository.run('restore', 'latest', '--target', path('back')))),
  };
}

/** Time to the thumbnails of a project whose thumbnails have been packed, in a cold process. */
async function gallery({ aerie, databaseUrl }, path) {
  const projectId = await aerie.createProject('gallery');
  await aerie.run('ingest', path('photos'), path('more'), '--project', projectId);
  await packed(databaseUrl, projectId);
  const script = join(root, 'infra/bench/gallery.mjs');
  const runs = [];
  for (let index = 0; index < pairs; index++) {
    const { output, ...cost } = await runClient(
      process.execPath,
      [script, projectId, String(2 * smallCount)],
      aerie.env,
    );
    runs.push({ ...cost, ...JSON.parse(output) });
  }
  const of = (name) => `${median(runs.map((run) => run[name])).toFixed(2)} s`;
  const peak = mebibytes(Math.max(...runs.map((run) => run.peakBytes)));
  console.log(`
Gallery of ${2 * smallCount} media, cold process, every signature verified and every thumbnail decrypted:
keyring unlocked after ${of('unlocked')}; first ${Math.min(200, 2 * smallCount)} thumbnails after ${of('firstPage')}; all after ${of('all')}; client ${peak} MiB
`);
}

async function packed(databaseUrl, projectId) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    for (const until = Date.now() + packMsMax; Date.now() < until; await sleep(500)) {
      const { rows } = await client.query(
        'SELECT count(*)::int AS waiting FROM blob JOIN media ON media.id = media_id WHERE project_id = $1 AND content IS NOT NULL',
        [projectId],
      );
      if (rows[0].waiting < waitingMax) return;
    }
    throw new Error('The thumbnails were not packed in time.');
  } finally {
    await client.end();
  }
}

async function digestOf(path) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

function mebibytes(bytes) {
  return (bytes / mebibyte).toFixed(0);
}

function size(bytes) {
  return bytes >= 1024 * mebibyte ? `${bytes / 1024 / mebibyte} GiB` : `${bytes / mebibyte} MiB`;
}
