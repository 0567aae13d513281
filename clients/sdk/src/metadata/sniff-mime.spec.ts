import { sniffMime } from './sniff-mime.js';

const bytes = (latin1: string) => Uint8Array.from(Buffer.from(latin1, 'latin1'));

describe('The type of a file', () => {
  it.each([
    ['\xff\xd8\xff\xe1', 'a.txt', 'image/jpeg'],
    ['\x89PNG\r\n\x1a\n', 'a.jpg', 'image/png'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'a', 'image/webp'],
    ['II*\0\x08\0\0\0', 'a.tif', 'image/tiff'],
    ['MM\0*\0\0\0\x08', 'IMG.DNG', 'image/x-adobe-dng'],
    ['II*\0\x08\0\0\0', 'a.arw', 'image/x-sony-arw'],
    ['GIF89a', 'trick.jpg', 'image/gif'],
    ['<svg xmlns="http://www.w3.org/2000/svg">', 'trick.jpg', 'image/svg+xml'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1', 'a', 'image/heic'],
    ['\0\0\0\x18ftypmif1', 'a', 'image/heif'],
    ['\0\0\0\x18ftypisom', 'DJI_0001.LRF', 'video/mp4'],
    ['\0\0\0\x14ftypqt  ', 'a.mov', 'video/quicktime'],
    ['%PDF-1.7', 'a.bin', 'application/pdf'],
  ])('is taken from the signature %j before the name %s: %s', (first, name, mime) => {
    expect(sniffMime(bytes(first), name)).toBe(mime);
  });

  it.each([
    ['flight.SRT', 'application/x-subrip'],
    ['a.b.gpx', 'application/gpx+xml'],
    ['photo.jpg', 'image/jpeg'],
    ['a.ulg', 'application/octet-stream'],
    ['', 'application/octet-stream'],
  ])('is taken from the name %s where there is no signature: %s', (name, mime) => {
    expect(sniffMime(bytes('no signature'), name)).toBe(mime);
    expect(sniffMime(new Uint8Array(0), name)).toBe(mime);
  });
});
