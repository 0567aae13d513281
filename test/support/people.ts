import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cli } from './cli.js';
import { deadline } from './deadline.js';
import type { RunningServer } from './server.js';

export interface Owner extends Cli {
  readonly kitFile: string;
}

/** Ada, who founds the organization of a new server and keeps her recovery kit beside her home. */
export async function foundBy(server: RunningServer): Promise<Owner> {
  const cli = new Cli();
  const kitFile = join(cli.home, '..', 'kit.txt');
  const names = ['--org', 'Harbour Survey Ltd', '--name', 'Ada'];
  await cli.must('init', '--server', server.url, '--setup-token', server.setupToken, ...names, '--kit-file', kitFile);
  return Object.assign(cli, { kitFile });
}

/** Asks again until `isDone` says so, at most for that long on an idle machine, and longer on a slow one. */
export async function until<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean, ms = 60_000): Promise<T> {
  const msMax = deadline(ms);
  for (let end = Date.now() + msMax, pauseMs = 10; ; await sleep(pauseMs), pauseMs = Math.min(250, pauseMs * 1.5)) {
    const answer = await ask();
    if (isDone(answer)) return answer;
    if (Date.now() > end) throw new Error(`still not so after ${msMax} ms: ${JSON.stringify(answer)?.slice(0, 2000)}`);
  }
}

/** SHA-256 of a file, in base64 as the manifest's meta has it. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
