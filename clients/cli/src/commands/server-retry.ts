import type { Command } from 'commander';
import { body, jsonOption } from '../command.js';

export function addServerRetry(server: Command): void {
  server
    .command('retry')
    .description('make a stuck job due again')
    .argument('<job>', 'its id; see `aerie server status`')
    .option(...jsonOption)
    .action(
      body(async (output, jobId: string) => {
        const { withAerie } = await import('../client.js');
        await withAerie(output, async (aerie) => {
          await aerie.server.retryJob(jobId);
          output.result({ jobId, due: true }, () => [
            `Job ${jobId} is due again. See \`aerie server status\` for how it goes.`,
          ]);
        });
      }, 'See `aerie server status` for where the job stands.'),
    );
}
