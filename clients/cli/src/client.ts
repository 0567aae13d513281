import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir, type } from 'node:os';
import { join, resolve } from 'node:path';
import { Aerie, type Keyring, type Project } from '@aerie/sdk';
import { nodeFetch, readKeyringFile, writeKeyringFile } from '@aerie/sdk/node';
import type { Output } from './command.js';
import { CliError } from './failure.js';
import { readPassphrase } from './passphrase.js';

/**
 * The one place where the CLI loads the SDK. Commands import this file when they run, not when they are declared, so
 * that `aerie --version` and a mistyped option do not wait for OpenPGP.
 */

export const homeFolder = (): string => resolve(process.env.AERIE_HOME || join(homedir(), '.aerie'));
export const keyringPath = (): string => join(homeFolder(), 'keyring.pgp');
export const journalFolder = (): string => join(homeFolder(), 'journal');

/** What others see of this device. Not the host's name: the operator need not learn it. */
export const deviceLabel = (): string => `command line (${type()})`;

/**
 * Makes the folder for a new device's keys, before anything is done that would need them kept.
 * @throws CliError `home.exists` where this home belongs to a device already; errors of the file system.
 */
export function prepareHome(): void {
  if (existsSync(keyringPath())) {
    throw new CliError('home.exists', `${homeFolder()} holds the keys of a device already`, {
      hint: 'They were left alone. Set AERIE_HOME to another folder for another device.',
    });
  }
  mkdirSync(homeFolder(), { recursive: true, mode: 0o700 });
  accessSync(homeFolder(), constants.W_OK);
}

/** Keeps the keys of a new device, locked with the passphrase. */
export const saveKeyring = (keyring: Keyring, passphrase: string): Promise<void> =>
  writeKeyringFile(keyringPath(), keyring, passphrase);

/**
 * `fetch` that tells a person once that the server does not answer. The SDK tries again for about a minute, and
 * silence for so long looks like a fault.
 */
export function patientFetch(output: Output): typeof fetch {
  let said = false;
  return async (input, init) => {
    try {
      return await nodeFetch(input, init);
    } catch (error) {
      if (!said && !init?.signal?.aborted) output.note('The server does not answer; trying again for about a minute …');
      said = true;
      throw error;
    }
  };
}

/**
 * Opens this home's keys, hands them to `work`, and ends the session afterwards.
 * @throws CliError `keyring.missing`, and whatever `work` throws.
 */
export async function withAerie(output: Output, work: (aerie: Aerie) => Promise<void>): Promise<void> {
  if (!existsSync(keyringPath())) {
    throw new CliError('keyring.missing', `There are no keys in ${homeFolder()}`, {
      hint: 'Run `aerie init`, `aerie device request`, `aerie join` or `aerie recover` first, or set AERIE_HOME to the folder that holds them.',
    });
  }
  const passphrase = await readPassphrase('existing');
  const keyring = await readKeyringFile(keyringPath(), passphrase);
  const onKeyringChanged = (changed: Keyring): Promise<void> => saveKeyring(changed, passphrase);
  const aerie = await Aerie.open(keyring, { onKeyringChanged, fetch: patientFetch(output) });
  try {
    await work(aerie);
  } finally {
    // Only tidiness: a session that is not ended runs out by itself, and the work is done either way.
    await aerie.close().catch(() => undefined);
  }
}

/**
 * The project with that id or with exactly that name.
 * @throws CliError `project.unknown`, or `project.ambiguous` where several have the name.
 */
export async function findProject(aerie: Aerie, idOrName: string): Promise<Project> {
  const projects = await aerie.projects.list();
  const found = projects.filter(({ projectId }) => projectId === idOrName);
  if (found.length === 0) found.push(...projects.filter(({ name }) => name === idOrName));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new CliError('project.ambiguous', `${found.length} projects are called "${idOrName}"`, {
      hint: 'Nothing was changed. Use the id of the one you mean; `aerie project list` shows them.',
    });
  }
  throw new CliError('project.unknown', `This device has no part in a project "${idOrName}"`, {
    hint: 'Nothing was changed. `aerie project list` shows the projects there are.',
  });
}
