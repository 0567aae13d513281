/**
 * `npm run demo`: the main job from end to end on footage it draws itself, against a server of its own that is thrown
 * away afterwards. Shows what the server's disk holds, and ends in a table of what went in and what came back.
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { main, prepare, root } from './prepare.mjs';
import { startServerProcess } from './server-process.mjs';

const videoBytes = 40 * 1024 * 1024;
const project = 'Harbour survey';
const same = 'identical';

await main(async () => {
  await prepare();
  const folder = await mkdtemp(join(tmpdir(), 'aerie-demo-'));
  const server = await startServerProcess(folder);
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));
  try {
    await tour(folder, server);
  } finally {
    await stop();
  }
});

async function tour(folder, server) {
  const aerie = cliFor(folder);
  say('1. A server for this demonstration', `${server.url}, data in a temporary folder`);
  const files = await drawFootage(join(folder, 'card'));
  say('2. A memory card', `${files.length} files drawn here: six photos with time and position, a video, a flight log`);

  await aerie(
    'init',
    '--server',
    server.url,
    '--setup-token',
    server.setupToken,
    '--org',
    'Demo Air',
    '--name',
    'Ada',
    '--kit-file',
    join(folder, 'recovery-kit.txt'),
  );
  const { projectId } = await aerie('project', 'create', project);
  say('3. Encrypt and upload', `aerie ingest ${basename(join(folder, 'card'))} --project "${project}"`);
  const startedAt = Date.now();
  await aerie('ingest', join(folder, 'card'), '--project', projectId);
  console.log(`   ${files.length} files in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);

  const media = await aerie('list', '--project', projectId);
  const rows = await Promise.all(files.map((file) => roundTrip(aerie, file, media, folder)));
  await aerie('verify', '--project', projectId);
  say('4. Download, decrypt, compare', 'every file fetched again, every signature, hash and receipt verified');
  await showServerDisk(server.dataDir, files);
  showTable(rows);
  if (rows.some((row) => row.at(-1) !== same)) throw new Error('A file did not come back as it was.');
}

async function roundTrip(aerie, file, media, folder) {
  const found = media.find(({ name }) => name === file.name);
  if (!found) return [file.name, size(file.bytes), 'not there', 'lost'];
  const back = join(folder, 'back', file.name);
  await mkdir(join(folder, 'back'), { recursive: true });
  await aerie('get', found.mediaId, '--out', back);
  const isSame = (await sha256(back)) === file.sha256;
  const pictures = found.previews.length > 0 ? `encrypted, with ${found.previews.join(' and ')}` : 'encrypted';
  return [file.name, size(file.bytes), pictures, isSame ? same : 'DIFFERENT'];
}

/** Looks at the disk as an operator could: with every right, but without a key. */
async function showServerDisk(dataDir, files) {
  const held = await filesBelow(dataDir);
  const largest = held.reduce((a, b) => (a.bytes > b.bytes ? a : b));
  const video = files.find(({ name }) => name.endsWith('.MP4'));
  say('5. What the server holds', 'its own disk, searched as an operator could');
  console.log(`   the video begins on the card with    ${await firstOctets(video.path)}`);
  console.log(`   and on the server's disk with        ${await firstOctets(largest.path)}`);
  const traces = [...files.map(({ name }) => name), project, 'DJI_DEMO', '53.5461'];
  const seen = new Set();
  for (const { path } of held) {
    const contents = await readFile(path).catch(() => Buffer.alloc(0));
    for (const trace of traces) if (contents.includes(trace)) seen.add(trace);
  }
  const found = seen.size > 0 ? [...seen].join(', ') : 'nothing';
  console.log(`   searched ${held.length} files for file names, project name, camera and position: found ${found}\n`);
  if (seen.size > 0) throw new Error('The server holds something it must not know.');
}

function showTable(rows) {
  const lines = [['File', 'Size', 'On the server', 'Came back'], ...rows];
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  for (const line of lines) console.log(`   ${line.map((cell, at) => cell.padEnd(widths[at])).join('   ')}`.trimEnd());
  console.log('\n   Now for real:  npm start');
}

/** Runs one command of the built CLI with `--json` and gives what it printed. */
function cliFor(folder) {
  const env = { ...process.env, AERIE_HOME: join(folder, 'home'), AERIE_PASSPHRASE: randomBytes(16).toString('hex') };
  return (...args) =>
    new Promise((done, fail) => {
      const child = spawn(process.execPath, [join(root, 'clients/cli/dist/main.js'), ...args, '--json'], { env });
      let out = '';
      let errors = '';
      child.stdout.on('data', (piece) => (out += piece));
      child.stderr.on('data', (piece) => (errors += piece));
      child.on('error', fail);
      child.on('close', (code) => {
        if (code !== 0) fail(new Error(`aerie ${args[0]} ended with ${code}:\n${out}${errors}`));
        else done(printed(out));
      });
    });
}

/** The files one by one, where the command has some; else its result, which the last line holds. */
function printed(out) {
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const files = lines.filter(({ file }) => file).map(({ file }) => file);
  return files.length > 0 ? files : lines.at(-1).result;
}

async function drawFootage(folder) {
  const { default: sharp } = await import('sharp');
  await mkdir(folder, { recursive: true });
  for (let index = 1; index <= 6; index += 1) {
    const photo = sharp(Buffer.from(landscape(index))).withExif(exifOf(index));
    await photo.jpeg({ quality: 92 }).toFile(join(folder, `DEMO_000${index}.JPG`));
  }
  await writeFile(join(folder, 'DEMO_0007.MP4'), videoLike());
  await writeFile(join(folder, 'FlightRecord_demo.txt'), flightLog());
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map((name) => describeFile(join(folder, name), name)));
}

async function describeFile(path, name) {
  return { path, name, bytes: (await stat(path)).size, sha256: await sha256(path) };
}

/** A sky with a sun that sinks from photo to photo, three ranges of hills and some fields. */
function landscape(index) {
  const [width, height] = [2400, 1600];
  const hill = (base, rise, color) => {
    const crest = (x) => base - rise * Math.sin(x / 300 + index + rise / 40) - (rise / 3) * Math.sin(x / 90 + index);
    const points = Array.from({ length: 49 }, (_, at) => `${at * 50},${crest(at * 50).toFixed(0)}`);
    return `<polygon fill="${color}" points="0,${height} ${points.join(' ')} ${width},${height}"/>`;
  };
  const field = (at) =>
    `<rect x="${at * 400}" y="1320" width="380" height="260" fill="hsl(${60 + at * 15},45%,${28 + at * 3}%)"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="hsl(${210 + index * 6},70%,35%)"/>
    <stop offset="1" stop-color="hsl(${45 - index * 5},90%,75%)"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="${300 + index * 280}" cy="${300 + index * 90}" r="110" fill="hsl(50,100%,85%)"/>
    ${hill(900, 160, '#54708a')}${hill(1080, 110, '#3c5a4c')}${hill(1250, 70, '#2c4a30')}
    ${[0, 1, 2, 3, 4, 5].map(field).join('')}</svg>`;
}

function exifOf(index) {
  return {
    IFD0: { Make: 'DJI', Model: 'DJI_DEMO' },
    IFD2: { DateTimeOriginal: `2026:05:14 18:0${index}:00`, OffsetTimeOriginal: '+02:00' },
    IFD3: {
      GPSLatitudeRef: 'N',
      GPSLatitude: `53/1 32/1 ${4600 + index}/100`,
      GPSLongitudeRef: 'E',
      GPSLongitude: `9/1 59/1 ${3700 + index}/100`,
      GPSAltitudeRef: '0',
      GPSAltitude: `${1200 + index * 10}/10`,
    },
  };
}

/** The first box of an MP4 file, then noise: what a video's octets look like to everything but a player. */
function videoLike() {
  const head = Buffer.from('00000020667479706d703432000000006d70343269736f6d6176633100000000', 'hex');
  return Buffer.concat([head, randomBytes(videoBytes - head.length)]);
}

function flightLog() {
  const rows = Array.from(
    { length: 600 },
    (_, second) => `${second},53.5461${second},9.9936${second},${120 + second / 10}`,
  );
  return `# DJI_DEMO\nsecond,latitude,longitude,altitude\n${rows.join('\n')}\n`;
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  // The database may remove a file of its own while we look.
  const sizes = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.flatMap((path, at) => (sizes[at] ? [{ path, bytes: sizes[at].size }] : []));
}

async function firstOctets(path) {
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
  await file.close();
  return buffer.toString('hex').replace(/(..)/g, '$1 ').trimEnd();
}

async function sha256(path) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}

function size(bytes) {
  const [amount, unit] =
    bytes < 1024 * 1024 ? [(bytes / 1024).toFixed(0), 'KiB'] : [(bytes / 1024 / 1024).toFixed(1), 'MiB'];
  return `${amount} ${unit}`;
}

function say(title, line) {
  console.log(`${title}\n   ${line}\n`);
}
