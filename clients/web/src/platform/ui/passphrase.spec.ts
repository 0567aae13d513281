import { describe, expect, it } from '@jest/globals';
import { strengthOf } from './passphrase.js';

describe('The word about a passphrase', () => {
  it.each([
    ['', 'short'],
    ['1234567', 'short'],
    ['12345678', 'weak'],
    ['harbour 12', 'weak'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['harbour 1234', 'fair'],
    ['a kestrel over the harbour', 'strong'],
  ])('calls "%s" %s', (passphrase, word) => expect(strengthOf(passphrase)).toBe(word));

  it('counts characters, not the halves they are stored in', () => expect(strengthOf('🦅🦅🦅🦅')).toBe('short'));
});
