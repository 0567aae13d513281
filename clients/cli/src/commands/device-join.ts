import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Enrollment, join, serverOrigin } from '@aerie/sdk';
import { homeFolder, patientFetch, prepareHome, saveKeyring } from '../client.js';
import { body, jsonOption } from '../command.js';
import { CliError } from '../failure.js';
import { next } from '../format.js';
import { readPassphrase } from '../passphrase.js';

export function addJoin(parent: Command): void {
  parent
    .command('join')
    .description('set this device up from an enrollment file')
    .argument('<file>', 'the enrollment file')
    .option('--server <url>', 'address of the server, where it has moved since the file was written')
    .option(...jsonOption)
    .action(
      body(async (output, file: string, options: { server?: string }) => {
        await prepareHome();
        const written = await readEnrollment(file);
        const enrollment = options.server ? { ...written, server: serverOrigin(options.server) } : written;
        const passphrase = await readPassphrase('new');
        const keyring = await join(enrollment, { fetch: patientFetch(output) });
        await saveKeyring(keyring, passphrase);
        const { deviceId, kind } = keyring;
        const { projectId, projectName } = enrollment;
        output.result({ deviceId, kind, projectId, projectName, home: homeFolder() }, () => [
          'This device can now add files to the project, and read nothing.',
          `Keys: ${homeFolder()}, locked with your passphrase. Delete ${file} now: it is no longer needed.`,
          '',
          next(`ingest FOLDER --project ${projectId}`),
        ]);
      }, 'Nothing was changed. Run it again.'),
    );
}

async function readEnrollment(file: string): Promise<Enrollment> {
  try {
    return Enrollment.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ('syscall' in (error as object)) throw error;
    throw new CliError('enrollment.refused', `${file} is not an enrollment file`, {
      hint: 'Nothing was changed. Ask for the file that `aerie device enroll` wrote.',
    });
  }
}
