import type { Command } from 'commander';
import { withAerie } from '../client.js';
import { body, jsonOption } from '../command.js';

export function addUploadAbort(upload: Command): void {
  upload
    .command('abort')
    .description('end an unfinished upload of any device, and free the space it reserved; for owners')
    .argument('<upload>', 'its id; see `aerie upload list`')
    .option(...jsonOption)
    .action(
      body(async (output, mediaId: string) => {
        await withAerie(output, async (aerie) => {
          await aerie.server.abortUpload(mediaId);
          output.result({ mediaId, aborted: true }, () => [
            `Upload ${mediaId} was aborted, and the space it reserved is free. Finished files are not touched.`,
            'Its device can upload the file again. To lock it out:  aerie device revoke DEVICE',
          ]);
        });
      }, 'See `aerie upload list` for whether the upload is gone.'),
    );
}
