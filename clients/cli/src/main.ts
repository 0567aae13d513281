import { Command, CommanderError } from 'commander';
import { exitCodes, report, usageFailure } from './command.js';
import { addDeviceApprove } from './commands/device-approve.js';
import { addDeviceEnroll } from './commands/device-enroll.js';
import { addJoin } from './commands/device-join.js';
import { addDeviceList } from './commands/device-list.js';
import { addDeviceRename } from './commands/device-rename.js';
import { addDeviceRequest } from './commands/device-request.js';
import { addDeviceRevoke } from './commands/device-revoke.js';
import { addDeviceRotate } from './commands/device-rotate.js';
import { addStatus } from './commands/device-status.js';
import { addKeyExport } from './commands/key-export.js';
import { addGet } from './commands/media-get.js';
import { addIngest } from './commands/media-ingest.js';
import { addList } from './commands/media-list.js';
import { addPreview } from './commands/media-preview.js';
import { addRecover } from './commands/member-recover.js';
import { addInit } from './commands/organization-init.js';
import { addProjectCreate } from './commands/project-create.js';
import { addExport } from './commands/project-export.js';
import { addProjectList } from './commands/project-list.js';
import { addVerify } from './commands/project-verify.js';
import { addServerMove } from './commands/server-move.js';
import { addServerRetry } from './commands/server-retry.js';
import { addServerStatus } from './commands/server-status.js';
import { addSessionEnd } from './commands/session-end.js';
import { addSessionList } from './commands/session-list.js';
import { addUploadAbort } from './commands/upload-abort.js';
import { addUploadList } from './commands/upload-list.js';
import { addVerifyWeb } from './commands/web-verify.js';
import { version } from './release.js';

/** The commands, in the order in which a person meets them; `aerie help` shows this order. */
function buildProgram(): Command {
  const program = new Command('aerie')
    .description('Keep drone footage on a server that cannot read it.')
    .version(version);
  // Before the commands are added: they inherit both. Usage errors are reported by us, as JSON where that was asked for.
  program.exitOverride().configureOutput({ outputError: () => undefined });
  program.addHelpText('after', environmentHelp);

  for (const add of [addInit, addRecover, addJoin, addStatus]) add(program);
  const project = program.command('project').description('create and list projects');
  for (const add of [addProjectCreate, addProjectList]) add(project);
  for (const add of [addIngest, addList, addGet, addPreview, addVerify, addExport]) add(program);
  const device = program.command('device').description('approve, list, rename and revoke devices');
  for (const add of [addDeviceRequest, addDeviceApprove, addDeviceEnroll, addDeviceList]) add(device);
  addDeviceRename(device);
  addDeviceRevoke(device);
  addDeviceRotate(device);
  const session = program.command('session').description('list active sign-ins and end them');
  for (const add of [addSessionList, addSessionEnd]) add(session);
  const upload = program.command('upload').description('list unfinished uploads and abort them');
  for (const add of [addUploadList, addUploadAbort]) add(upload);
  const server = program.command('server').description('check on the server and its jobs');
  addServerStatus(server);
  addServerRetry(server);
  addServerMove(server);
  addVerifyWeb(program);
  addKeyExport(program.command('key').description('use your key in other OpenPGP programs'));
  return program;
}

const environmentHelp = `
Environment:
  AERIE_HOME             folder of this device's keys and unfinished uploads (default: ~/.aerie)
  AERIE_PASSPHRASE       what locks those keys; or AERIE_PASSPHRASE_FILE, or a prompt on a terminal
  HTTPS_PROXY            the proxy that leads to the server, if any; HTTP_PROXY for a server without TLS
  NO_PROXY               servers that are reached without it`;

async function run(): Promise<void> {
  try {
    await buildProgram().parseAsync();
  } catch (error) {
    // Commander throws for --help and --version too, with exit code 0.
    if (!(error instanceof CommanderError)) throw error;
    const helped = error.exitCode === 0 || error.code === 'commander.help';
    if (!helped) await report(usageFailure(error.message), process.argv.includes('--json'));
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  }
}

void run();
