import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { leaveOut } from '../support/left-out.js';
import { until } from '../support/people.js';
import { freePort } from '../support/server.js';

const repository = resolve(fileURLToPath(import.meta.url), '../../..');
const hasProc = existsSync('/proc/self/stat');
if (!hasProc) leaveOut('children whose parent was killed', 'run on Linux, which has /proc');

/** The processes that descend from one, as Linux lists them. */
function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      parents.set(Number(name), Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const below = (of: number): number[] =>
    [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

(hasProc ? describe : describe.skip)('When a parent is killed -9', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-parent-'));
  const started: ChildProcess[] = [];
  const left: number[] = [];

  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    for (const pid of left.filter(isAlive)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('the server and the renderer that npm start began end as well, and the database with them', async () => {
    const port = await freePort();
    const env = {
      ...process.env,
      PORT: String(port),
      AERIE_DATA_DIR: folder,
      DATABASE_URL: '',
      REDIS_URL: '',
      S3_ENDPOINT: '',
    };
    const launcher = spawn(process.execPath, ['infra/start.mjs'], { cwd: repository, env, stdio: 'ignore' });
    started.push(launcher);
    await until(
      async () => existsSync(join(folder, 'renderer.log')) && readFileSync(join(folder, 'renderer.log'), 'utf8') !== '',
      (isThere) => isThere,
      120_000,
    );
    left.push(...descendants(launcher.pid!));
    expect(left.length).toBeGreaterThanOrEqual(3);
    launcher.kill('SIGKILL');
    await until(
      async () => left.filter(isAlive),
      (alive) => alive.length === 0,
      60_000,
    );
  }, 240_000);

  it('the process that decodes a picture ends as well, though somebody else holds its input open', async () => {
    // The child's standard input is held by a process that lives on, so that only the channel says that the parent is gone.
    const parent = `
      const { spawn } = require('node:child_process');
      const holder = spawn('sleep', ['600'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
      const stdio = [holder.stdout, 'pipe', 'ignore', 'pipe'];
      const child = spawn(process.execPath, [${JSON.stringify(join(repository, 'clients/renderer/dist/draw.child.js'))}], { stdio });
      process.stdout.write(JSON.stringify([holder.pid, child.pid]) + '\\n');
      setInterval(() => {}, 1000);`;
    const running = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(running);
    const line = await new Promise<string>((done) =>
      running.stdout.once('data', (text: Buffer) => done(text.toString())),
    );
    const [holder, child] = JSON.parse(line) as [number, number];
    left.push(holder, child);
    expect(isAlive(child)).toBe(true);
    running.kill('SIGKILL');
    await until(
      async () => isAlive(child),
      (alive) => !alive,
      60_000,
    );
    expect(isAlive(holder)).toBe(true);
  }, 90_000);
});
