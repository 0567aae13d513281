/** What the SDK explains in English, in the language of now. Codes are the contract; the words are ours. */
import type { Explanation } from '@aerie/sdk';
import { language } from './language.svelte.js';
import { germanProblems } from './problems.de.js';
import { englishProblems } from './problems.en.js';
import type { Wording } from './wording.js';

export function problemText(problem: Explanation): Explanation {
  const wording: Partial<Wording> | undefined = (language.tag === 'de' ? germanProblems : englishProblems)[
    problem.code
  ];
  const message = wording?.isAddedToOriginal ? `${wording.message}: ${problem.message}` : wording?.message;
  return { ...problem, message: message ?? problem.message, hint: wording?.hint ?? problem.hint };
}
