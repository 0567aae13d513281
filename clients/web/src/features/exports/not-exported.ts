import type { ExportedFile } from '@aerie/sdk';

/** Where an export says what is not in it. */
export const notExportedPath = 'NOT-EXPORTED.txt';

/** One line for each media, in the words that the command line prints. */
export const notExportedText = (files: readonly ExportedFile[]): string =>
  files
    .map(({ mediaId, name, problem }) => `${mediaId}  ${visible(name ?? '?')}  ${visible(problem?.message ?? '')}\n`)
    .join('');

/** A name is somebody else's text: it must not make lines of its own. */
const visible = (text: string): string => text.replace(/\p{C}|\p{Zl}|\p{Zp}/gu, '\ufffd');
