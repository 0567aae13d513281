import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deadline } from './deadline.js';

const repository = resolve(fileURLToPath(import.meta.url), '../../..');
/** After a kill on a busy machine, PostgreSQL reads its journal first. */
const readyMs = 60_000;
const stopMs = 20_000;

export interface ServerOptions {
  /** Empty: the embedded profile. `fullProfile()` from profiles.ts: PostgreSQL, Redis and MinIO. */
  readonly env?: NodeJS.ProcessEnv;
  /** Start the renderer beside it, as `npm start` does. */
  readonly renderer?: boolean;
}

export interface ProcessOptions extends ServerOptions {
  /** An existing data directory is kept when the server stops; without one, a new one is made and removed. */
  readonly dataDir?: string;
  readonly port?: number;
}

/** A server on a free port with a data directory and a database of its own, and if wanted its renderer. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly setupToken: string;
  readonly rendererToken: string;
  /** Everything it wrote so far. */
  logs(): string;
  rendererLogs(): string;
  /** Ends it the polite way and removes what it made. */
  stop(): Promise<void>;
}

/** A server that is a process, as `npm start` makes one: for tests that kill, stop or measure it, or start it again. */
export interface ServerProcess extends RunningServer {
  readonly process: ChildProcess;
  /** Ends it with SIGKILL; the data directory stays. */
  kill(): Promise<void>;
}

interface Host {
  call(call: 'open', args: { env: NodeJS.ProcessEnv }): Promise<Hosted>;
  call(call: 'close', args: { name: string }): Promise<void>;
}

interface Hosted {
  readonly name: string;
  readonly port: number;
  readonly databaseUrl: string;
  /** Of all servers of the host, and where that of this one begins. */
  readonly logFile: string;
  readonly logStart: number;
}

/**
 * A server in the process that hosts them for this worker of Jest (host.mjs), with the embedded profile but for its
 * database, which is a new one on the host's PostgreSQL. There at once; for every test that needs no process of its own.
 */
export async function startServer({ env, renderer: wanted }: ServerOptions = {}): Promise<RunningServer> {
  const { aerieHost: host } = globalThis as unknown as { aerieHost: Host };
  const dataDir = mkdtempSync(join(tmpdir(), 'aerie-server-'));
  const tokens = newTokens();
  const { name, port, databaseUrl, logFile, logStart } = await host.call('open', {
    env: { AERIE_DATA_DIR: dataDir, ...tokens, ...env },
  });
  const url = `http://127.0.0.1:${port}`;
  const renderer = wanted ? runRenderer(url, dataDir, tokens) : undefined;
  return {
    ...{ url, port, dataDir, databaseUrl },
    setupToken: tokens.AERIE_SETUP_TOKEN,
    rendererToken: tokens.AERIE_RENDERER_TOKEN,
    logs: () => readFileSync(logFile).subarray(logStart).toString(),
    rendererLogs: () => renderer?.logs() ?? '',
    async stop() {
      if (renderer) await end(renderer, 'SIGTERM');
      await host.call('close', { name });
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const newTokens = () => ({
  AERIE_SETUP_TOKEN: `setup-${randomBytes(12).toString('hex')}`,
  AERIE_RENDERER_TOKEN: `renderer-${randomBytes(12).toString('hex')}`,
});

const runRenderer = (url: string, dataDir: string, tokens: ReturnType<typeof newTokens>): Process =>
  run('clients/renderer/dist/main.js', {
    ...{ AERIE_SERVER: url, AERIE_HOME: join(dataDir, 'renderer'), AERIE_PASSPHRASE: 'renderer' },
    ...tokens,
  });

/** A server process, on the embedded profile unless told otherwise. */
export async function startProcess(options: ProcessOptions = {}): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'aerie-server-'));
  const tokens = newTokens();
  const own = { PORT: String(options.port ?? 0), AERIE_DATA_DIR: dataDir, ...tokens };
  const server = run('dist/main.js', { ...own, ...options.env });
  const url = await ready(server).catch(async (error: unknown) => {
    await end(server, 'SIGKILL');
    throw error;
  });
  const renderer = options.renderer ? runRenderer(url, dataDir, tokens) : undefined;
  return {
    url,
    port: Number(new URL(url).port),
    dataDir,
    databaseUrl: options.env?.DATABASE_URL ?? embeddedUrl(dataDir),
    setupToken: tokens.AERIE_SETUP_TOKEN,
    rendererToken: tokens.AERIE_RENDERER_TOKEN,
    process: server.child,
    logs: server.logs,
    rendererLogs: () => renderer?.logs() ?? '',
    async stop() {
      if (renderer) await end(renderer, 'SIGTERM');
      await end(server, 'SIGTERM');
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
    async kill() {
      if (renderer) await end(renderer, 'SIGKILL');
      await end(server, 'SIGKILL');
    },
  };
}

export interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  logs(): string;
}

/**
 * Runs a built program of this repository and keeps what it writes. `ended` gives its exit code, -1 after a signal. The
 * channel is what ends a server whose test has gone without stopping it.
 */
export function run(entry: string, env: NodeJS.ProcessEnv): Process {
  let text = '';
  const child = spawn(process.execPath, [join(repository, entry)], {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.channel?.unref();
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (piece) => (text += piece));
  const ended = new Promise<number>((done) => child.on('close', (code) => done(code ?? -1)));
  return { child, ended, logs: () => text };
}

/** Answers the server's address as it says it: whoever else listens on a port that was meant for it is not taken for it. */
async function ready(server: Process): Promise<string> {
  const readyMsMax = deadline(readyMs);
  const until = Date.now() + readyMsMax;
  while (Date.now() < until) {
    if (server.child.exitCode !== null) throw new Error(`the server ended at once:\n${server.logs()}`);
    const url = /^Aerie listens on (http:\S+)$/m.exec(server.logs())?.[1];
    const answer = url && (await fetch(`${url}/health/ready`).catch(() => undefined));
    if (answer && answer.ok) return url;
    await sleep(20);
  }
  throw new Error(`the server was not ready after ${readyMsMax} ms:\n${server.logs()}`);
}

async function end({ child, ended, logs }: Process, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  const stopMsMax = deadline(stopMs);
  const late = sleep(stopMsMax, 'late' as const, { ref: false });
  if ((await Promise.race([ended, late])) !== 'late') return;
  child.kill('SIGKILL');
  throw new Error(`the process did not stop on ${signal} within ${stopMsMax} ms:\n${logs().slice(-4000)}`);
}

/**
 * A port that nobody listens on, for what has to know its own before it starts, or to come back to it. Below those that
 * systems give to whoever names none (RFC 6335: from 49152; Linux: from 32768), so that none of them is there meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    await new Promise((done) => probe.close(done));
    if (isFree) return port;
  }
}

function embeddedUrl(dataDir: string): string {
  const folder = join(dataDir, 'postgres');
  const password = readFileSync(join(folder, 'password'), 'utf8').trim();
  const port = readFileSync(join(folder, 'cluster/postmaster.pid'), 'utf8').split('\n')[3]!.trim();
  return `postgres://aerie:${password}@127.0.0.1:${port}/aerie`;
}
