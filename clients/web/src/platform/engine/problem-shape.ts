import type { Explanation } from '@aerie/sdk';

export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(readonly explanation: Explanation) {
    super(explanation.message);
  }
  get code(): string {
    return this.explanation.code;
  }
}

/** Whatever was caught, as something that can be shown. */
export const problemOf = (error: unknown): Explanation =>
  error instanceof Problem
    ? error.explanation
    : { code: 'page.fault', message: error instanceof Error ? error.message : String(error), hint: '' };
