/**
 * Makes a clone ready to run: installs the packages and builds, each only when it is due. Nothing but Node is needed,
 * so this file imports nothing that an install would bring. Exported for start.mjs and test.mjs; also a command.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const nodeMin = [20, 19];
const lockFile = join(root, '.cache/prepare.lock');
const lockHeartbeatMs = 2_000;
/** Ten missed heartbeats: the holder is gone or its machine is asleep. */
const lockStaleMs = 20_000;
/** npm says what is wrong first and prints its whole manual after it. */
const npmMessageCharsMax = 2_000;
const installStamp = join(root, 'node_modules/.aerie-installed');
const buildStamp = join(root, 'dist/.stamp');
const sourceFolders = [
  ...['src', 'protocol/src', 'clients/sdk/src', 'clients/cli/src', 'clients/renderer/src'],
  ...['clients/web/src', 'clients/web/build', 'clients/web/public'],
];
const buildSettings = [
  ...['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.base.json'],
  'clients/cli/bundle.mjs',
  ...['index.html', 'package.json', 'svelte.config.js', 'vite.config.ts'].map((name) => `clients/web/${name}`),
];
const outputs = [
  ...['dist/main.js', 'protocol/dist', 'clients/sdk/dist', 'clients/cli/dist/aerie.cjs', 'clients/renderer/dist'],
  ...['clients/web/dist/aerie-web.json', 'clients/cli/dist/aerie-web.json'],
];

/** A fault that the reader can mend: shown without a stack. */
export class PrepareError extends Error {}

/** Installs and builds what is due. Throws PrepareError with a sentence for the person at the terminal. */
export async function prepare() {
  checkNode();
  if (isInstalled() && isBuilt(hashSources())) return;
  await underLock(async () => {
    if (!isInstalled()) await install();
    // Hashed before the build: a file saved while it runs makes the next start build again.
    const sources = hashSources();
    if (!isBuilt(sources)) await build(sources);
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return;
  throw new PrepareError(`Aerie needs Node ${nodeMin.join('.')} or newer; this is ${process.versions.node}.`);
}

const hashFile = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

function isInstalled() {
  const lock = join(root, 'package-lock.json');
  // npm writes this file last, so it is absent after an interrupted install.
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  if (statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true;
  return existsSync(installStamp) && readFileSync(installStamp, 'utf8') === hashFile(lock);
}

async function install() {
  console.log('Installing packages (npm ci) …');
  const { code, output } = await run('npm', ['ci', '--include=dev', '--no-progress', '--loglevel=error']);
  if (code !== 0)
    throw new PrepareError(`${output.trim().slice(0, npmMessageCharsMax)}\n\nnpm ci failed. ${adviceFor(output)}`);
  writeFileSync(installStamp, hashFile(join(root, 'package-lock.json')));
}

function adviceFor(output) {
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH/.test(output))
    return 'The npm registry cannot be reached: the first start needs a network (or `npm config set registry …`).';
  if (/EACCES|EPERM|EROFS/.test(output)) return `This user must be able to write to ${root}.`;
  if (/ENOSPC/.test(output)) return 'The disk is full.';
  return 'What npm said is above.';
}

/** One hash over the names and contents of everything the build reads. About 20 ms for a thousand files. */
function hashSources() {
  const hash = createHash('sha256');
  const add = (path) => hash.update(`${path}\0${hashFile(join(root, path))}\n`);
  for (const path of buildSettings) add(path);
  for (const folder of sourceFolders) {
    const settings = join(dirname(folder), 'tsconfig.json');
    if (existsSync(join(root, settings))) add(settings);
    for (const path of filesUnder(folder)) add(path);
  }
  return hash.digest('hex');
}

function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

function isBuilt(sources) {
  if (!outputs.every((path) => existsSync(join(root, path)))) return false;
  return existsSync(buildStamp) && readFileSync(buildStamp, 'utf8') === sources;
}

async function build(sources) {
  console.log('Building …');
  rmSync(buildStamp, { force: true });
  const { code, output } = await run('npm', ['run', '--silent', 'build']);
  if (code !== 0) throw new PrepareError(`${output.trim()}\n\nThe build failed; its messages are above.`);
  mkdirSync(dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, sources);
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) =>
      reject(error.code === 'ENOENT' ? new PrepareError(`\`${command}\` is not on the PATH.`) : error),
    );
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

/** Two prepares at once (a start and a test run, say) take turns; the second finds the work done. */
async function underLock(work) {
  mkdirSync(dirname(lockFile), { recursive: true });
  const token = JSON.stringify({ pid: process.pid, host: hostname(), since: Date.now() });
  let told = false;
  while (!(await tryLock(token))) {
    if (!told) console.log('Waiting for another Aerie command in this folder to finish installing or building …');
    told = true;
    await sleep(200);
  }
  const heartbeat = setInterval(() => {
    if (readLock() === token) utimesSync(lockFile, new Date(), new Date());
  }, lockHeartbeatMs);
  try {
    await work();
  } finally {
    clearInterval(heartbeat);
    if (readLock() === token) rmSync(lockFile, { force: true });
  }
}

async function tryLock(token) {
  const found = readLock();
  const stale = found !== undefined && isStale(found);
  if (found !== undefined && !stale) return false;
  if (stale) rmSync(lockFile, { force: true });
  try {
    writeFileSync(lockFile, token, { flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  // Two waiters may judge the same lock stale, and the slower one then removes the faster one's. Look again.
  if (stale) await sleep(300);
  return readLock() === token;
}

function readLock() {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isStale(token) {
  const ageMs = Date.now() - (statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (ageMs > lockStaleMs) return true;
  try {
    const { pid, host } = JSON.parse(token);
    if (host === hostname()) process.kill(pid, 0);
    return false;
  } catch (error) {
    // A token that is still being written does not parse; its age decides.
    return error.code === 'ESRCH';
  }
}

/** Runs a command file's main function; a fault the reader can mend is printed alone and ends the process with 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    const mendable = error instanceof PrepareError || ['EACCES', 'EROFS', 'ENOSPC'].includes(error.code);
    console.error(mendable ? error.message : error);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(prepare);
