import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import { requireNewFile, writeNewFile } from '../new-file.js';

interface Options {
  secret?: boolean;
  out: string;
}

export function addKeyExport(key: Command): void {
  key
    .command('export')
    .description("write the member's OpenPGP key, for use with any OpenPGP program of RFC 9580")
    .option('--secret', 'the secret key; AERIE_EXPORT_PASSPHRASE locks it')
    .requiredOption('--out <file>', 'where to write it, armored')
    .option(...jsonOption)
    .action(
      body(async (output, { secret = false, out }: Options) => {
        requireNewFile(out);
        const passphrase = process.env.AERIE_EXPORT_PASSPHRASE || null;
        const locked = secret && passphrase !== null;
        await withAerie(output, async (aerie) => {
          const armored = await aerie.exportKey({ secret, passphrase: secret ? passphrase : null });
          await writeNewFile(out, [Buffer.from(armored)], { mode: secret ? 0o600 : 0o666 });
          if (secret && !locked) output.note(`Warning: ${out} is NOT locked. ${unlockedWarning}`);
          output.result({ path: out, secret, locked }, () => [
            `The ${secret ? 'secret' : 'public'} key is written to ${out}`,
          ]);
        });
      }, 'Nothing was written.'),
    );
}

const unlockedWarning =
  'Anyone who has it can read everything this member can. Set AERIE_EXPORT_PASSPHRASE to lock it, or delete it after use.';
