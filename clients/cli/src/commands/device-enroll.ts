import type { Command } from 'commander';
import { findProject, withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import { CliError } from '../failure.js';
import { tryNewFile, writeNewFile } from '../new-file.js';
import { requireName } from './device-rename.js';

interface Options {
  project: string;
  uploadOnly?: true;
  out: string;
  label?: string;
  days?: string;
}

export function addDeviceEnroll(device: Command): void {
  device
    .command('enroll')
    .description('enroll a device that can add files to one project and read nothing')
    .requiredOption('--project <project>', 'id or name of the project')
    .option('--upload-only', 'required: the only kind that can be enrolled this way')
    .requiredOption('--out <file>', 'where to write the enrollment file')
    .option('--label <text>', 'what the device is called in lists')
    .option('--days <number>', 'how long the enrollment lasts')
    .option(...jsonOption)
    .action(
      body(async (output, options: Options) => {
        if (!options.uploadOnly) throw notUploadOnly();
        const days = options.days === undefined ? undefined : readDays(options.days);
        if (options.label !== undefined) requireName(options.label);
        await tryNewFile(options.out);
        await withAerie(
          output,
          async (aerie) => {
            const { projectId } = await findProject(aerie, options.project);
            const { label = 'upload-only device' } = options;
            const isProposed = options.label === undefined;
            const enrollment = await aerie.devices.enrollUploadOnly({ projectId, label, isProposed, days });
            await writeNewFile(options.out, [Buffer.from(JSON.stringify(enrollment, null, 2))], { mode: 0o600 });
            output.result({ deviceId: enrollment.deviceId, projectId, file: options.out }, () => [
              `Device ${enrollment.deviceId} can now add files to the project, and read nothing.`,
              `Enrollment: ${options.out}. It holds the key of that device: hand it over in private, and to one person only.`,
              '',
              `Next, on that device:  aerie join ${options.out}`,
            ]);
          },
          { needsHome: true },
        );
      }, 'No enrollment file was written. If `aerie device list` shows a new device, revoke it.'),
    );
}

/** @throws CliError `usage.invalid` */
export function readDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new CliError('usage.invalid', `--days takes a whole number from 1 to 3650, not ${text}`, {
    hint: 'Nothing was done.',
  });
}

const notUploadOnly = (): CliError =>
  new CliError('usage.invalid', 'Only upload-only devices are enrolled this way', {
    hint: 'Nothing was done. Add --upload-only; for a full device of your own use `aerie device request` there.',
  });
