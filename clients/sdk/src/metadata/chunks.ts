/** Metadata of the two picture containers that are rows of chunks: PNG (ISO/IEC 15948) and WebP (RFC 9649). */
import type { ReadRange } from './bounded-reader.js';
import { fourLetters, startsWith, viewOf, type Metadata } from './metadata-blocks.js';

/** A PNG of 30 MB in chunks of 8 KiB, as libpng writes them, has 4,000. */
const chunksMax = 8192;
const blockBytesMax = 128 * 1024;
const xmpKeyword = 'XML:com.adobe.xmp\0';

/** `eXIf`, which may also follow the picture, and XMP in `iTXt` that is not compressed (XMP part 3, 1.1.5). */
export async function readPngMetadata(read: ReadRange, found: Metadata): Promise<void> {
  let at = 8;
  for (let i = 0; i < chunksMax; i++) {
    const head = Uint8Array.from(await read(at, at + 8));
    const bytes = viewOf(head).getUint32(0);
    const kind = fourLetters(head, 4);
    if (kind === 'IEND') return;
    if ((kind === 'eXIf' || kind === 'iTXt') && bytes <= blockBytesMax) {
      const content = Uint8Array.from(await read(at + 8, at + 8 + bytes));
      if (kind === 'eXIf') found.exif.push(content);
      // After the keyword: compression flag and method, language and translated keyword, each ended by a NUL.
      else if (startsWith(content, xmpKeyword)) found.xmp.push(content.subarray(xmpKeyword.length));
    }
    at += 12 + bytes;
  }
}

/** `EXIF`, by some writers with the signature that JPEG needs, and `XMP `. */
export async function readWebpMetadata(read: ReadRange, found: Metadata): Promise<void> {
  let at = 12;
  for (let i = 0; i < chunksMax; i++) {
    const head = Uint8Array.from(await read(at, at + 8));
    const bytes = viewOf(head).getUint32(4, true);
    const kind = fourLetters(head, 0);
    if ((kind === 'EXIF' || kind === 'XMP ') && bytes <= blockBytesMax) {
      const content = Uint8Array.from(await read(at + 8, at + 8 + bytes));
      if (kind === 'XMP ') found.xmp.push(content);
      else found.exif.push(startsWith(content, 'Exif\0\0') ? content.subarray(6) : content);
    }
    at += 8 + bytes + (bytes & 1);
  }
}
