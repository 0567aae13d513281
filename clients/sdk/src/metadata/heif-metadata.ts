import type { ReadRange } from './bounded-reader.js';
import { boxContent, isoBox, isoBoxes } from './iso-boxes.js';
import { fourLetters, startsWith, viewOf, type Metadata } from './metadata-blocks.js';

/** A tiled picture of a phone has a few hundred items of some 20 octets. */
const tableBytesMax = 64 * 1024;
const blockBytesMax = 128 * 1024;

/** EXIF and XMP of HEIC, HEIF and AVIF: items of the file's `meta` box (ISO/IEC 23008-12, annex A; 14496-12, 8.11). */
export async function readHeifMetadata(read: ReadRange, bytes: number, found: Metadata): Promise<void> {
  const meta = await isoBox(read, 0, bytes, 'meta');
  if (!meta) return;
  const [start, end] = [meta.start + 4, meta.end];
  const information = await isoBox(read, start, end, 'iinf');
  const locations = await isoBox(read, start, end, 'iloc');
  if (!information || !locations) return;
  const places = itemPlaces(await boxContent(read, locations, tableBytesMax));
  const version = (await read(information.start, information.start + 1))[0]!;
  const entriesStart = information.start + (version === 0 ? 6 : 8);
  for await (const entry of isoBoxes(read, entriesStart, information.end)) {
    if (entry.kind !== 'infe') continue;
    const { id, kind } = itemInformation(await boxContent(read, entry, tableBytesMax));
    const place = places.get(id);
    if (!place || place.bytes > blockBytesMax || (kind !== 'Exif' && kind !== 'mime')) continue;
    const content = Uint8Array.from(await read(place.start, place.start + place.bytes));
    if (kind === 'mime') found.xmp.push(content);
    // The first four octets say how many more stand before the TIFF header.
    else found.exif.push(content.subarray(4 + viewOf(content).getUint32(0)));
  }
}

/** An item information entry of version 2 (16-bit id) or 3. Older ones name no kind. A `mime` item that is not XMP has none. */
function itemInformation(content: Uint8Array): { id: number; kind: string } {
  const view = viewOf(content);
  const version = view.getUint8(0);
  if (version !== 2 && version !== 3) return { id: -1, kind: '' };
  const id = version === 2 ? view.getUint16(4) : view.getUint32(4);
  const kindAt = version === 2 ? 8 : 10;
  const kind = fourLetters(content, kindAt);
  const type = content.subarray(content.indexOf(0, kindAt + 4) + 1);
  return { id, kind: kind !== 'mime' || startsWith(type, 'application/rdf+xml\0') ? kind : '' };
}

/** Where items stand that are one piece of this file; others are left out. */
function itemPlaces(content: Uint8Array): Map<number, { start: number; bytes: number }> {
  const places = new Map<number, { start: number; bytes: number }>();
  const view = viewOf(content);
  const version = view.getUint8(0);
  const [offsetBytes, lengthBytes] = [view.getUint8(4) >> 4, view.getUint8(4) & 15];
  const [baseBytes, indexBytes] = [view.getUint8(5) >> 4, version === 0 ? 0 : view.getUint8(5) & 15];
  let at = 6;
  const take = (bytes: number): number => {
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + view.getUint8(at + i);
    at += bytes;
    return value;
  };
  const idBytes = version < 2 ? 2 : 4;
  for (let left = take(idBytes); left > 0; left--) {
    const id = take(idBytes);
    const method = version === 0 ? 0 : take(2) & 15;
    const isHere = take(2) === 0 && method === 0;
    const base = take(baseBytes);
    const extents = take(2);
    for (let i = 0; i < extents; i++) {
      take(indexBytes);
      const [start, bytes] = [base + take(offsetBytes), take(lengthBytes)];
      if (isHere && extents === 1) places.set(id, { start, bytes });
    }
  }
  return places;
}
