/** What the SDK explains in English, in the language of now. Codes are the contract; the words are ours. */
import type { Explanation } from '@aerie/sdk';
import { language } from './language.svelte.js';
import { germanProblems } from './problems.de.js';

export function problemText(problem: Explanation): Explanation {
  const german = language.tag === 'de' ? germanProblems[problem.code] : undefined;
  return german ? { ...problem, ...german } : problem;
}
