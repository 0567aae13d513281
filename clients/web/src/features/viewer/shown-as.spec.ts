import { decodeText, shownAs } from './shown-as.js';

describe('What the viewer makes of a file', () => {
  it.each([
    ['a.jpg', 'image/jpeg', 'picture'],
    ['a.svg', 'image/svg+xml', 'picture'],
    ['a.dng', 'image/x-adobe-dng', 'rendition'],
    ['a.tif', 'image/tiff', 'rendition'],
    ['a.mp4', 'video/mp4', 'video'],
    ['a.html', 'application/octet-stream', 'text'],
    ['a.html', 'text/html', 'text'],
    ['a.KML', 'application/vnd.google-earth.kml+xml', 'text'],
    ['flight.log', 'application/octet-stream', 'text'],
    ['a.pdf', 'application/pdf', 'file'],
    ['report.txt', 'application/pdf', 'file'],
    ['a.ulg', 'application/octet-stream', 'file'],
    ['a.kmz', 'application/vnd.google-earth.kmz', 'file'],
  ])('%s of type %s is shown as %s', (name, mime, shown) => expect(shownAs(name, mime)).toBe(shown));

  it('reads UTF-8 and UTF-16, and takes what holds zeros for no text', () => {
    expect(decodeText(new TextEncoder().encode('Küste'))).toBe('Küste');
    expect(decodeText(Uint8Array.from(Buffer.from('\ufeffKüste', 'utf16le')))).toBe('Küste');
    expect(decodeText(Uint8Array.of(0x44, 0x4a, 0x49, 0, 1))).toBeNull();
    expect(decodeText(new Uint8Array())).toBe('');
  });
});
