import type { FileState } from './selection.js';
import { verdictOf } from './verdict.js';

const file = (state: FileState, receipt: string | null = null) => ({ state, receipt });
const stored = file('stored', 'signed note');
const known = file('already-stored', 'signed note');

describe('Whether a card may be erased', () => {
  it.each<[string, { isSafe: boolean; unproven: number }, Parameters<typeof verdictOf>]>([
    ['every file is stored with a receipt', { isSafe: true, unproven: 0 }, [[stored, stored], true]],
    ['every file was stored already, with a receipt', { isSafe: true, unproven: 0 }, [[known, stored], true]],
    ['nothing was chosen', { isSafe: false, unproven: 0 }, [[], true]],
    ['folders are still being looked through', { isSafe: false, unproven: 0 }, [[stored], false]],
    ['a file waits', { isSafe: false, unproven: 1 }, [[stored, file('waiting')], true]],
    ['a file is under way', { isSafe: false, unproven: 1 }, [[stored, file('active')], true]],
    ['a file failed', { isSafe: false, unproven: 1 }, [[stored, file('failed')], true]],
    ['a file that failed has a receipt of old', { isSafe: false, unproven: 1 }, [[file('failed', 'note')], true]],
    ['a stored file has no receipt', { isSafe: false, unproven: 1 }, [[stored, file('stored')], true]],
    ['a stored file has an empty receipt', { isSafe: false, unproven: 1 }, [[file('already-stored', '')], true]],
    ['one of many is not proven', { isSafe: false, unproven: 1 }, [[...Array(9).fill(stored), file('waiting')], true]],
  ])('where %s', (_, verdict, given) => {
    expect(verdictOf(...given)).toEqual(verdict);
  });
});
