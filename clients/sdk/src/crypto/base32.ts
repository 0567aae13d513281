/** Crockford's base32, for what people read aloud and type: no I, L, O or U. */
export const base32Digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const bitsPerDigit = 5;

/** The digits that were meant: forgiving about case, white space, dashes, O for 0 and I or L for 1. */
export const meantBase32 = (typed: string): string =>
  typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');

export const isBase32 = (digits: string): boolean => [...digits].every((digit) => base32Digits.includes(digit));

/** Digits in groups with hyphens, as they are printed. */
export const grouped = (digits: string, digitsPerGroup: number): string =>
  digits.match(new RegExp(`.{1,${digitsPerGroup}}`, 'g'))!.join('-');

/** The bits, most significant first, zero-padded to whole digits. */
export function toBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => base32Digits[Number.parseInt(five.padEnd(bitsPerDigit, '0'), 2)])
    .join('');
}

export function fromBase32(digits: string): Uint8Array {
  const bits = [...digits].map((digit) => base32Digits.indexOf(digit).toString(2).padStart(bitsPerDigit, '0')).join('');
  return Uint8Array.from({ length: Math.floor(bits.length / 8) }, (_, i) =>
    Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2),
  );
}
