import type { Command } from 'commander';
import type { Keyring } from '@aerie/sdk';
import { body, jsonOption } from '../command.js';
import { readPassphrase } from '../passphrase.js';

interface Options {
  server: string;
  label?: string;
  uploadOnly?: true;
  code?: string;
}

export function addDeviceRequest(device: Command): void {
  device
    .command('request')
    .description('make this a device of yours, by approving it on one that is')
    .requiredOption('--server <url>', 'address of the server')
    .option('--label <text>', 'what the device is called in lists')
    .option('--upload-only', 'ask to add to one project only, and to read nothing')
    .option('--code <code>', 'a pairing code that the other device shows; otherwise this one makes one')
    .option(...jsonOption)
    .action(
      body(async (output, options: Options) => {
        const { deviceLabel, homeFolder, patientFetch, prepareHome, saveKeyring } = await import('../client.js');
        const { Pairing, newPairingCode } = await import('@aerie/sdk');
        await prepareHome();
        const passphrase = await readPassphrase('new');
        const { server, label = deviceLabel(), uploadOnly, code = newPairingCode() } = options;
        const kind = uploadOnly ? 'upload-only' : 'full';
        const pairing = await Pairing.offer({ server, code, label, kind, fetch: patientFetch(output) });
        const { checkNumber } = pairing;
        output.item('pairing', { code, checkNumber }, () => [
          `Pairing code:   ${code}`,
          `Check number:   ${checkNumber}`,
          '',
          `On a device of yours:  aerie device approve ${code}${uploadOnly ? ' --project PROJECT' : ''}`,
          'Show the code to nobody else. Approve only where the same check number is shown.',
          'Waiting for ten minutes at most …',
        ]);
        const keyring = await pairing.answered();
        await saveKeyring(keyring, passphrase);
        const { organizationId, memberId, deviceId } = keyring;
        output.result({ organizationId, memberId, deviceId, kind, home: homeFolder() }, () =>
          done(keyring, homeFolder()),
        );
      }, 'This device got no keys. Run it again; if `aerie device list` elsewhere shows it already, revoke it there.'),
    );
}

function done({ projectNames }: Keyring, home: string): string[] {
  const [projectId] = Object.keys(projectNames);
  const keys = `Keys: ${home}, locked with your passphrase.`;
  return projectId === undefined
    ? ['', 'This is a device of yours now.', keys, '', 'Next:  aerie project list']
    : [
        '',
        'This device may now add to the project, and read nothing.',
        keys,
        '',
        `Next:  aerie ingest FOLDER --project ${projectId}`,
      ];
}
