/** How many first octets of a file `sniffMime` looks at. */
export const sniffBytes = 64;

/** Type by file name, for what has no signature, and for raw formats that share one with TIFF. */
const byExtension: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  heic: 'image/heic',
  heif: 'image/heif',
  avif: 'image/avif',
  dng: 'image/x-adobe-dng',
  cr2: 'image/x-canon-cr2',
  nef: 'image/x-nikon-nef',
  arw: 'image/x-sony-arw',
  mp4: 'video/mp4',
  lrf: 'video/mp4',
  osv: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
  ts: 'video/mp2t',
  srt: 'application/x-subrip',
  txt: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
  gpx: 'application/gpx+xml',
  kml: 'application/vnd.google-earth.kml+xml',
  kmz: 'application/vnd.google-earth.kmz',
  pdf: 'application/pdf',
  zip: 'application/zip',
};

/** Raw formats built on TIFF: their previews are found through its directories. */
export const tiffRawMimes = ['image/x-adobe-dng', 'image/x-canon-cr2', 'image/x-nikon-nef', 'image/x-sony-arw'];

const heifBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx'];

/**
 * The media type of a file: by its signature, else by the extension of `name`, else application/octet-stream.
 * The signature wins, so a file renamed to `.jpg` is not handed to a JPEG reader.
 *
 * @param first the first `sniffBytes` octets, or all of a shorter file
 */
export function sniffMime(first: Uint8Array, name: string): string {
  const octets = String.fromCharCode(...first.subarray(0, sniffBytes));
  const extension = /\.([^./\\]{1,8})$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const named = byExtension[extension];
  return bySignature(octets, named) ?? named ?? 'application/octet-stream';
}

function bySignature(octets: string, named: string | undefined): string | undefined {
  if (octets.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (octets.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (octets.startsWith('II*\0') || octets.startsWith('MM\0*')) {
    return named && tiffRawMimes.includes(named) ? named : 'image/tiff';
  }
  if (octets.startsWith('GIF87a') || octets.startsWith('GIF89a')) return 'image/gif';
  if (octets.startsWith('RIFF') && octets.slice(8, 12) === 'WEBP') return 'image/webp';
  if (octets.startsWith('RIFF') && octets.slice(8, 12) === 'AVI ') return 'video/x-msvideo';
  if (octets.slice(4, 8) === 'ftyp') return isoMedia(octets.slice(8, 12));
  if (['moov', 'mdat', 'wide'].includes(octets.slice(4, 8))) return 'video/quicktime';
  if (octets.startsWith('\x1a\x45\xdf\xa3')) return 'video/x-matroska';
  if (octets.startsWith('%PDF-')) return 'application/pdf';
  if (octets.startsWith('PK\x03\x04')) return named?.endsWith('kmz') ? named : 'application/zip';
  if (/^(\xef\xbb\xbf)?\s*<svg[\s>]/.test(octets)) return 'image/svg+xml';
  return undefined;
}

/** By the major brand of the file type box (ISO/IEC 14496-12, 4.3; HEIF: ISO/IEC 23008-12, annex B). */
function isoMedia(brand: string): string {
  if (heifBrands.includes(brand)) return 'image/heic';
  if (brand === 'mif1' || brand === 'msf1') return 'image/heif';
  if (brand === 'avif' || brand === 'avis') return 'image/avif';
  if (brand === 'crx ') return 'image/x-canon-cr3';
  return brand === 'qt  ' ? 'video/quicktime' : 'video/mp4';
}
