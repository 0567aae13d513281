import type { Command } from 'commander';
import type { Media } from '@aerie/sdk';
import { findProject, withAerie } from '../client.js';
import { jsonOption, showing } from '../command.js';
import { formatBytes, shortName, table, visible, type Column } from '../format.js';

export function addList(parent: Command): void {
  parent
    .command('list')
    .description('list the files of a project, with every signature verified')
    .requiredOption('--project <project>', 'id or name of the project')
    .option(...jsonOption)
    .action(
      showing(async (output, options: { project: string }) => {
        await withAerie(output, async (aerie) => {
          const { projectId } = await findProject(aerie, options.project);
          const media: Media[] = [];
          for await (const one of aerie.media.list(projectId)) media.push(one);
          output.result(media, () => (media.length > 0 ? table(media, columns) : ['No files in this project yet.']));
        });
      }),
    );
}

const nameCharsMax = 80;

const columns: Column<Media>[] = [
  { head: 'FILE', text: ({ mediaId }) => mediaId },
  { head: 'SIZE', align: 'right', text: ({ bytes }) => (bytes === null ? '?' : formatBytes(bytes)) },
  { head: 'CAPTURED', text: ({ capturedAt }) => capturedAt?.slice(0, 19).replace('T', ' ') ?? '-' },
  { head: 'BY', text: ({ uploader }) => (uploader ? shortName(uploader.member, 24) : '?') },
  { head: 'PREVIEWS', text: ({ previews }) => previews.join(', ') || '-' },
  { head: 'TYPE', text: ({ mime }) => visible(mime ?? '?') },
  { head: 'NAME', text: (media) => nameOf(media) },
];

const nameOf = ({ path, aliases, verified, damagedAt, problem }: Media): string =>
  verified
    ? [
        shortName(path ?? '', nameCharsMax),
        ...(aliases.length > 0 ? [`also ${aliases.map((alias) => shortName(alias, nameCharsMax)).join(', ')}`] : []),
        ...(damagedAt === null ? [] : ['DAMAGED: ingest it again']),
      ].join('  ')
    : `NOT VERIFIED: ${visible(problem?.message ?? 'no reason was given')}`;
