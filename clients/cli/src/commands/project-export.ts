import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ExportedFile } from '@aerie/sdk';
import { body, jsonOption } from '../command.js';
import { formatBytes, visible } from '../format.js';

export function addExport(parent: Command): void {
  parent
    .command('export')
    .description('write every file of a project as an OpenPGP message to your key, with its signed manifest')
    .requiredOption('--project <project>', 'id or name of the project')
    .requiredOption('--to <folder>', 'where to; what is there is never written over')
    .option(...jsonOption)
    .action(
      body(async (output, options: { project: string; to: string }) => {
        const { findProject, withAerie } = await import('../client.js');
        const { openFolderSink } = await import('@aerie/sdk/node');
        await withAerie(output, async (aerie) => {
          const { projectId } = await findProject(aerie, options.project);
          const files: ExportedFile[] = [];
          for await (const file of aerie.media.exportTo(projectId, await openFolderSink(options.to))) {
            files.push(file);
            output.note(lineOf(file));
          }
          const failed = files.filter(({ problem }) => problem).length;
          if (failed > 0) output.failed();
          output.result({ projectId, to: resolve(options.to), files }, () => [
            `${files.length - failed} files exported to ${options.to}, ${failed} failed.`,
            `VERIFY.md there says how to decrypt and check them without Aerie.`,
          ]);
        });
      }, 'Files that were exported are whole; the rest is missing.'),
    );
}

function lineOf({ path, name, bytes, problem }: ExportedFile): string {
  if (problem) return `failed    ${visible(name ?? '(name unknown)')}: ${visible(problem.message)}`;
  return `exported  ${visible(path ?? '')} (${formatBytes(bytes)})`;
}
