import { Option, type Command } from 'commander';
import type { PictureSize } from '@aerie/sdk';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import { requireNewFile, writeNewFile } from '../new-file.js';

interface Options {
  size: PictureSize;
  out: string;
  force?: true;
}

export function addPreview(parent: Command): void {
  parent
    .command('preview')
    .description('fetch, verify and decrypt a small picture of a file')
    .argument('<file>', 'id of the file; see `aerie list`')
    .addOption(new Option('--size <size>', '320 or 1600 pixels').choices(['thumb', 'preview']).default('thumb'))
    .requiredOption('--out <file>', 'where to write it')
    .option('--force', 'write over a file that is there; a link stays, what it leads to is written')
    .option(...jsonOption)
    .action(
      body(async (output, mediaId: string, { size, out, force }: Options) => {
        requireNewFile(out, force);
        await withAerie(output, async (aerie) => {
          const { bytes, mime } = await aerie.previews.read(mediaId, size);
          await writeNewFile(out, [bytes], { force });
          output.result({ mediaId, size, path: out, bytes: bytes.length, mime }, () => [
            `${size} (${mime}) written to ${out}`,
          ]);
        });
      }, 'Nothing was written.'),
    );
}
