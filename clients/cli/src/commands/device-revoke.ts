import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';

export function addDeviceRevoke(device: Command): void {
  device
    .command('revoke')
    .description('lock a device out for good; the files it added stay')
    .argument('<device>', 'its id; see `aerie device list`')
    .option('--reason <text>', 'the reason; the operator of the server can read it')
    .option(...jsonOption)
    .action(
      body(async (output, deviceId: string, options: { reason?: string }) => {
        await withAerie(output, async (aerie) => {
          await aerie.devices.revoke(deviceId, options.reason);
          output.result({ deviceId, revoked: true }, () => [
            `Device ${deviceId} is revoked: it can no longer sign in or add files. The files it added stay.`,
          ]);
        });
      }, '`aerie device list` shows whether the device was revoked.'),
    );
}
