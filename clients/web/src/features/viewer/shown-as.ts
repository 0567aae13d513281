/** What the viewer makes of a file. The type decides nothing about safety: whatever it says, nothing of a file is run. */

/** What every browser shows as `<img>`, in which SVG neither runs nor loads anything. */
const displayed = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/svg+xml'];
const textMimes = [
  'application/json',
  'application/x-subrip',
  'application/gpx+xml',
  'application/vnd.google-earth.kml+xml',
];
const textNames = /\.(kml|gpx|srt|vtt|txt|log|csv|json|html?|xml|md|ya?ml|ini)$/i;

/** `rendition`: a picture that browsers do not decode, shown by its preview. `file`: can only be downloaded. */
export type ShownAs = 'picture' | 'rendition' | 'video' | 'text' | 'file';

export function shownAs(name: string, mime: string): ShownAs {
  if (displayed.includes(mime)) return 'picture';
  if (mime.startsWith('image/')) return 'rendition';
  if (mime.startsWith('video/')) return 'video';
  const isText = mime.startsWith('text/') || textMimes.includes(mime) || textNames.test(name);
  return isText && mime !== 'application/pdf' ? 'text' : 'file';
}

/** Octets as text, UTF-16 where they begin so; null where they are none: text holds no zero octets. */
export function decodeText(octets: Uint8Array): string | null {
  const utf16 = { '254,255': 'utf-16be', '255,254': 'utf-16le' }[octets.subarray(0, 2).join()];
  if (!utf16 && octets.includes(0)) return null;
  return new TextDecoder(utf16 ?? 'utf-8').decode(octets);
}
