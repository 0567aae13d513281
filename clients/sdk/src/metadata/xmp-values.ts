/** Reads `prefix:Name="value"`, `prefix:Name='value'` and `<prefix:Name>value</prefix:Name>`; real XMP is longer than that. */
const valueCharsMax = 200;

/**
 * The raw text of a simple property in an XMP packet, by its conventional prefix (XMP part 1, 7.4), or undefined.
 * Searches text in linear time and builds no tree: DJI's XT S declares a namespace twice, which strict XML parsers refuse.
 */
export function xmpValue(packet: string, name: string): string | undefined {
  for (let at = packet.indexOf(name); at >= 0; at = packet.indexOf(name, at + name.length)) {
    const before = packet[at - 1];
    const after = packet[at + name.length];
    const valueStart = at + name.length + (after === '=' ? 2 : 1);
    const closing = after === '=' ? packet[valueStart - 1] : '<';
    const isAttribute = after === '=' && /\s/.test(before ?? '') && (closing === '"' || closing === "'");
    const isElement = after === '>' && before === '<';
    if (!isAttribute && !isElement) continue;
    const value = packet.slice(valueStart, valueStart + valueCharsMax);
    const end = value.indexOf(closing!);
    if (end >= 0) return value.slice(0, end);
  }
  return undefined;
}
