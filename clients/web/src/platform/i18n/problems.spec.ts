import { describe, expect, it } from '@jest/globals';
import { errorTable } from '@aerie/protocol';
import { clientHints } from '../../../../sdk/src/errors.js';
import { germanProblems } from './problems.de.js';
import { englishProblems } from './problems.en.js';

/** Every code a page can show, with the hint that stands where the web app does not have words of its own. */
const hints: Record<string, string> = {
  ...Object.fromEntries(Object.entries(errorTable).map(([code, { hint }]) => [code, hint])),
  ...clientHints,
  // Of the page itself (engine/problem-shape.ts).
  'page.fault': '',
};
/** Commands, settings and names of fields: for a terminal, not for a page. */
const terminal = /`|AERIE_|\bcommand\b|\bingest\b|\bbearer\b/i;

describe('The words for problems', () => {
  it('are German for every code there is, and for no other', () => {
    expect(Object.keys(germanProblems).sort()).toEqual(Object.keys(hints).sort());
  });

  it('are whole sentences in German, and speak of no commands', () => {
    for (const [code, { message, hint, isAddedToOriginal }] of Object.entries(germanProblems)) {
      expect([code, message]).toEqual([code, expect.stringMatching(isAddedToOriginal ? /\w$/ : /^[A-ZÄÖÜ].*\.$/)]);
      expect([code, hint]).toEqual([code, expect.stringMatching(/^[A-ZÄÖÜ].*\.$/)]);
      expect([code, hint]).toEqual([code, expect.not.stringMatching(terminal)]);
    }
  });

  it('are reworded in English for known codes only', () => {
    expect(Object.keys(englishProblems).filter((code) => !(code in hints))).toEqual([]);
  });

  it('are our own for files in English: the ones of the SDK are for a terminal', () => {
    const ofFiles = Object.keys(hints).filter((code) => code.startsWith('file.'));
    expect(ofFiles.filter((code) => !englishProblems[code]?.message)).toEqual([]);
  });

  it('speak of no commands in English either', () => {
    const shown = Object.entries(hints).map(([code, hint]) => [code, englishProblems[code]?.hint ?? hint]);
    expect(shown.filter(([, hint]) => terminal.test(hint!))).toEqual([]);
  });
});
