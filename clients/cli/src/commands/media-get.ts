import { stat, utimes } from 'node:fs/promises';
import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption, type Output } from '../command.js';
import { CliError } from '../failure.js';
import { formatBytes, visible } from '../format.js';
import { requireNewFile, writeNewFile } from '../new-file.js';
import { sweeper } from '../memory.js';
import { openProgress } from '../progress.js';

interface Options {
  out: string;
  range?: string;
  force?: true;
  json?: true;
}

export function addGet(parent: Command): void {
  parent
    .command('get')
    .description('fetch, verify and decrypt a file')
    .argument('<file>', 'id of the file; see `aerie list`')
    .requiredOption('--out <file>', 'where to write it, a device or a pipe too; - is standard output')
    .option('--range <first-last>', 'only these bytes, first and last included, counted from 0')
    .option('--force', 'write over a file that is there; a link stays, what it leads to is written')
    .option(...jsonOption)
    .action(body(get, 'Nothing was written.'));
}

async function get(output: Output, mediaId: string, options: Options): Promise<void> {
  const toStdout = options.out === '-' || stdoutPaths.includes(options.out);
  if (toStdout && options.json) throw usage('--json and --out - both want standard output');
  const range = options.range === undefined ? undefined : readRange(options.range);
  if (!toStdout) requireNewFile(options.out, options.force);
  await withAerie(output, async (aerie) => {
    const { media, content } = await aerie.media.download(mediaId, range);
    const total = range ? range.end - range.start : (media.bytes ?? 0);
    const progress = openProgress({ isPlain: process.stdout.isTTY && (output.json || toStdout) });
    const sweep = sweeper();
    let bytes = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of content) {
        bytes += piece.length;
        progress.file(options.out, bytes, total);
        sweep(piece.length);
        yield piece;
      }
    };
    try {
      if (toStdout) return await writeToStdout(counted());
      await writeNewFile(options.out, counted(), { force: options.force });
      if (media.modifiedAt && !range) await keepTime(options.out, new Date(media.modifiedAt));
    } finally {
      progress.end();
    }
    const { name, sha256, verified } = media;
    output.result({ mediaId, path: options.out, bytes, name, sha256: range ? null : sha256, verified }, () => [
      `${visible(name ?? mediaId)}: ${formatBytes(bytes)} verified and written to ${options.out}`,
    ]);
  });
}

/** Other names of standard output: written as a file, they could be replaced by one. */
const stdoutPaths = ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

/** As the camera left it. A device or a pipe has no such time. */
async function keepTime(path: string, modifiedAt: Date): Promise<void> {
  if ((await stat(path)).isFile()) await utimes(path, modifiedAt, modifiedAt);
}

/** Both ends included, as in HTTP; answers the end excluded, as in code. */
function readRange(text: string): { start: number; end: number } {
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  const range = { start: Number(first), end: Number(last) + 1 };
  if (first !== undefined && range.start < range.end) return range;
  throw usage(`--range takes FIRST-LAST, such as 0-1023, not ${text}`);
}

async function writeToStdout(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of content) {
    await new Promise<void>((done, fail) => process.stdout.write(piece, (error) => (error ? fail(error) : done())));
  }
}

const usage = (title: string): CliError => new CliError('usage.invalid', title, { hint: 'Nothing was done.' });
