import type { Command } from 'commander';
import type { Project } from '@aerie/sdk';
import { withAerie } from '../client.js';
import { jsonOption, showing } from '../command.js';
import { formatBytes, next, table, visible, type Column } from '../format.js';

export function addProjectList(project: Command): void {
  project
    .command('list')
    .description('list the projects that this device can use')
    .option(...jsonOption)
    .action(
      showing(async (output) => {
        await withAerie(output, async (aerie) => {
          const projects = await aerie.projects.list();
          output.result(projects, () =>
            projects.length > 0 ? table(projects, columns) : ['No projects yet.', next('project create NAME')],
          );
        });
      }),
    );
}

const columns: Column<Project>[] = [
  { head: 'PROJECT', text: ({ projectId }) => projectId },
  { head: 'FILES', align: 'right', text: ({ mediaCount }) => String(mediaCount) },
  { head: 'STORED', align: 'right', text: ({ bytesUsed }) => formatBytes(bytesUsed) },
  { head: 'PREVIEWS', text: ({ previews }) => previews },
  { head: 'NAME', text: ({ name }) => visible(name) },
];
