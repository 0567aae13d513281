import type { Command } from 'commander';
import { body, jsonOption } from '../command.js';

export function addDeviceRevoke(device: Command): void {
  device
    .command('revoke')
    .description('trust a device no longer; what it added stays')
    .argument('<device>', 'its id; see `aerie device list`')
    .option('--reason <text>', 'why; the operator can read it')
    .option(...jsonOption)
    .action(
      body(async (output, deviceId: string, options: { reason?: string }) => {
        const { withAerie } = await import('../client.js');
        await withAerie(output, async (aerie) => {
          await aerie.devices.revoke(deviceId, options.reason);
          output.result({ deviceId, revoked: true }, () => [
            `Device ${deviceId} is revoked: it can no longer log in or add anything. What it added stays.`,
          ]);
        });
      }, 'See `aerie device list` for whether the device was revoked.'),
    );
}
