import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { recover } from '@aerie/sdk';
import { deviceLabel, homeFolder, patientFetch, prepareHome, saveKeyring } from '../client.js';
import { body, jsonOption } from '../command.js';
import { next, visible } from '../format.js';
import { readPassphrase } from '../passphrase.js';
import { requireName } from './device-rename.js';

export function addRecover(parent: Command): void {
  parent
    .command('recover')
    .description('get your keys back from the recovery kit, on this computer')
    .requiredOption('--server <url>', 'address of the server')
    .requiredOption('--kit <file>', 'the recovery kit')
    .option('--label <text>', 'what this device is called in lists')
    .option(...jsonOption)
    .action(
      body(async (output, options: { server: string; kit: string; label?: string }) => {
        if (options.label !== undefined) requireName(options.label);
        await prepareHome();
        const kit = readFileSync(options.kit, 'utf8');
        const passphrase = await readPassphrase('new');
        const { keyring, label } = await recover({
          server: options.server,
          kit,
          deviceLabel: options.label ?? deviceLabel(),
          isProposed: options.label === undefined,
          fetch: patientFetch(output),
        });
        await saveKeyring(keyring, passphrase);
        const { organizationId, memberId, deviceId } = keyring;
        output.result({ organizationId, memberId, deviceId, label, home: homeFolder() }, () => [
          `Your keys are on this computer, as a new device of yours: "${visible(label)}".`,
          `Keys: ${homeFolder()}, locked with your passphrase.`,
          'If the old device is lost, revoke it:  aerie device list, then aerie device revoke DEVICE --reason lost',
          '',
          next('project list'),
        ]);
      }, 'Nothing was changed here. Run it again; a device without keys in `aerie device list` may be revoked.'),
    );
}
