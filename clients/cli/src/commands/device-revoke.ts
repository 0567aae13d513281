import type { Aerie } from '@aerie/sdk';
import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import { visible } from '../format.js';
import { replaceKeys, rotationKept } from '../rotation.js';

export function addDeviceRevoke(device: Command): void {
  device
    .command('revoke')
    .description('lock a device out for good, and replace the keys it had; the files it added stay')
    .argument('<device>', 'its id; see `aerie device list`')
    .option('--reason <text>', 'the reason; the operator of the server can read it')
    .option(...jsonOption)
    .action(
      body(async (output, deviceId: string, options: { reason?: string }) => {
        await withAerie(
          output,
          async (aerie) => {
            const revoked = await aerie.devices.revoke(deviceId, options.reason);
            output.note(
              `Device ${deviceId} is revoked: it can no longer sign in or add files. The files it added stay.`,
            );
            // A device that revoked itself has nothing more to say.
            const keysReplaced = revoked.thisDevice ? 0 : await replaceKeys(output, aerie);
            output.result({ deviceId, revoked: true, keysReplaced }, () => [
              ...(keysReplaced > 0 ? ['Its keys are replaced: what is added from now on, it cannot open.'] : []),
              ...elsewhere(revoked, aerie.keyring.memberId),
            ]);
          },
          { needsHome: true },
        );
      }, `\`aerie device list\` shows whether the device was revoked. ${rotationKept}`),
    );
}

type Revoked = Awaited<ReturnType<Aerie['devices']['revoke']>>;

/** Only a member's own full devices replace its keys. */
function elsewhere({ kind, thisDevice, memberId, member }: Revoked, ownId: string): string[] {
  if (kind !== 'full' || (!thisDevice && memberId === ownId)) return [];
  return [
    `It still has the keys of ${visible(member)}. To replace them, run this on another full device of that member:`,
    '  aerie device rotate',
  ];
}
