import type { Command } from 'commander';
import { moveServer } from '@aerie/sdk';
import { changeKeyringFile, readKeyringFile } from '@aerie/sdk/node';
import { keyringPath, patientFetch, requireKeyring } from '../client.js';
import { body, jsonOption } from '../command.js';
import { readPassphrase } from '../passphrase.js';

export function addServerMove(server: Command): void {
  server
    .command('move')
    .description('follow the server to another address, once it shows that it is the same server')
    .argument('<url>', 'its new address')
    .option(...jsonOption)
    .action(
      body(async (output, url: string) => {
        requireKeyring();
        const passphrase = await readPassphrase('existing');
        const keyring = await readKeyringFile(keyringPath(), passphrase);
        const moved = await moveServer(keyring, url, { fetch: patientFetch(output) });
        await changeKeyringFile(keyringPath(), passphrase, (stored) => ({ ...stored, server: moved.server }));
        output.result({ from: keyring.server, to: moved.server }, () => [
          `This device now uses ${moved.server}. It is the same organization: the server showed the root that this device knows.`,
        ]);
      }, 'Nothing was changed.'),
    );
}
