import { Option, type Command } from 'commander';
import type { PreviewsMode } from '@aerie/sdk';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import { next } from '../format.js';

const previews = new Option(
  '--previews <mode>',
  'who makes thumbnails: this device (sealed), the renderer beside the server (assisted), or none',
)
  .choices(['sealed', 'assisted', 'none'])
  .default('sealed');

export function addProjectCreate(project: Command): void {
  project
    .command('create')
    .description('create a project')
    .argument('<name>', 'its name; the server cannot read it')
    .addOption(previews)
    .option(...jsonOption)
    .action(
      body(async (output, name: string, options: { previews: PreviewsMode }) => {
        await withAerie(
          output,
          async (aerie) => {
            const project = await aerie.projects.create(name, options.previews);
            output.result(project, () => [
              `Created project ${project.projectId}; previews: ${project.previews}.`,
              '',
              next(`ingest FOLDER --project ${project.projectId}`),
            ]);
          },
          { needsHome: true },
        );
      }, 'See `aerie project list` for whether the project was created.'),
    );
}
