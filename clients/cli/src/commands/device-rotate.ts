import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import { replaceKeys, rotationKept } from '../rotation.js';

export function addDeviceRotate(device: Command): void {
  device
    .command('rotate')
    .description('replace the keys that a revoked device still has; goes on where that was interrupted')
    .option(...jsonOption)
    .action(
      body(async (output) => {
        await withAerie(
          output,
          async (aerie) => {
            const keysReplaced = await replaceKeys(output, aerie);
            output.result({ keysReplaced }, () => [
              keysReplaced === 0
                ? 'No keys need to be replaced.'
                : 'Done. What is added from now on, no revoked device can open.',
            ]);
          },
          { needsHome: true },
        );
      }, rotationKept),
    );
}
