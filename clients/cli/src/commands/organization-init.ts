import { rmSync } from 'node:fs';
import type { Command } from 'commander';
import { body, jsonOption } from '../command.js';
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
    .action(
      body(async (output, options: Options) => {
        const { deviceLabel, homeFolder, patientFetch, prepareHome, saveKeyring } = await import('../client.js');
        const { ServerProblem, foundOrganization } = await import('@aerie/sdk');
        requireNewFile(options.kitFile);
        await prepareHome();
        const passphrase = await readPassphrase('new');
        const { server, setupToken, org: organization, name: memberName, kitFile } = options;
        // The kit is on disk before anything is sent: whoever has the kit can make keys again, and never the other way round.
        const keepKit = async (kit: string): Promise<void> => {
          await writeNewFile(kitFile, [Buffer.from(kit)], { mode: 0o600 });
        };
        const founding = { server, setupToken, organization, memberName, deviceLabel: deviceLabel(), keepKit };
        const { keyring } = await foundOrganization({ ...founding, fetch: patientFetch(output) }).catch(
          (error: unknown) => {
            // Refused for certain: that kit opens nothing. Where no answer came, it may be all there is.
            if (error instanceof ServerProblem) rmSync(kitFile, { force: true });
            throw error;
          },
        );
        await saveKeyring(keyring, passphrase);
        const { organizationId, memberId, deviceId } = keyring;
        output.result({ organizationId, memberId, deviceId, kitFile, home: homeFolder() }, () => [
          `${organization} is set up, and ${memberName} is its first member.`,
          `Keys: ${homeFolder()}, locked with your passphrase.`,
          `Recovery kit: ${kitFile}. Print it or keep it offline: without it, lost keys stay lost.`,
          '',
          'Next:  aerie project create "My first survey"',
        ]);
      }, 'If the organization was founded before you pressed Ctrl-C, set up an empty server again; otherwise nothing was changed.'),
    );
}
