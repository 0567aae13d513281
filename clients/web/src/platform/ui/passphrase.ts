/** Characters. */
export const passphraseLengthMin = 8;
const fairLength = 12;
const strongLength = 18;
const distinctMin = 5;

/** A rough word about a passphrase, by length: what few people guess and machines count is how long it is. */
export function strengthOf(passphrase: string): 'short' | 'weak' | 'fair' | 'strong' {
  const length = [...passphrase].length;
  if (length < passphraseLengthMin) return 'short';
  if (length < fairLength || new Set(passphrase).size < distinctMin) return 'weak';
  return length < strongLength ? 'fair' : 'strong';
}
