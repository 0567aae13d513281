/** A server of our own for a demonstration or a measurement: on a free port, with its data below a folder, ended by `stop`. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './prepare.mjs';

const readyMsMax = 60_000;
const stopMsMax = 20_000;
const pollMs = 150;
const logCharsMax = 20_000;

/**
 * How Node runs the server. Octets pass through it in memory that is garbage a moment later: where V8 looks for that at every
 * 2 MiB of new objects instead of 16, the server is 20 MiB smaller, and grows by 40 instead of 60 (docs/performance.md).
 */
export const serverArguments = ['--max-semi-space-size=2', join(root, 'dist/main.js')];
/**
 * What is freed stays with the process, up to 64 MiB. Otherwise glibc gives it back and takes it again, page by page, for as
 * long as a download lasts: a third of the server's processor time. Other C libraries know nothing of these.
 */
export const serverMemory = { MALLOC_TRIM_THRESHOLD_: `${64 * 2 ** 20}`, MALLOC_MMAP_THRESHOLD_: `${4 * 2 ** 20}` };

/**
 * @param folder its data goes into `data` in there
 * @param settings variables of the server, besides port, data directory and set-up token
 * @returns once it is ready. Throws with its log where it does not start
 */
export async function startServerProcess(folder, settings = {}) {
  const setupToken = randomBytes(16).toString('hex');
  const dataDir = join(folder, 'data');
  let logs = '';
  const own = { HOST: '127.0.0.1', PORT: '0', AERIE_DATA_DIR: dataDir, AERIE_SETUP_TOKEN: setupToken };
  // A process group of its own: Ctrl-C in a terminal reaches us, and we end it.
  const child = spawn(process.execPath, serverArguments, {
    cwd: folder,
    detached: true,
    env: { ...serverMemory, ...environmentOfOthers(), ...own, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => (logs = (logs + piece).slice(-logCharsMax)));
  const ended = new Promise((done) => child.on('close', done));
  const stop = async () => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await ended;
    clearTimeout(killer);
  };
  for (const until = Date.now() + readyMsMax; Date.now() < until && child.exitCode === null; await sleep(pollMs)) {
    const url = /^Aerie listens on (http:\S+)$/m.exec(logs)?.[1];
    if (url && (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok)
      return { url, dataDir, setupToken, pid: child.pid, stop };
  }
  await stop();
  throw new Error(`The server did not start:\n${logs}`);
}

/** The environment without what would lead this server to the reader's real databases, stores and settings. */
const environmentOfOthers = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(DATABASE|REDIS|S3|AERIE)_/.test(name)));
