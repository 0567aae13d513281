/**
 * How hard a passphrase is to guess for an attacker who has the locked keys and knows how people choose: well-known
 * passwords, years, rows of keys and repetitions count little, each further word or character counts more. An estimate
 * for telling people, no proof. Imports nothing, so that a page can use it without the SDK.
 */

/** Characters. What is shorter is refused whatever it is. */
export const passphraseLengthMin = 8;
/**
 * Bits. Argon2 with 64 MiB lets a rented graphics card try some thousand a second: 2^36 take most of a year. Below
 * `fairBits` a passphrase is refused.
 */
const fairBits = 36;
const strongBits = 60;

/** `common` is among the first that attackers try; `repetitive` says little more than its beginning. */
export type PassphraseFault = 'too_short' | 'common' | 'repetitive' | 'guessable';
export interface PassphraseStrength {
  readonly word: 'weak' | 'fair' | 'strong';
  /** Why it is weak; null where it is not. Weak ones are refused. */
  readonly fault: PassphraseFault | null;
}

/** What the lists of leaked passwords begin with, and what people put beside it. */
const commonWords =
  'password passwort passphrase passwd admin administrator welcome willkommen letmein qwerty qwertz azerty iloveyou monkey dragon sunshine princess football baseball master superman batman trustno hello hallo secret geheim shadow michael jordan jennifer thomas charlie access login starwars summer sommer winter spring autumn default changeme change test tests testing guest user root temp drone drones aerie flight pilot survey police schatz berlin london internet computer freedom whatever cheese pokemon ninja mustang hunter soccer hockey killer george andrew daniel jessica ashley love'.split(
    ' ',
  );
const keyRows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop'];
const looksLike: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

const commonWordBits = 7;
const yearBits = 7;
/** A start and a length, in one of few rows. */
const rowBits = 6;
/** Letters of words carry two to three bits each; those that stand among digits and signs are no words. */
const letterBits = 2.3;
const looseLetterBits = 4.5;
const digitBits = 3.3;
const symbolBits = 4.5;
const otherBits = 6;

export function strengthOf(passphrase: string): PassphraseStrength {
  const characters = [...passphrase.normalize('NFKC')];
  if (characters.length < passphraseLengthMin) return { word: 'weak', fault: 'too_short' };
  const text = characters.join('').toLowerCase();
  const once = withoutRepetition(text);
  const bits = bitsOf(once) + Math.log2(text.length / once.length + 1) - 1 + capitalBits(characters);
  if (bits >= fairBits) return { word: bits < strongBits ? 'fair' : 'strong', fault: null };
  if (once.length <= text.length / 2) return { word: 'weak', fault: 'repetitive' };
  const isCommon = commonWords.some((word) => readable(text).includes(word) && word.length >= text.length / 2);
  return { word: 'weak', fault: isCommon ? 'common' : 'guessable' };
}

/** `abcabcabc` is `abc`, and `aaaa` is `a`. */
function withoutRepetition(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    const head = text.slice(0, length);
    if (head.repeat(Math.ceil(text.length / length)).startsWith(text)) return head;
  }
  return text;
}

/** The cheapest of what can be read at each place, one after the other. */
function bitsOf(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length;) {
    const { length, cost } = tokenAt(text, at);
    bits += cost;
    at += length;
  }
  return bits;
}

function tokenAt(text: string, at: number): { length: number; cost: number } {
  const rest = text.slice(at);
  const plain = readable(rest);
  const common = commonWords.filter((word) => plain.startsWith(word)).sort((a, b) => b.length - a.length)[0];
  if (common) return { length: common.length, cost: commonWordBits + (rest.startsWith(common) ? 0 : 1) };
  if (/^(19|20)\d\d/.test(rest)) return { length: 4, cost: yearBits };
  const run = rowLength(rest);
  if (run >= 3) return { length: run, cost: rowBits };
  const same = /^(.)\1{2,}/u.exec(rest)?.[0].length;
  if (same) return { length: same, cost: otherBits + Math.log2(same) };
  const [character] = [...rest] as [string];
  return { length: character.length, cost: isLoose(text, at) ? looseLetterBits : characterBits(character) };
}

/** A letter or two between digits or signs. */
function isLoose(text: string, at: number): boolean {
  const [before] = /[a-z]*$/.exec(text.slice(Math.max(0, at - 2), at))!;
  const [after] = /^[a-z]*/.exec(text.slice(at, at + 3))!;
  const edges = [text[at - before.length - 1], text[at + after.length]];
  const isShort = after.length > 0 && before.length + after.length <= 2;
  return isShort && edges.some((edge) => edge !== undefined && edge !== ' ');
}

function characterBits(character: string): number {
  if (/[a-z]/.test(character)) return letterBits;
  if (/\d/.test(character)) return digitBits;
  // Between words a space tells nothing that the words do not.
  if (character === ' ') return 1;
  return character.charCodeAt(0) < 128 ? symbolBits : otherBits;
}

/** How many characters go along a row of keys, forwards or backwards. */
function rowLength(text: string): number {
  let longest = 0;
  for (const row of keyRows)
    for (const line of [row, [...row].reverse().join('')]) {
      const from = line.indexOf(text[0]!);
      let length = 0;
      while (from >= 0 && length < text.length && line[from + length] === text[length]) length++;
      longest = Math.max(longest, length);
    }
  return longest;
}

/** With the usual digits and signs read as the letters they stand for: `p4ssw0rd`. */
const readable = (text: string): string => text.replace(/[013457@$]/g, (sign) => looksLike[sign]!);

/** A capital at the front is what everybody does; others inside add something. */
const capitalBits = (characters: readonly string[]): number =>
  Math.min(6, characters.slice(1).filter((character) => /\p{Lu}/u.test(character)).length * 1.5);
