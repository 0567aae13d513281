import { describe, expect, it } from '@jest/globals';
import { strengthOf } from './passphrase-strength.js';

describe('The estimate of a passphrase', () => {
  it.each([
    ['', 'too_short'],
    ['x', 'too_short'],
    ['1234567', 'too_short'],
    ['\u{1f985}\u{1f985}\u{1f985}\u{1f985}', 'too_short'],
    ['password', 'common'],
    ['P4ssw0rd!', 'common'],
    ['Passwort2026', 'common'],
    ['qwertyuiop', 'common'],
    ['iloveyou1', 'common'],
    ['12345678', 'guessable'],
    ['987654321098', 'guessable'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'repetitive'],
    ['abcabcabcabcabcabcabcabc', 'repetitive'],
    ['harbour12', 'guessable'],
    ['summer2026', 'common'],
    ['drone flight', 'common'],
    ['a passphrase for tests', 'guessable'],
  ])('refuses "%s": %s', (passphrase, fault) => expect(strengthOf(passphrase)).toEqual({ word: 'weak', fault }));

  it.each([
    ['a kestrel over the quay', 'fair'],
    ['kestrel harbour eleven', 'fair'],
    ['x7#Kq!mZ2v', 'fair'],
    ['a kestrel over the harbour, at dawn', 'strong'],
    ['4f9c0e2b7a6d41588e03b1c2d4e5f607', 'strong'],
    ['Größere Möwen über dem Hafen', 'strong'],
  ])('takes "%s", and calls it %s', (passphrase, word) =>
    expect(strengthOf(passphrase)).toEqual({ word, fault: null }),
  );

  it('never calls a longer one of the same kind weaker', () => {
    const words = 'kestrel over the quiet harbour before the morning rain'.split(' ');
    const rank = { weak: 0, fair: 1, strong: 2 };
    const ranks = words.map((_, i) => rank[strengthOf(words.slice(0, i + 1).join(' ')).word]);
    expect(ranks).toEqual([...ranks].sort());
  });

  it('takes no time worth mentioning, however long it is', () => {
    expect(strengthOf('kestrel '.repeat(2_000)).word).toBeDefined();
  });
});
