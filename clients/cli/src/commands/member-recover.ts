import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { body, jsonOption } from '../command.js';
import { readPassphrase } from '../passphrase.js';

export function addRecover(parent: Command): void {
  parent
    .command('recover')
    .description('get your keys back from the recovery kit, on this computer')
    .requiredOption('--server <url>', 'address of the server')
    .requiredOption('--kit <file>', 'the recovery kit')
    .option(...jsonOption)
    .action(
      body(async (output, options: { server: string; kit: string }) => {
        const { deviceLabel, homeFolder, patientFetch, prepareHome, saveKeyring } = await import('../client.js');
        const { recover } = await import('@aerie/sdk');
        await prepareHome();
        const kit = readFileSync(options.kit, 'utf8');
        const passphrase = await readPassphrase('new');
        const keyring = await recover({
          server: options.server,
          kit,
          deviceLabel: deviceLabel(),
          fetch: patientFetch(output),
        });
        await saveKeyring(keyring, passphrase);
        const { organizationId, memberId, deviceId } = keyring;
        output.result({ organizationId, memberId, deviceId, home: homeFolder() }, () => [
          'Your keys are on this computer, as a new device of yours.',
          `Keys: ${homeFolder()}, locked with your passphrase.`,
          'If the old device is lost, revoke it:  aerie device list, then aerie device revoke DEVICE --reason lost',
          '',
          'Next:  aerie project list',
        ]);
      }, 'Nothing was changed here. Run it again; a device without keys in `aerie device list` may be revoked.'),
    );
}
