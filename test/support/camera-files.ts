/** Small files of the kinds that cameras write, laid out octet by octet, so that tests can state what no library writes. */

type Pair = readonly [numerator: number, denominator: number];
type Value = string | readonly Pair[];
/** By tag; a text is ASCII, pairs are RATIONAL, or SRATIONAL where one of them is negative. */
export type Directory = Readonly<Record<number, Value>>;

export const tags = {
  make: 0x010f,
  dateTime: 0x0132,
  offsetTime: 0x9010,
  dateTimeOriginal: 0x9003,
  dateTimeDigitized: 0x9004,
  offsetTimeOriginal: 0x9011,
  latitudeRef: 1,
  latitude: 2,
  longitudeRef: 3,
  longitude: 4,
  altitude: 6,
};

/** 47° 30′ north, 8° 15′ east: what a test does not mean to break. */
export const goodPosition: Directory = {
  [tags.latitudeRef]: 'N',
  [tags.latitude]: [
    [47, 1],
    [30, 1],
    [0, 1],
  ],
  [tags.longitudeRef]: 'E',
  [tags.longitude]: [
    [8, 1],
    [15, 1],
    [0, 1],
  ],
};

/** An EXIF block: a little-endian TIFF of three directories. */
export function exifBlock(parts: { ifd0?: Directory; exif?: Directory; gps?: Directory }): Buffer {
  const directories = [parts.ifd0 ?? {}, parts.exif ?? {}, parts.gps ?? {}].map((entries) => Object.entries(entries));
  const sizes = directories.map((entries, i) => 2 + (entries.length + (i === 0 ? 2 : 0)) * 12 + 4);
  const starts = [8, 8 + sizes[0]!, 8 + sizes[0]! + sizes[1]!];
  const valuesStart = starts[2]! + sizes[2]!;
  const values: Buffer[] = [];
  const entry = (tag: number, type: number, count: number, octets: Buffer) => {
    const head = Buffer.alloc(12);
    head.writeUInt16LE(tag, 0);
    head.writeUInt16LE(type, 2);
    head.writeUInt32LE(count, 4);
    if (octets.length <= 4) octets.copy(head, 8);
    else {
      head.writeUInt32LE(valuesStart + Buffer.concat(values).length, 8);
      values.push(octets);
    }
    return head;
  };
  const stated = ([tag, value]: [string, Value]) => {
    if (typeof value === 'string') return entry(Number(tag), 2, value.length + 1, Buffer.from(`${value}\0`, 'latin1'));
    const isSigned = value.some(([numerator]) => numerator < 0);
    const octets = Buffer.from(Int32Array.from(value.flat()).buffer);
    return entry(Number(tag), isSigned ? 10 : 5, value.length, octets);
  };
  const pointer = (tag: number, to: number) => entry(tag, 4, 1, Buffer.from(Uint32Array.of(to).buffer));
  const printed = directories.map((entries, i) => {
    const pointers = i === 0 ? [pointer(0x8769, starts[1]!), pointer(0x8825, starts[2]!)] : [];
    const count = Buffer.from(Uint16Array.of(entries.length + pointers.length).buffer);
    return Buffer.concat([count, ...entries.map(stated), ...pointers, Buffer.alloc(4)]);
  });
  const head = Buffer.from('49492a0008000000', 'hex');
  return Buffer.concat([head, ...printed, ...values]);
}

const app1 = (payload: Buffer) =>
  Buffer.concat([Buffer.from([0xff, 0xe1, (payload.length + 2) >> 8, (payload.length + 2) & 255]), payload]);

/** A JPEG without a picture: its metadata segments, and the end of the image. */
export const jpegOf = (...segments: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('ffd8', 'hex'), ...segments.map(app1), Buffer.from('ffd9', 'hex')]);
export const exifSegment = (block: Buffer): Buffer => Buffer.concat([Buffer.from('Exif\0\0'), block]);
export const xmpPacket = (attributes: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description ${attributes}/></rdf:RDF></x:xmpmeta>`;
export const xmpSegment = (attributes: string): Buffer =>
  Buffer.from(`http://ns.adobe.com/xap/1.0/\0${xmpPacket(attributes)}`);

/** A box of an ISO base media file. */
export function box(type: string, ...contents: (Buffer | number[])[]): Buffer {
  const content = Buffer.concat(contents.map((piece) => Buffer.from(piece)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

const secondsBefore1970 = 2_082_844_800;
const ftyp = (brand: string) => box('ftyp', Buffer.from(`${brand}\0\0\0\0${brand}`, 'latin1'));

/** A movie header (ISO/IEC 14496-12, 8.2.2) of version 0 or 1. */
export function mvhd(createdAt: Date | number, version: 0 | 1 = 0): Buffer {
  const seconds = typeof createdAt === 'number' ? createdAt : createdAt.getTime() / 1000 + secondsBefore1970;
  const head = Buffer.alloc(4 + (version === 1 ? 28 : 16) + 80);
  head.writeUInt8(version, 0);
  if (version === 1) head.writeBigUInt64BE(BigInt(seconds), 4);
  else head.writeUInt32BE(seconds, 4);
  return box('mvhd', head);
}

/** Metadata of QuickTime (File Format, "Metadata"): one key with one text. */
export function quickTimeMeta(key: string, text: string, isFullBox = false): Buffer {
  const long = (value: number) => Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
  const keys = box('keys', long(0), long(1), box('mdta', Buffer.from(key)));
  const data = box('data', long(1), long(0), Buffer.from(text));
  const ilst = box('ilst', box('\0\0\0\x01', data));
  const hdlr = box('hdlr', long(0), long(0), Buffer.from('mdta'), Buffer.alloc(13));
  return box('meta', ...(isFullBox ? [long(0)] : []), hdlr, keys, ilst);
}

/** A video of nothing but its description, which stands after the pictures as cameras write it. */
export const movie = (brand: string, ...inMoov: Buffer[]): Buffer =>
  Buffer.concat([ftyp(brand), box('free', Buffer.alloc(8)), box('mdat', Buffer.alloc(9000)), box('moov', ...inMoov)]);

/** Chunks of a PNG; checksums are left at zero, as no reader of metadata looks at them. */
export const pngOf = (...chunks: [type: string, content: Buffer][]): Buffer =>
  Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...chunks.map(([type, content]) => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(content.length, 0);
      head.write(type, 4, 'latin1');
      return Buffer.concat([head, content, Buffer.alloc(4)]);
    }),
  ]);
