import type { Command } from 'commander';
import type { MediaCheck } from '@aerie/sdk';
import { body, jsonOption } from '../command.js';
import { visible } from '../format.js';

export function addVerify(parent: Command): void {
  parent
    .command('verify')
    .description('fetch everything of a project and check every signature, hash, size and receipt')
    .requiredOption('--project <project>', 'id or name of the project')
    .option(...jsonOption)
    .action(
      body(async (output, options: { project: string }) => {
        const { findProject, withAerie } = await import('../client.js');
        await withAerie(output, async (aerie) => {
          const { projectId } = await findProject(aerie, options.project);
          const media: MediaCheck[] = [];
          for await (const check of aerie.media.verify(projectId)) {
            media.push(check);
            output.note(lineOf(check));
          }
          const bad = media.filter(({ ok }) => !ok);
          if (bad.length > 0) output.failed();
          output.result({ ok: bad.length === 0, projectId, media }, () => [summary(media.length, bad)].flat());
        });
      }, 'Nothing was changed; the check is not complete.'),
    );
}

function lineOf({ ok, name, mediaId, checks, problem }: MediaCheck): string {
  const what = `${mediaId}  ${visible(name ?? '(name unknown)')}`;
  return ok
    ? `good  ${what} (${checks.join(', ')})`
    : `BAD   ${what}: ${visible(problem?.message ?? 'no reason was given')}`;
}

function summary(total: number, bad: readonly MediaCheck[]): string[] {
  if (bad.length === 0) return [`All ${total} media are whole, and are what their uploaders signed.`];
  return [`${bad.length} of ${total} media are NOT as they should be. ${visible(bad[0]!.problem?.hint ?? '')}`];
}
