import { existsSync } from 'node:fs';
import { homedir, type } from 'node:os';
import { join, resolve } from 'node:path';
import { Aerie, NotTheServer, explain, learned, systemFault, type Keyring, type Project } from '@aerie/sdk';
import { changeKeyringFile, nodeFetch, readKeyringFile, tryFolder, writeKeyringFile } from '@aerie/sdk/node';
import type { Output } from './command.js';
import { CliError, type Failure } from './failure.js';
import { announceNewcomers } from './newcomers.js';
import { readPassphrase } from './passphrase.js';

export const homeFolder = (): string => resolve(process.env.AERIE_HOME || join(homedir(), '.aerie'));
export const keyringPath = (): string => join(homeFolder(), 'keyring.pgp');
export const foundingPath = (): string => join(homeFolder(), 'founding.pgp');
export const journalFolder = (): string => join(homeFolder(), 'journal');

/** What others see of this device. Not the host's name: the operator need not learn it. */
export const deviceLabel = (): string => `command line (${type()})`;

/**
 * Makes the folder for a new device's keys and tries to write there, before anything is done that would need them kept.
 * @throws CliError `home.exists` where this home belongs to a device already; what `requireHome` throws
 */
export async function prepareHome(): Promise<void> {
  if (existsSync(foundingPath())) {
    throw new CliError('home.founding', `${homeFolder()} holds the keys of an organization that was being set up`, {
      hint: 'They were left alone. Run `aerie init` again to finish it, or set AERIE_HOME to another folder.',
    });
  }
  if (existsSync(keyringPath())) {
    throw new CliError('home.exists', `${homeFolder()} already holds the keys of a device`, {
      hint: 'They were left alone. Set AERIE_HOME to another folder for another device.',
    });
  }
  await requireHome();
}

/** Tries to write in the home. @throws CliError with the code of the system's fault, such as `disk.full` */
async function requireHome(): Promise<void> {
  await tryFolder(homeFolder(), keyringPath()).catch((error: unknown) => {
    const fault = systemFault(error);
    if (!fault) throw error;
    throw new CliError(
      fault.code,
      `${homeFolder()} holds the keys of this device and cannot be written: ${fault.reason}`,
      {
        hint: `Nothing was changed. ${fault.advice}`,
      },
    );
  });
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
      if (!said && !init?.signal?.aborted && !isSettled(error)) output.note("Can't reach the server. Trying again …");
      said = true;
      throw error;
    }
  };
}

/** Where trying again cannot help, none is announced. */
const isSettled = (error: unknown): boolean => error instanceof NotTheServer;

/**
 * Opens this home's keys, hands them to `work`, tells of devices that are new, and ends the session afterwards.
 * @param options.needsHome what `work` changes on the server needs something kept here: the home is tried first
 * @throws CliError `keyring.missing`, what `requireHome` throws, and whatever `work` throws.
 */
export async function withAerie(
  output: Output,
  work: (aerie: Aerie) => Promise<void>,
  { needsHome = false }: { needsHome?: boolean } = {},
): Promise<void> {
  requireKeyring();
  if (needsHome) await requireHome();
  const passphrase = await readPassphrase('existing');
  const keyring = await readKeyringFile(keyringPath(), passphrase);
  const onKeyringChanged = (changed: Keyring): Promise<void> =>
    changeKeyringFile(keyringPath(), passphrase, (stored) => learned(changed, stored)).catch((error: unknown) =>
      output.failed(notNoted(error)),
    );
  const aerie = await Aerie.open(keyring, { onKeyringChanged, fetch: patientFetch(output) });
  try {
    await work(aerie);
  } finally {
    await announceNewcomers(output, aerie).catch(() => undefined);
    // Only tidiness: a session that is not ended runs out by itself, and the work is done either way.
    await aerie.close().catch(() => undefined);
  }
}

/** The work goes on: what was done on the server is done, and its result must be told. */
function notNoted(error: unknown): Failure {
  const { code, message, hint } = explain(error);
  return {
    code,
    title: `The command did its work, but ${homeFolder()} could not be written: ${message}`,
    hint: `Until it can, this device would not notice if the server showed an older state. ${hint}`,
  };
}

/** @throws CliError `keyring.missing` where this home holds no keys */
export function requireKeyring(): void {
  if (!existsSync(keyringPath())) {
    throw new CliError('keyring.missing', `No keys found in ${homeFolder()}`, {
      hint: existsSync(foundingPath())
        ? 'An organization was being set up here: run `aerie init` again to finish it.'
        : 'Run `aerie init`, `aerie device request`, `aerie join` or `aerie recover` first, or set AERIE_HOME to the folder that holds them.',
    });
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
  throw new CliError('project.unknown', `No project "${idOrName}" on this device`, {
    hint: 'Nothing was changed. `aerie project list` shows the projects that this device can use.',
  });
}
