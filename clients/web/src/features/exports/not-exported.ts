import type { ExportedFile } from '@aerie/sdk';
import { visible } from '../../platform/i18n/visible.js';

/** Where an export says what is not in it. */
export const notExportedPath = 'NOT-EXPORTED.txt';

/** One line for each media, in the words that the command line prints. */
export const notExportedText = (files: readonly ExportedFile[]): string =>
  files
    .map(({ mediaId, name, problem }) => `${mediaId}  ${visible(name ?? '?')}  ${visible(problem?.message ?? '')}\n`)
    .join('');
