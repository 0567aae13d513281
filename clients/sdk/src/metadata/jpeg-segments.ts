import type { ReadRange } from './bounded-reader.js';
import { type Metadata, startsWith } from './metadata-blocks.js';

/** Thermal JPEGs carry dozens of APP segments before the picture; beyond this it is not a camera's work. */
const segmentsMax = 256;
const exifSignature = 'Exif\0\0';
const xmpSignature = 'http://ns.adobe.com/xap/1.0/\0';

/** Finds the EXIF and XMP payloads of a JPEG: APP1 segments of either kind (Exif 2.32, 4.7.2; XMP part 3, 1.1.3). */
export async function readJpegMetadata(read: ReadRange, found: Metadata): Promise<void> {
  let at = 2;
  for (let i = 0; i < segmentsMax; i++) {
    const [lead, marker, high, low] = (await read(at, at + 4)) as unknown as [number, number, number, number];
    // Compressed data starts at SOS (0xda); metadata never follows it. EOI is 0xd9.
    if (lead !== 0xff || marker === 0xda || marker === 0xd9) return;
    if (marker === 0xff) {
      at += 1; // a fill octet
      continue;
    }
    const end = at + 2 + high * 256 + low;
    if (marker === 0xe1) {
      const payload = Uint8Array.from(await read(at + 4, end));
      if (startsWith(payload, exifSignature)) found.exif.push(payload.subarray(exifSignature.length));
      else if (startsWith(payload, xmpSignature)) found.xmp.push(payload.subarray(xmpSignature.length));
    }
    at = end;
  }
}
