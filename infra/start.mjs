/**
 * `npm start`: prepares, then runs the server in the foreground and, beside it, the renderer that makes previews for
 * `assisted` projects. One Ctrl-C stops both and waits for them. `.env` is read if there is one; the environment wins.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrepareError, main, prepare, root } from './prepare.mjs';
import { serverArguments, serverMemory } from './server-process.mjs';

const readyPollMs = 500;
const restartMsMin = 1_000;
const restartMsMax = 60_000;
const rendererStopMs = 10_000;
const rendererLogBytesMax = 10 * 1024 * 1024;
/** npm passes Ctrl-C on as well, so one press may arrive twice; a second press comes later than this. */
const repeatedSignalMs = 1_000;

/**
 * Server and renderer have process groups of their own, so a signal to this one's does not reach them. Each has a channel to
 * it instead, over which nothing is said: when it closes, however this process ended, they stop by themselves.
 */
const channel = 'ipc';
const inherited = ['inherit', 'inherit', 'inherit'];

await main(async () => {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const settings = readSettings();
  await prepare();
  // If something answers there already, our server is about to refuse; a second renderer must not start before it does.
  const runsRenderer = settings.renderer && !(await answers(settings));
  const token = runsRenderer ? rendererToken(settings.dataDir) : {};
  let stopRenderer = async () => {};
  const server = startServer(settings, token, () => stopRenderer());
  if (runsRenderer) stopRenderer = keepRenderer(settings, token, server);
  const exitCode = await server.ended;
  await stopRenderer();
  process.exit(exitCode);
});

/** The few settings that decide how the processes meet. The server reads and checks all of them itself. */
function readSettings() {
  const port = Number(process.env.PORT || 4120);
  // The server would say so as well, but these processes have to find each other first.
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new PrepareError('PORT: must be a whole number from 0 to 65535');
  const host = process.env.HOST || '127.0.0.1';
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  const isApi = process.env.AERIE_ROLE !== 'worker';
  return {
    port,
    host: reachable,
    url: `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`,
    dataDir: resolve(root, process.env.AERIE_DATA_DIR || 'data'),
    renderer: process.env.AERIE_RENDERER !== 'off' && isApi && port > 0,
  };
}

/** A secret made once and kept in a file of its owner alone. Answers the path. */
function keepSecret(path) {
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return path;
}

/** By this token the server knows a renderer for the operator's own. */
function rendererToken(dataDir) {
  if (process.env.AERIE_RENDERER_TOKEN || process.env.AERIE_RENDERER_TOKEN_FILE) return {};
  return { AERIE_RENDERER_TOKEN_FILE: keepSecret(join(dataDir, 'renderer.token')) };
}

function answers({ host, port }) {
  return new Promise((done) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}

/**
 * The server gets a process group of its own. A terminal sends Ctrl-C to the whole foreground group: PostgreSQL, the
 * server's child, would then shut down while requests are still being finished. Here only the server hears of it.
 */
function startServer({ dataDir }, token, onStop) {
  // The console is for the set-up token and for faults; the log would bury them.
  const log = process.env.AERIE_LOG_FILE ? {} : { AERIE_LOG_FILE: join(dataDir, 'server.log') };
  const env = { ...serverMemory, ...process.env, ...token, ...log };
  const child = spawn(process.execPath, serverArguments, {
    cwd: root,
    stdio: [...inherited, channel],
    detached: true,
    env,
  });
  let stopAskedAt;
  const stop = () => {
    if (stopAskedAt === undefined) {
      stopAskedAt = Date.now();
      child.kill('SIGTERM');
      onStop();
    } else if (Date.now() - stopAskedAt > repeatedSignalMs) child.kill('SIGKILL');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  const ended = new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      // The server finishes its work and then ends by the signal it was sent; asked for, that is a success.
      if (stopAskedAt !== undefined && signal === 'SIGTERM') done(0);
      else done(code ?? 128 + constants.signals[signal]);
    });
  });
  return { child, ended, stopping: () => stopAskedAt !== undefined };
}

/** Keeps a renderer running once the server answers; restarts it with a growing pause. Returns how to stop it. */
function keepRenderer(settings, token, server) {
  let child;
  let stopped = false;
  const wake = new AbortController();
  const pause = (ms) => sleep(ms, undefined, { signal: wake.signal }).catch(() => {});
  const over = () => stopped || server.stopping() || server.child.exitCode !== null;

  const loop = async () => {
    while (!over() && !(await isLive(settings))) await pause(readyPollMs);
    let restartMs = restartMsMin;
    while (!over()) {
      const startedAt = Date.now();
      child = spawnRenderer(settings, token);
      await new Promise((done) => child.on('close', done).on('error', done));
      if (Date.now() - startedAt > restartMsMax) restartMs = restartMsMin;
      await pause(restartMs);
      restartMs = Math.min(2 * restartMs, restartMsMax);
    }
  };
  const looping = loop().catch((error) => console.error(`The renderer is not running: ${error.message}`));

  return async () => {
    if (!stopped) {
      stopped = true;
      wake.abort();
      child?.kill('SIGTERM');
      // Its whole group: it may have a child that decodes a picture.
      setTimeout(() => child?.exitCode === null && process.kill(-child.pid, 'SIGKILL'), rendererStopMs).unref();
    }
    await looping;
  };
}

async function isLive({ url }) {
  try {
    return (await fetch(`${url}/health/live`)).ok;
  } catch {
    return false;
  }
}

function spawnRenderer({ url, dataDir }, token) {
  const home = join(dataDir, 'renderer');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const log = openRendererLog(join(dataDir, 'renderer.log'));
  const child = spawn(process.execPath, ['clients/renderer/dist/main.js'], {
    cwd: root,
    stdio: ['ignore', log, log, channel],
    detached: true,
    env: {
      ...process.env,
      ...token,
      AERIE_SERVER: url,
      AERIE_HOME: home,
      // Its own, whatever passphrase the operator's shell holds for the CLI: the next start may come from another shell.
      AERIE_PASSPHRASE: undefined,
      AERIE_PASSPHRASE_FILE: keepSecret(join(dataDir, 'renderer.passphrase')),
    },
  });
  closeSync(log);
  return child;
}

/** Two files of at most 10 MiB (plus what one run writes): a renderer that keeps failing must not fill the disk. */
function openRendererLog(path) {
  if (existsSync(path) && statSync(path).size > rendererLogBytesMax) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}
