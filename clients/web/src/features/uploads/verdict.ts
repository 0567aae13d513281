import type { FileState } from './selection.js';

export interface Verdict {
  /** Whether the card may be erased. */
  readonly isSafe: boolean;
  /** Files without a proven receipt. */
  readonly unproven: number;
}

/**
 * Whether everything that was chosen is stored for certain: the SDK gives a receipt only after its signature, media,
 * project and manifest were found to be right. Anything else than that, for any file, means no.
 * @param isListed false while folders are still being looked through
 */
export function verdictOf(
  files: readonly { readonly state: FileState; readonly receipt: string | null }[],
  isListed: boolean,
): Verdict {
  const isProven = ({ state, receipt }: (typeof files)[number]): boolean =>
    (state === 'stored' || state === 'already-stored') && receipt !== null && receipt !== '';
  const unproven = files.filter((file) => !isProven(file)).length;
  return { isSafe: isListed && files.length > 0 && unproven === 0, unproven };
}
