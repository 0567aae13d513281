import type { Command } from 'commander';
import type { Device } from '@aerie/sdk';
import { withAerie } from '../client.js';
import { jsonOption, showing } from '../command.js';
import { table, visible, type Column } from '../format.js';
import { announceNewcomers } from '../newcomers.js';
import { remindOfKeys } from '../rotation.js';

export function addDeviceList(device: Command): void {
  device
    .command('list')
    .description('list the devices of the organization')
    .option(...jsonOption)
    .action(
      showing(async (output) => {
        await withAerie(output, async (aerie) => {
          const devices = await aerie.devices.list();
          output.result(devices, () => table(devices, columns));
          await announceNewcomers(output, aerie);
          await remindOfKeys(output, aerie);
          const fresh = devices.filter(({ isNew }) => isNew).map(({ deviceId }) => deviceId);
          await aerie.devices.note(fresh, 'known');
        });
      }),
    );
}

const columns: Column<Device>[] = [
  { head: 'DEVICE', text: ({ deviceId }) => deviceId },
  { head: 'KIND', text: ({ kind }) => kind },
  { head: 'SINCE', text: ({ createdAt }) => createdAt.slice(0, 10) },
  { head: 'STATE', text: (device) => stateOf(device) },
  { head: 'MEMBER', text: ({ member }) => visible(member) },
  { head: 'LABEL', text: ({ label, ...device }) => `${visible(label)}${remarkOn(device)}` },
];

const remarkOn = ({ thisDevice, isNew }: Pick<Device, 'thisDevice' | 'isNew'>): string =>
  thisDevice ? ' (this device)' : isNew ? ' (new)' : '';

function stateOf({ state, revokedAt, expiresAt }: Device): string {
  if (revokedAt) return `revoked ${revokedAt.slice(0, 10)}`;
  if (!expiresAt) return 'active';
  return `${state === 'expired' ? 'expired' : 'until'} ${expiresAt.slice(0, 10)}`;
}
