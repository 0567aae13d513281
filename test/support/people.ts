import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { type } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { foundOrganization } from '@aerie/sdk';
import { writeKeyringFile } from '@aerie/sdk/node';
import { Cli } from './cli.js';
import { deadline } from './deadline.js';
import type { RunningServer } from './server.js';

export interface Owner extends Cli {
  readonly kitFile: string;
}

/**
 * Ada, who founds the organization of a new server and keeps her recovery kit beside her home: what `aerie init` leaves
 * (`initBy`), without its process, for the many tests that begin so and are about something else.
 */
export async function foundBy({ url, setupToken }: Site): Promise<Owner> {
  const { cli, kitFile } = ada();
  const names = { organization: 'Harbour Survey Ltd', memberName: 'Ada', deviceLabel: `command line (${type()})` };
  const { keyring, kit } = await foundOrganization({ server: url, setupToken, ...names });
  writeFileSync(kitFile, kit, { mode: 0o600 });
  mkdirSync(cli.home, { mode: 0o700 });
  await writeKeyringFile(join(cli.home, 'keyring.pgp'), keyring, cli.passphrase);
  return Object.assign(cli, { kitFile });
}

/** The same by the command itself, for stories that begin where a person does. */
export async function initBy({ url, setupToken }: Site): Promise<Owner> {
  const { cli, kitFile } = ada();
  const names = ['--org', 'Harbour Survey Ltd', '--name', 'Ada'];
  await cli.must('init', '--server', url, '--setup-token', setupToken, ...names, '--kit-file', kitFile);
  return Object.assign(cli, { kitFile });
}

type Site = Pick<RunningServer, 'url' | 'setupToken'>;

function ada(): { cli: Cli; kitFile: string } {
  const cli = new Cli();
  return { cli, kitFile: join(cli.home, '..', 'kit.txt') };
}

/** Asks again until `isDone` says so, at most for that long on an idle machine, and longer on a slow one. */
export async function until<T>(
  ask: () => T | Promise<T>,
  isDone: (answer: T) => boolean = Boolean,
  ms = 60_000,
  pauseMsMax = 250,
): Promise<T> {
  const msMax = deadline(ms);
  for (let end = Date.now() + msMax, pauseMs = 10; ; await sleep(pauseMs)) {
    pauseMs = Math.min(pauseMsMax, pauseMs * 1.5);
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
