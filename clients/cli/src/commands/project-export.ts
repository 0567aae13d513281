import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ExportedFile } from '@aerie/sdk';
import { openFolderSink } from '@aerie/sdk/node';
import { findProject, withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import type { Failure } from '../failure.js';
import { formatBytes, visible } from '../format.js';

export function addExport(parent: Command): void {
  parent
    .command('export')
    .description('write every file of a project as an OpenPGP message to your key, with its signed manifest')
    .requiredOption('--project <project>', 'id or name of the project')
    .requiredOption('--to <folder>', 'where to; nothing there is written over, and an export that was stopped goes on')
    .option(...jsonOption)
    .action(
      body(async (output, options: { project: string; to: string }) => {
        await withAerie(output, async (aerie) => {
          const { projectId } = await findProject(aerie, options.project);
          const files: ExportedFile[] = [];
          const tell = (): void => output.result({ projectId, to: resolve(options.to), files }, () => []);
          for await (const file of aerie.media.exportTo(projectId, await openFolderSink(options.to))) {
            files.push(file);
            output.note(lineOf(file));
            // At once, so that it is told whatever happens to the next one.
            tell();
          }
          tell();
          const failed = files.filter(({ problem }) => problem);
          for (const line of summary(files, failed.length, options.to)) output.note(line);
          if (failed.length > 0) output.failed(failure(failed, files.length));
        });
      }, 'Files that were exported are whole. Run the same command again to export the rest.'),
    );
}

function summary(files: readonly ExportedFile[], failed: number, to: string): string[] {
  const kept = files.filter(({ isKept }) => isKept).length;
  const written = files.length - kept - failed;
  return [
    `${written} files exported to ${to}, ${kept} were there already and are verified, ${failed} failed.`,
    'VERIFY.md there says how to decrypt and check them without Aerie.',
  ];
}

const failure = (failed: readonly ExportedFile[], total: number): Failure => ({
  code: 'export.incomplete',
  title: `${failed.length} of ${total} files were not exported`,
  hint: failed[0]!.problem!.hint,
});

function lineOf({ path, copies, name, bytes, isKept, problem }: ExportedFile): string {
  if (problem) return `failed    ${visible(name ?? '(name unknown)')}: ${visible(problem.message)}`;
  return `${isKept ? 'kept    ' : 'exported'}  ${[path ?? '', ...copies].map(visible).join(' and ')} (${formatBytes(bytes)})`;
}
