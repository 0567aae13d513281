/** The stage of `npm run bench`: one MinIO, one Aerie on it with PostgreSQL and Redis, and the two clients to compare. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { startServerProcess } from '../server-process.mjs';
import { rememberPeak } from './measure.mjs';

/** The read-back after a commit is a background job: it would run into the next measurement. */
const checkDelaySeconds = 86_400;

/** Starts fresh parts below `folder`. `close` ends everything that was started. */
export async function openStage(folder) {
  const parts = startParts(folder);
  const server = await startServer(folder, parts).catch((error) => {
    parts.stop();
    throw error;
  });
  return {
    ...server,
    aerie: aerieFor(folder, server),
    rclone: rcloneFor(folder, parts),
    restic: resticFor(folder, parts),
    async close() {
      await server.stop();
      parts.stop();
    },
  };
}

/** The parts of infra/dev/parts.sh with a state folder of their own, so that MinIO begins empty. */
function startParts(folder) {
  const state = join(folder, 'parts');
  const script = join(root, 'infra/dev/parts.sh');
  const binaries = process.env.AERIE_PARTS_DIR ?? join(root, '.cache/parts');
  mkdirSync(state);
  symlinkSync(join(binaries, 'bin'), join(state, 'bin'));
  const env = { ...process.env, AERIE_PARTS_DIR: state };
  const run = (action) => execFileSync(script, [action], { env, stdio: ['ignore', 'pipe', 'inherit'] }).toString();
  run('start');
  const settings = Object.fromEntries(
    [...run('env').matchAll(/^export (AERIE_\w+)='(.*)'$/gm)].map(([, k, v]) => [k, v]),
  );
  const pids = Object.fromEntries(
    readFileSync(join(state, 'run/pids'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ').slice(0, 2)),
  );
  return { settings, minioPid: Number(pids.minio), stop: () => void run('stop') };
}

async function startServer(folder, { settings, minioPid }) {
  const { pid, ...server } = await startServerProcess(folder, {
    AERIE_CHECK_DELAY_SECONDS: String(checkDelaySeconds),
    DATABASE_URL: settings.AERIE_TEST_DATABASE_URL,
    REDIS_URL: settings.AERIE_TEST_REDIS_URL,
    S3_ENDPOINT: settings.AERIE_TEST_MINIO_URL,
    S3_ACCESS_KEY: settings.AERIE_TEST_MINIO_ACCESS_KEY,
    S3_SECRET_KEY: settings.AERIE_TEST_MINIO_SECRET_KEY,
  });
  return { ...server, serverPid: pid, minioPid, databaseUrl: settings.AERIE_TEST_DATABASE_URL };
}

/** Runs one command of the built CLI in a process of its own; answers its output and what the process cost. */
function aerieFor(folder, { url, setupToken }) {
  const passphrase = randomBytes(16).toString('hex');
  const env = { ...process.env, AERIE_HOME: join(folder, 'home'), AERIE_PASSPHRASE: passphrase };
  const run = (...args) =>
    runClient(process.execPath, [join(root, 'clients/cli/bin/aerie.cjs'), ...args, '--json'], env);
  return {
    run,
    env,
    async init() {
      const kit = join(folder, 'kit.txt');
      await run(
        'init',
        '--server',
        url,
        '--setup-token',
        setupToken,
        '--org',
        'Bench',
        '--name',
        'Ada',
        '--kit-file',
        kit,
      );
    },
    createProject: async (name) => JSON.parse((await run('project', 'create', name)).output).result.projectId,
  };
}

/** rclone with its defaults: an S3 remote and, over it, a `crypt` remote that also encrypts names. */
function rcloneFor(folder, { settings }) {
  const path = settings.AERIE_RCLONE || 'rclone';
  const rest = withoutCertificates();
  const password = execFileSync(path, ['obscure', randomBytes(16).toString('hex')], { env: rest })
    .toString()
    .trim();
  const env = {
    ...rest,
    RCLONE_CONFIG: join(folder, 'rclone.conf'),
    RCLONE_CONFIG_STORE_TYPE: 's3',
    RCLONE_CONFIG_STORE_PROVIDER: 'Minio',
    RCLONE_CONFIG_STORE_ENDPOINT: settings.AERIE_TEST_MINIO_URL,
    RCLONE_CONFIG_STORE_ACCESS_KEY_ID: settings.AERIE_TEST_MINIO_ACCESS_KEY,
    RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: settings.AERIE_TEST_MINIO_SECRET_KEY,
    RCLONE_CONFIG_SEALED_TYPE: 'crypt',
    RCLONE_CONFIG_SEALED_REMOTE: 'store:rclone',
    RCLONE_CONFIG_SEALED_PASSWORD: password,
  };
  return {
    version: versionOf(path, env),
    run: (...args) => runClient(path, ['--quiet', ...args], env),
  };
}

/** restic with its defaults, where it is on the PATH; each repository is new, as it would find what it has already. */
function resticFor(folder, { settings }) {
  const env = {
    ...withoutCertificates(),
    AWS_ACCESS_KEY_ID: settings.AERIE_TEST_MINIO_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: settings.AERIE_TEST_MINIO_SECRET_KEY,
    RESTIC_PASSWORD: randomBytes(16).toString('hex'),
    RESTIC_CACHE_DIR: join(folder, 'restic'),
  };
  const version = versionOf('restic', env);
  let repositories = 0;
  return (
    version && {
      version,
      async newRepository() {
        const repository = `s3:${settings.AERIE_TEST_MINIO_URL}/restic-${repositories++}`;
        const run = (...args) => runClient('restic', ['--quiet', '--repo', repository, ...args], env);
        await run('init');
        return { run };
      },
    }
  );
}

/** The environment without certificate bundles, which neither program needs on loopback, and rclone refuses to start with. */
function withoutCertificates() {
  const { AWS_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR, ...rest } = process.env;
  return rest;
}

/** What a program says of itself; undefined where there is none. */
function versionOf(path, env) {
  try {
    return execFileSync(path, ['version'], { env }).toString().split('\n')[0];
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @returns standard output, seconds of wall time of the whole process, and its peak resident memory in octets */
export function runClient(path, args, env) {
  return new Promise((done, fail) => {
    const startedAt = performance.now();
    const child = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const peak = rememberPeak(child.pid);
    let output = '';
    let errors = '';
    child.stdout.on('data', (piece) => (output += piece));
    child.stderr.on('data', (piece) => (errors += piece));
    child.on('error', fail);
    child.on('close', (code) => {
      const seconds = (performance.now() - startedAt) / 1000;
      const cost = { output, seconds, ...peak.stop() };
      if (code === 0) done(cost);
      else
        fail(
          new Error(`${args.slice(0, 3).join(' ')} ended with ${code}:\n${output.slice(-4000)}${errors.slice(-4000)}`),
        );
    });
  });
}
