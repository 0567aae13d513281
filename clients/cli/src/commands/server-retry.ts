import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';

export function addServerRetry(server: Command): void {
  server
    .command('retry')
    .description('run a stuck job again')
    .argument('<job>', 'its id; see `aerie server status`')
    .option(...jsonOption)
    .action(
      body(async (output, jobId: string) => {
        await withAerie(output, async (aerie) => {
          await aerie.server.retryJob(jobId);
          output.result({ jobId, due: true }, () => [
            `Job ${jobId} will run again. \`aerie server status\` shows how it goes.`,
          ]);
        });
      }, '`aerie server status` shows the state of the job.'),
    );
}
