import type { Command } from 'commander';
import { type Keyring, newPairingCode, Pairing } from '@aerie/sdk';
import { deviceLabel, homeFolder, patientFetch, prepareHome, saveKeyring } from '../client.js';
import { body, jsonOption } from '../command.js';
import { next } from '../format.js';
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
    .description('ask to add this computer to your devices; approve it on one of them')
    .requiredOption('--server <url>', 'address of the server')
    .option('--label <text>', 'what the device is called in lists')
    .option('--upload-only', 'ask only to add files to one project, and to read nothing')
    .option('--code <code>', 'the pairing code that the other device shows; without it, this one makes a code')
    .option(...jsonOption)
    .action(
      body(async (output, options: Options) => {
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
          `On one of your devices:  aerie device approve ${code}${uploadOnly ? ' --project PROJECT' : ''}`,
          'Keep the code to yourself. Approve only if both devices show the same check number.',
          'Waiting for approval, for up to ten minutes …',
        ]);
        const keyring = await pairing.answered();
        await saveKeyring(keyring, passphrase);
        const { organizationId, memberId, deviceId } = keyring;
        output.result({ organizationId, memberId, deviceId, kind, home: homeFolder() }, () =>
          done(keyring, homeFolder()),
        );
      }, 'This device has no keys. Run the command again; if `aerie device list` on another device shows it already, revoke it there.'),
    );
}

function done({ projectNames }: Keyring, home: string): string[] {
  const [projectId] = Object.keys(projectNames);
  const keys = `Keys: ${home}, locked with your passphrase.`;
  return projectId === undefined
    ? ['', 'This is now one of your devices.', keys, '', next('project list')]
    : [
        '',
        'This device can now add files to the project, and read nothing.',
        keys,
        '',
        next(`ingest FOLDER --project ${projectId}`),
      ];
}
