import type { Command } from 'commander';
import type { DeviceSession } from '@aerie/sdk';
import { withAerie } from '../client.js';
import { jsonOption, showing } from '../command.js';
import { formatTime, table, visible, type Column } from '../format.js';

export function addSessionList(session: Command): void {
  session
    .command('list')
    .description('list active sign-ins: your own, or for an owner those of everyone')
    .option(...jsonOption)
    .action(
      showing(async (output) => {
        await withAerie(output, async (aerie) => {
          const sessions = await aerie.sessions.list();
          output.result(sessions, () => table(sessions, columns));
        });
      }),
    );
}

const columns: Column<DeviceSession>[] = [
  { head: 'SESSION', text: ({ sessionId }) => sessionId },
  { head: 'SINCE', text: ({ createdAt }) => formatTime(createdAt) },
  { head: 'LAST USED', text: ({ lastUsedAt }) => formatTime(lastUsedAt) },
  { head: 'UNTIL', text: ({ expiresAt }) => formatTime(expiresAt) },
  { head: 'KIND', text: ({ device }) => device?.kind ?? '?' },
  { head: 'MEMBER', text: ({ device }) => visible(device?.member ?? '?') },
  {
    head: 'DEVICE',
    text: ({ device, current }) =>
      (device ? visible(device.label) : 'NOT CERTIFIED BY ANY MEMBER') + (current ? ' (this session)' : ''),
  },
];
