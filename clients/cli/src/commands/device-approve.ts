import type { Command } from 'commander';
import { body, jsonOption } from '../command.js';
import { confirm } from '../confirm.js';
import { CliError } from '../failure.js';
import { visible } from '../format.js';
import { readDays } from './device-enroll.js';

interface Options {
  project?: string;
  days?: string;
  yes?: true;
}

export function addDeviceApprove(device: Command): void {
  device
    .command('approve')
    .description('let in the new device that shows a pairing code')
    .argument('<code>', 'the pairing code')
    .option('--project <project>', 'the project that an upload-only device may add to')
    .option('--days <number>', 'how long an upload-only device may do so')
    .option('--yes', 'do not ask; only where you have compared the check number')
    .option(...jsonOption)
    .action(
      body(async (output, code: string, options: Options) => {
        const { findProject, withAerie } = await import('../client.js');
        const days = options.days === undefined ? undefined : readDays(options.days);
        await withAerie(
          output,
          async (aerie) => {
            const offer = await aerie.devices.readOffer(code);
            if (!offer) throw nobodyWaits();
            const { label, kind, checkNumber } = offer;
            if ((kind === 'upload-only') !== (options.project !== undefined)) throw wrongProject(kind);
            const project = options.project === undefined ? undefined : await findProject(aerie, options.project);
            const may = project
              ? `add to "${visible(project.name)}", and read nothing`
              : 'do and read all that you can';
            output.note(`Device:         ${visible(label)}`);
            output.note(`May then:       ${may}`);
            output.note(`Check number:   ${checkNumber}`);
            if (!options.yes) await confirm('Does the new device show this number, and do you want to let it in?');
            const { deviceId } = await aerie.devices.approve(code, offer, { projectId: project?.projectId, days });
            output.result({ deviceId, label, kind, checkNumber, projectId: project?.projectId ?? null }, () => [
              `Device ${deviceId} is let in.`,
              `To take that back:  aerie device revoke ${deviceId}`,
            ]);
          },
          { needsHome: true },
        );
      }, 'See `aerie device list` for whether the device was let in.'),
    );
}

const nobodyWaits = (): CliError =>
  new CliError('pairing.unknown', 'No device waits under this pairing code', {
    hint: 'Nothing was changed. Run `aerie device request` on the new device, and type the code that it shows.',
  });

const wrongProject = (kind: string): CliError =>
  kind === 'full'
    ? new CliError('pairing.project', 'This device asks to do and read all that you can, not to add to one project', {
        hint: 'Nothing was changed. Leave --project out if that is wanted; else ask there with --upload-only.',
      })
    : new CliError('pairing.project', 'This device asks to add to one project', {
        hint: 'Nothing was changed. Name the project with --project.',
      });
