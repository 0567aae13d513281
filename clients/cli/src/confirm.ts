import { createInterface } from 'node:readline';
import { CliError, Interrupted } from './failure.js';

/**
 * Asks a person on the terminal, and ends the command unless the answer is yes.
 * @param question what is about to happen
 * @throws CliError `confirmation.missing` where there is no terminal, Interrupted where the answer is no or Ctrl-C
 */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CliError('confirmation.missing', 'This command needs your confirmation', {
      hint: 'Nothing was changed. Run it on a terminal, or add --yes after comparing what it shows.',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new Interrupted('Nothing was changed.');
  try {
    const answer = await new Promise<string>((answered, reject) => {
      lines.question(`${question} [y/N] `, answered);
      for (const end of ['SIGINT', 'close'] as const) lines.once(end, () => reject(stopped));
    });
    if (!/^y(es)?$/i.test(answer.trim())) throw stopped;
  } finally {
    lines.close();
  }
}
