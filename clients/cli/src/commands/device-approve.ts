import type { Command } from 'commander';
import { findProject, withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';
import { confirm } from '../confirm.js';
import { CliError } from '../failure.js';
import { visible } from '../format.js';
import { readDays } from './device-enroll.js';
import { requireName } from './device-rename.js';

interface Options {
  project?: string;
  days?: string;
  label?: string;
  yes?: true;
}

export function addDeviceApprove(device: Command): void {
  device
    .command('approve')
    .description('approve a new device by its pairing code')
    .argument('<code>', 'the pairing code')
    .option('--project <project>', 'the project to which an upload-only device may add files')
    .option('--days <number>', 'for how many days it may do so')
    .option('--label <text>', 'what it is called in lists, in place of the name it gave itself')
    .option('--yes', 'do not ask; only if you have compared the check number')
    .option(...jsonOption)
    .action(
      body(async (output, code: string, options: Options) => {
        const days = options.days === undefined ? undefined : readDays(options.days);
        if (options.label !== undefined) requireName(options.label);
        await withAerie(
          output,
          async (aerie) => {
            const offer = await aerie.devices.readOffer(code);
            if (!offer) throw nobodyWaits();
            const { kind, checkNumber } = offer;
            const name = options.label ?? offer.proposedLabel;
            if ((kind === 'upload-only') !== (options.project !== undefined)) throw wrongProject(kind);
            const project = options.project === undefined ? undefined : await findProject(aerie, options.project);
            const may = project
              ? `add files to "${visible(project.name)}", and read nothing`
              : 'do and read everything that you can';
            output.note(`Device:         ${visible(offer.label)}`);
            if (name !== offer.label) output.note(`Its name here:  ${visible(name)}`);
            output.note(`May then:       ${may}`);
            output.note(`Check number:   ${checkNumber}`);
            if (!options.yes) await confirm('Does the new device show this number, and do you approve it?');
            const terms = { projectId: project?.projectId, days, label: name };
            const { deviceId, label } = await aerie.devices.approve(code, offer, terms);
            output.result({ deviceId, label, kind, checkNumber, projectId: project?.projectId ?? null }, () => [
              `Device ${deviceId} is approved.`,
              `To undo this:  aerie device revoke ${deviceId}`,
            ]);
          },
          { needsHome: true },
        );
      }, '`aerie device list` shows whether the device was approved.'),
    );
}

const nobodyWaits = (): CliError =>
  new CliError('pairing.unknown', 'No device is waiting with this pairing code', {
    hint: 'Nothing was changed. Run `aerie device request` on the new device, and type the code that it shows.',
  });

const wrongProject = (kind: string): CliError =>
  kind === 'full'
    ? new CliError(
        'pairing.project',
        'This device asks to do and read everything that you can, not to add files to one project',
        {
          hint: 'Nothing was changed. If that is what you want, leave --project out; otherwise ask there with --upload-only.',
        },
      )
    : new CliError('pairing.project', 'This device asks to add files to one project', {
        hint: 'Nothing was changed. Name the project with --project.',
      });
