import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import { CliError } from '../failure.js';
import { visible } from '../format.js';

export function addDeviceRename(device: Command): void {
  device
    .command('rename')
    .description('give one of your devices another name')
    .argument('<device>', 'its id; see `aerie device list`')
    .argument('<name>', 'its new name, which none of your other devices may have')
    .option(...jsonOption)
    .action(
      body(async (output, deviceId: string, name: string) => {
        requireName(name);
        await withAerie(output, async (aerie) => {
          const label = await aerie.devices.rename(deviceId, name);
          output.result({ deviceId, label }, () => [`Device ${deviceId} is now called "${visible(label)}".`]);
        });
      }, '`aerie device list` shows whether the device was renamed.'),
    );
}

/** @throws CliError `usage.invalid` for a name of nothing but spaces, or a long one */
export function requireName(name: string): void {
  const { length } = name.trim();
  if (length >= 1 && length <= 200) return;
  throw new CliError('usage.invalid', 'A name has 1 to 200 characters', { hint: 'Nothing was done.' });
}
