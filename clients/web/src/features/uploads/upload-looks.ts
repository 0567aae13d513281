import type { Totals } from './selection.js';
import type { Phase, Upload } from './upload.svelte.js';
import { uploadsTexts as t } from './uploads-texts.js';

/** What is going on, in a few words. */
export function phaseText(upload: Upload): string {
  const { states, files } = upload.totals;
  if (upload.phase === 'running' && upload.isListing) return t.listing;
  if (upload.phase !== 'done') return t[upload.phase];
  if (files === 0) return t.nothingFound;
  return states.failed > 0 ? t.doneFailed(states.failed) : t.done;
}

/** From 0 to 1; empty files count by their number. */
export function shareOf({ bytes, bytesDone, files }: Totals, phase: Phase): number {
  if (bytes === 0) return phase === 'done' && files > 0 ? 1 : 0;
  return Math.min(1, bytesDone / bytes);
}
