/** UTF-8 octets: leaves room for `.manifest.json.sig` below the 255 of most file systems. */
const nameBytesMax = 200;
/** Superscript digits count as digits there. */
const reservedOnWindows = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;
/** Separators, what Windows refuses, and everything invisible: controls, formats such as right-to-left marks, lone surrogates. */
const unsafe = /[/\\:*?"<>|]|\p{C}|\p{Zl}|\p{Zp}/gu;

/** A name from inside a media as a file name that is safe on every file system, and no path. */
export function safeName(name: string): string {
  let safe = name
    .normalize('NFC')
    .replace(unsafe, '_')
    .replace(/^[.\s]+/, '_')
    .replace(/[.\s]+$/, '_');
  if (safe === '') safe = '_';
  if (reservedOnWindows.test(safe)) safe = `_${safe}`;
  return cut(safe, nameBytesMax);
}

/** The same, but none twice: file systems that do not tell cases apart included. */
export function uniqueName(name: string, taken: Set<string>): string {
  const safe = safeName(name);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? safe : numbered(safe, number);
    const key = candidate.toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return candidate;
  }
}

function numbered(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  return `${cut(stem, nameBytesMax - 8 - new TextEncoder().encode(extension).length)}-${number}${extension}`;
}

/** Cuts between characters, keeping a short extension. */
function cut(name: string, bytesMax: number): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  if (bytes(name) <= bytesMax) return name;
  const extension = /\.[^.]{1,12}$/u.exec(name)?.[0] ?? '';
  const characters = [...name.slice(0, name.length - extension.length)];
  let used = bytes(extension);
  const kept = characters.slice(
    0,
    characters.findIndex((character) => (used += bytes(character)) > bytesMax),
  );
  return kept.join('') + extension;
}
