import { crc32 } from 'node:zlib';

/**
 * The files of a zip that keeps them as they are (APPNOTE 6.3, method 0), by the list at its end, each checked against
 * its CRC-32. @throws Error for anything else
 */
export function unzipped(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('the zip has no end');
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, crc, bytes] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 24)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.subarray(at + 46, at + 46 + nameBytes!).toString();
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(start, start + bytes);
    if (method !== 0 || crc32(content) !== crc || files.has(name)) throw new Error(`${name} in the zip is damaged`);
    files.set(name, content);
    at += 46 + nameBytes! + extraBytes! + commentBytes!;
  }
  return files;
}
