import type { Command } from 'commander';
import type { MediaCheck } from '@aerie/sdk';
import { findProject, withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import type { Failure } from '../failure.js';
import { visible } from '../format.js';

export function addVerify(parent: Command): void {
  parent
    .command('verify')
    .description('download every file of a project and verify its signatures, hashes, size and receipt')
    .requiredOption('--project <project>', 'id or name of the project')
    .option(...jsonOption)
    .action(
      body(async (output, options: { project: string }) => {
        await withAerie(output, async (aerie) => {
          const { projectId } = await findProject(aerie, options.project);
          const media: MediaCheck[] = [];
          for await (const check of aerie.media.verify(projectId)) {
            media.push(check);
            output.note(lineOf(check));
          }
          const bad = media.filter(({ ok }) => !ok);
          output.result({ ok: bad.length === 0, projectId, media }, () =>
            bad.length === 0
              ? [`All ${media.length} files verified: each is the exact copy of what its uploader signed.`]
              : [],
          );
          if (bad.length > 0) output.failed(failure(media.length, bad));
        });
      }, 'Nothing was changed; the check is not complete.'),
    );
}

function lineOf({ ok, path, aliases, mediaId, checks, problem }: MediaCheck): string {
  const what = `${mediaId}  ${[path ?? '(name unknown)', ...aliases].map(visible).join(' and ')}`;
  return ok
    ? `verified  ${what} (${checks.join(', ')})`
    : `BAD       ${what}: ${visible(problem?.message ?? 'no reason was given')}`;
}

const failure = (total: number, bad: readonly MediaCheck[]): Failure => ({
  code: 'verify.failed',
  title: `${bad.length} of ${total} files are NOT as their uploaders signed them`,
  hint: bad[0]!.problem?.hint ?? 'Tell the operator, and keep your copy.',
});
