import { CaptureFacts } from '@aerie/protocol';
import exifr from 'exifr';
import { boundedReader, type ReadRange } from './bounded-reader.js';
import { copyExif } from './exif-block.js';
import { readJpegMetadata } from './jpeg-segments.js';
import { xmpValue } from './xmp-values.js';

/** EXIF and XMP take 16 to 64 KiB each; TIFF may scatter them. A 160 GB file costs no more than this. */
const budgetBytes = 1024 * 1024;
const textCharsMax = 200;

type Values = Record<string, unknown>;
type PositionFacts = Pick<CaptureFacts, 'position' | 'positionRaw'>;

/**
 * What EXIF and XMP of a JPEG, TIFF or DNG state of time, position and camera.
 *
 * @param read  octets of the plaintext; no more than 1 MiB of them in all are asked for
 * @param bytes length of the plaintext
 * @param mime  its type by `sniffMime`; other types answer {}
 * @returns raw values; what is not stated, or is damaged, is absent. Only an error of `read` itself is thrown on.
 */
export async function readCaptureFacts(read: ReadRange, bytes: number, mime: string): Promise<CaptureFacts> {
  let failed: unknown;
  const source: ReadRange = (start, end) =>
    read(start, end).catch((error: unknown) => {
      failed = error;
      throw error;
    });
  try {
    return factsOf(await collect(boundedReader(source, bytes, budgetBytes), mime));
  } catch {
    // A vanished or unreadable file is for the caller to hear of; a damaged one states nothing.
    if (failed) throw failed;
    return {};
  }
}

async function collect(read: ReadRange, mime: string): Promise<{ block?: Uint8Array; xmp?: Uint8Array }> {
  if (mime === 'image/tiff' || mime === 'image/x-adobe-dng') return (await copyExif(read)) ?? {};
  if (mime !== 'image/jpeg') return {};
  const { exif, xmp } = await readJpegMetadata(read);
  if (!exif) return { xmp };
  const copied = await copyExif(
    boundedReader(async (start, end) => exif.slice(start, end), exif.length, budgetBytes),
  ).catch(() => undefined);
  return { block: copied?.block, xmp };
}

async function factsOf({ block, xmp }: { block?: Uint8Array; xmp?: Uint8Array }): Promise<CaptureFacts> {
  const decoded: Record<string, Values | undefined> = block ? await decode(block) : {};
  const packet = xmp ? new TextDecoder().decode(xmp) : '';
  const { ifd0 = {}, exif = {}, gps = {} } = decoded;
  const camera = present({
    make: text(ifd0.Make ?? xmpValue(packet, 'tiff:Make')),
    model: text(ifd0.Model ?? xmpValue(packet, 'tiff:Model')),
    serial: text(exif.SerialNumber ?? ifd0.CameraSerialNumber ?? xmpValue(packet, 'drone-dji:CameraSerialNumber')),
    lens: text(exif.LensModel ?? xmpValue(packet, 'aux:Lens')),
  });
  const orientation = ifd0.Orientation;
  const facts = present({
    ...timeFacts(exif, packet),
    ...positionFacts(exifPosition(gps), xmpPosition(packet)),
    camera: Object.keys(camera).length > 0 ? camera : undefined,
    orientation:
      Number.isInteger(orientation) && Number(orientation) >= 1 && Number(orientation) <= 8 ? orientation : undefined,
    software: text(ifd0.Software),
  });
  return CaptureFacts.parse(facts);
}

/** Values as they stand: no Dates (exifr would make them in the zone of this machine), no translated enumerations. */
async function decode(block: Uint8Array): Promise<Record<string, Values | undefined>> {
  const only = {
    tiff: true,
    ifd0: {},
    exif: true,
    gps: true,
    ifd1: false,
    interop: false,
    xmp: false,
    icc: false,
    iptc: false,
  };
  const raw = { mergeOutput: false, reviveValues: false, translateValues: false, translateKeys: true };
  return ((await exifr.parse(block, { ...only, ...raw })) as Record<string, Values> | undefined) ?? {};
}

function timeFacts(exif: Values, packet: string) {
  const candidates: [unknown, unknown][] = [
    [exif.DateTimeOriginal, exif.OffsetTimeOriginal],
    [exif.CreateDate, exif.OffsetTimeDigitized],
    [xmpValue(packet, 'exif:DateTimeOriginal'), undefined],
    [xmpValue(packet, 'xmp:CreateDate'), undefined],
  ];
  for (const [stated, offset] of candidates) {
    const capturedAtRaw = text(stated);
    if (!capturedAtRaw) continue;
    const { local, zone } = localTime(capturedAtRaw);
    return { capturedAtRaw, capturedAt: local, offsetTime: text(offset) ?? zone };
  }
  return {};
}

/** `YYYY:MM:DD HH:MM:SS` of EXIF, or ISO 8601 of XMP with an optional zone. A date without a time is no time. */
function localTime(raw: string): { local?: string; zone?: string } {
  const match = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.exec(raw);
  if (!match) return {};
  const [, year, month, day, hour, minute, second, zone] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const asUtc = new Date(`${local}Z`);
  const isReal = !Number.isNaN(asUtc.getTime()) && asUtc.toISOString().startsWith(local) && Number(year) > 0;
  return isReal ? { local, zone } : {};
}

function exifPosition(gps: Values): PositionFacts {
  const positionRaw = present({
    source: 'exif' as const,
    latitude: text(numbers(gps.GPSLatitude)?.join(' ')),
    latitudeRef: text(gps.GPSLatitudeRef),
    longitude: text(numbers(gps.GPSLongitude)?.join(' ')),
    longitudeRef: text(gps.GPSLongitudeRef),
    altitude: text(numbers(gps.GPSAltitude)?.join(' ')),
    altitudeRef: text(numbers(gps.GPSAltitudeRef)?.join(' ')),
  });
  if (!positionRaw.latitude || !positionRaw.longitude) return {};
  const latitude = degrees(numbers(gps.GPSLatitude), positionRaw.latitudeRef, 'N', 'S');
  const longitude = degrees(numbers(gps.GPSLongitude), positionRaw.longitudeRef, 'E', 'W');
  const [meters] = numbers(gps.GPSAltitude) ?? [];
  const sign = positionRaw.altitudeRef === '1' ? -1 : 1; // Exif 2.32: 1 is below sea level
  return { positionRaw, position: plausible(latitude, longitude, meters === undefined ? undefined : sign * meters) };
}

/** DJI writes signed decimal degrees, under two prefixes and, on older firmware, one misspelling. */
function xmpPosition(packet: string): PositionFacts {
  const stated = (...names: string[]) => text(names.map((name) => xmpValue(packet, name)).find(Boolean));
  const positionRaw = present({
    source: 'xmp' as const,
    latitude: stated('drone-dji:GpsLatitude', 'DJI:GpsLatitude'),
    longitude: stated('drone-dji:GpsLongitude', 'drone-dji:GpsLongtitude', 'DJI:GpsLongitude'),
    altitude: stated('drone-dji:AbsoluteAltitude', 'DJI:AbsoluteAltitude'),
  });
  if (!positionRaw.latitude || !positionRaw.longitude) return {};
  const { latitude, longitude, altitude } = positionRaw;
  return { positionRaw, position: plausible(decimal(latitude), decimal(longitude), decimal(altitude)) };
}

/** EXIF first; XMP only where EXIF makes no position, so that the two are never mixed. */
function positionFacts(exif: PositionFacts, xmp: PositionFacts): PositionFacts {
  if (exif.position || !xmp.position) return exif.positionRaw ? exif : xmp;
  return xmp;
}

function degrees(parts: number[] | undefined, ref: string | undefined, positive: string, negative: string) {
  if (!parts || (ref !== positive && ref !== negative)) return undefined;
  const [whole = NaN, minutes = 0, seconds = 0] = parts;
  if (minutes >= 60 || seconds >= 60) return undefined;
  return (whole + minutes / 60 + seconds / 3600) * (ref === negative ? -1 : 1);
}

/** 0,0 is what a camera without a fix writes, and open sea: unknown. */
function plausible(latitude: number | undefined, longitude: number | undefined, altitude: number | undefined) {
  if (latitude === undefined || longitude === undefined || (latitude === 0 && longitude === 0)) return undefined;
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return undefined;
  const isAltitude = altitude !== undefined && altitude > -20_000 && altitude < 100_000;
  return isAltitude ? { latitude, longitude, altitude } : { latitude, longitude };
}

const decimal = (raw: string | undefined) => (raw && /^[+-]?\d{1,6}(\.\d{1,20})?$/.test(raw) ? Number(raw) : undefined);

function numbers(value: unknown): number[] | undefined {
  const list =
    typeof value === 'number'
      ? [value]
      : ArrayBuffer.isView(value) || Array.isArray(value)
        ? [...(value as Iterable<unknown>)]
        : [];
  const isUsable =
    list.length > 0 && list.length <= 3 && list.every((n) => typeof n === 'number' && Number.isFinite(n));
  return isUsable ? (list as number[]) : undefined;
}

/** Cameras leave uninitialized memory after the first NUL; control characters would reach a terminal. */
function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const untilNul = value.split('\0', 1)[0]!;
  const printable = untilNul
    .replace(/\p{Cc}/gu, '')
    .slice(0, textCharsMax)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
  return printable === '' ? undefined : printable;
}

function present<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
