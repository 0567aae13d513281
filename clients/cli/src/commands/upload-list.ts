import type { Command } from 'commander';
import type { UnfinishedUpload } from '@aerie/sdk';
import { withAerie } from '../client.js';
import { jsonOption, showing } from '../command.js';
import { formatBytes, formatTime, table, visible, type Column } from '../format.js';

export function addUploadList(upload: Command): void {
  upload
    .command('list')
    .description('the uploads that are not finished, of all devices; for owners')
    .option(...jsonOption)
    .action(
      showing(async (output) => {
        await withAerie(output, async (aerie) => {
          const uploads = await aerie.server.unfinishedUploads();
          output.result(uploads, () => (uploads.length === 0 ? ['No upload is unfinished.'] : table(uploads, columns)));
        });
      }),
    );
}

const columns: Column<UnfinishedUpload>[] = [
  { head: 'UPLOAD', text: ({ mediaId }) => mediaId },
  { head: 'RESERVED', text: ({ bytesReserved }) => formatBytes(bytesReserved) },
  { head: 'SINCE', text: ({ createdAt }) => formatTime(createdAt) },
  { head: 'UNTIL', text: ({ expiresAt }) => formatTime(expiresAt) },
  { head: 'PROJECT', text: ({ project, projectId }) => (project === null ? projectId : visible(project)) },
  { head: 'MEMBER', text: ({ device }) => visible(device?.member ?? '?') },
  { head: 'DEVICE', text: ({ device }) => (device ? visible(device.label) : 'NOT CERTIFIED BY ANY MEMBER') },
];
