import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';

export function addSessionEnd(session: Command): void {
  session
    .command('end')
    .description('sign a session out at once')
    .argument('<session>', 'its id; see `aerie session list`')
    .option(...jsonOption)
    .action(
      body(async (output, sessionId: string) => {
        await withAerie(output, async (aerie) => {
          await aerie.sessions.end(sessionId);
          output.result({ sessionId, ended: true }, () => [
            `Session ${sessionId} has ended. What was uploaded is kept; unfinished uploads can be resumed.`,
            'Its device can sign in again. To lock it out:  aerie device revoke DEVICE',
          ]);
        });
      }, '`aerie session list` shows whether the session has ended.'),
    );
}
