import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Command } from 'commander';
import { beginFounding, finishFounding, type Founding, sendFounding, wasRefused } from '@aerie/sdk';
import { readFoundingFile, writeFoundingFile } from '@aerie/sdk/node';
import { deviceLabel, foundingPath, homeFolder, patientFetch, prepareHome, saveKeyring } from '../client.js';
import { body, jsonOption, type Output } from '../command.js';
import { CliError } from '../failure.js';
import { next, visible } from '../format.js';
import { requireNewFile, writeNewFile } from '../new-file.js';
import { readPassphrase } from '../passphrase.js';

interface Options {
  server: string;
  setupToken: string;
  org: string;
  name: string;
  kitFile: string;
}

export function addInit(parent: Command): void {
  parent
    .command('init')
    .description('set up a new server: the organization, its first member and this device')
    .requiredOption('--server <url>', 'address of the server')
    .requiredOption('--setup-token <token>', 'the one-time token that the server printed')
    .requiredOption('--org <name>', 'name of the organization')
    .requiredOption('--name <name>', 'your name')
    .requiredOption('--kit-file <file>', 'where to write the recovery kit')
    .option(...jsonOption)
    .action(body(init, 'Keys that were made are kept. Run it again to finish what was begun.'));
}

async function init(output: Output, options: Options): Promise<void> {
  const { server, setupToken, kitFile } = options;
  const fetch = patientFetch(output);
  const isNew = !existsSync(foundingPath());
  const passphrase = await (isNew ? newHome(options) : readPassphrase('existing'));
  const founding = await (isNew ? begin(options, passphrase, fetch) : resume(options, passphrase));
  await keepKit(founding, kitFile);
  await sendFounding(founding, { server, setupToken, fetch }).catch((error: unknown) => {
    // Whether an earlier attempt was refused is not known: its keys and its kit may be all there is.
    if (isNew && wasRefused(error)) for (const path of [kitFile, foundingPath()]) rmSync(path, { force: true });
    throw error;
  });
  const keyring = await finishFounding(founding, { server, fetch });
  await saveKeyring(keyring, passphrase);
  rmSync(foundingPath(), { force: true });
  const { organizationId, memberId, deviceId } = keyring;
  output.result({ organizationId, memberId, deviceId, kitFile, home: homeFolder() }, () => [
    `${visible(founding.organization)} is set up, and ${visible(founding.memberName)} is its first member.`,
    `Keys: ${homeFolder()}, locked with your passphrase.`,
    `Recovery kit: ${kitFile}. Print it or keep it offline: without it, lost keys stay lost.`,
    '',
    next('project create "My first survey"'),
  ]);
}

async function newHome({ kitFile }: Options): Promise<string> {
  requireNewFile(kitFile);
  await prepareHome();
  return readPassphrase('new');
}

/** Everything is made and on this disk before the server is asked to found anything. */
async function begin(
  { server, org: organization, name: memberName }: Options,
  passphrase: string,
  fetch: typeof globalThis.fetch,
): Promise<Founding> {
  const founding = await beginFounding({ server, organization, memberName, deviceLabel: deviceLabel(), fetch });
  await writeFoundingFile(foundingPath(), founding, passphrase);
  return founding;
}

async function resume({ org, name }: Options, passphrase: string): Promise<Founding> {
  const founding = await readFoundingFile(foundingPath(), passphrase);
  if (founding.organization === org && founding.memberName === name) return founding;
  const [begun, by] = [visible(founding.organization), visible(founding.memberName)];
  throw new CliError('founding.differs', `"${begun}" by "${by}" was being founded here, and may exist already`, {
    hint: `Nothing was changed. Run it again with --org "${begun}" --name "${by}" to finish that, or set AERIE_HOME to another folder.`,
  });
}

/** Whoever has the kit can make keys again, and never the other way round. */
async function keepKit({ kit }: Founding, kitFile: string): Promise<void> {
  if (existsSync(kitFile) && readFileSync(kitFile, 'utf8') === kit) return;
  await writeNewFile(kitFile, [Buffer.from(kit)], { mode: 0o600 });
}
