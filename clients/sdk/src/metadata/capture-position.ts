import type { CaptureFacts } from '@aerie/protocol';
import { cameraText, present } from './camera-text.js';
import type { ExifDirectory, ExifNumber } from './exif-block.js';
import { xmpValue } from './xmp-values.js';

type PositionFacts = Pick<CaptureFacts, 'position' | 'positionRaw'>;
const tags = { latitudeRef: 1, latitude: 2, longitudeRef: 3, longitude: 4, altitudeRef: 5, altitude: 6 };

/** The first that makes a position, else the first text of one, so that values of two sources are never mixed. */
export function positionFacts(gpsDirectories: readonly ExifDirectory[], packet: string): PositionFacts {
  const stated = [...gpsDirectories.map(exifPosition), djiPosition(packet), xmpExifPosition(packet)];
  return stated.find(({ position }) => position) ?? stated.find(({ positionRaw }) => positionRaw) ?? {};
}

function exifPosition(gps: ExifDirectory): PositionFacts {
  const numbers = (tag: number) => numbersOf(gps.get(tag));
  const raw = (tag: number) =>
    cameraText(
      numbers(tag)
        ?.map(({ text }) => text)
        .join(' '),
    );
  const positionRaw = present({
    source: 'exif' as const,
    latitude: raw(tags.latitude),
    latitudeRef: cameraText(gps.get(tags.latitudeRef)),
    longitude: raw(tags.longitude),
    longitudeRef: cameraText(gps.get(tags.longitudeRef)),
    altitude: raw(tags.altitude),
    altitudeRef: raw(tags.altitudeRef),
  });
  if (!positionRaw.latitude || !positionRaw.longitude) return {};
  const values = (tag: number) => numbers(tag)?.map(({ value }) => value) ?? [];
  const latitude = onSphere(degrees(values(tags.latitude)), positionRaw.latitudeRef, 'N', 'S');
  const longitude = onSphere(degrees(values(tags.longitude)), positionRaw.longitudeRef, 'E', 'W');
  // Exif 2.32: 1 is below sea level.
  const altitude = signed(values(tags.altitude)[0], positionRaw.altitudeRef === '1');
  return { positionRaw, position: plausible(latitude, longitude, altitude) };
}

/** DJI writes signed decimal degrees, under two prefixes and, on older firmware, one misspelling. */
function djiPosition(packet: string): PositionFacts {
  const stated = (...names: string[]) => cameraText(names.map((name) => xmpValue(packet, name)).find(Boolean));
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

/** EXIF's fields in XMP (XMP part 2, 3.3): `47,30,12N` or `47,30.2083N`, and a ratio for the height. */
function xmpExifPosition(packet: string): PositionFacts {
  const stated = (name: string) => cameraText(xmpValue(packet, name));
  const positionRaw = present({
    source: 'xmp' as const,
    latitude: stated('exif:GPSLatitude'),
    longitude: stated('exif:GPSLongitude'),
    altitude: stated('exif:GPSAltitude'),
    altitudeRef: stated('exif:GPSAltitudeRef'),
  });
  if (!positionRaw.latitude || !positionRaw.longitude) return {};
  const latitude = xmpDegrees(positionRaw.latitude, 'N', 'S');
  const longitude = xmpDegrees(positionRaw.longitude, 'E', 'W');
  const [numerator, denominator = 1] = (positionRaw.altitude ?? '').split('/').map(decimal);
  const altitude =
    numerator === undefined ? undefined : signed(numerator / denominator, positionRaw.altitudeRef === '1');
  return { positionRaw, position: plausible(latitude, longitude, altitude) };
}

function xmpDegrees(raw: string, positive: string, negative: string): number | undefined {
  const match = /^(\d{1,3}),(\d{1,2}(?:\.\d{1,20})?)(?:,(\d{1,2}(?:\.\d{1,20})?))?([NSEW])$/.exec(raw);
  if (!match) return undefined;
  return onSphere(degrees([Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]), match[4], positive, negative);
}

/**
 * Degrees, minutes and seconds as one number. 60 carries over, 0/0 at the end is not stated. A sign counts where the
 * first number that is not 0 has it; one that comes later contradicts it.
 */
function degrees(parts: readonly number[]): number | undefined {
  const [whole = Number.NaN, minutes = 0, seconds = 0] = parts;
  if (parts.length > 3 || Number.isNaN(whole) || (Number.isNaN(minutes) && seconds > 0)) return undefined;
  const stated = [whole, minutes || 0, seconds || 0] as const;
  const isNegative = (stated.find((part) => part !== 0) ?? 0) < 0;
  if (!isNegative && stated.some((part) => part < 0)) return undefined;
  const [d, m, s] = stated.map(Math.abs) as [number, number, number];
  if (m > 60 || s > 60) return undefined;
  return (d + m / 60 + s / 3600) * (isNegative ? -1 : 1);
}

const onSphere = (value: number | undefined, ref: string | undefined, positive: string, negative: string) =>
  ref === positive || ref === negative ? signed(value, ref === negative) : undefined;

/** A negative number that is also said to be south, west or below may mean either: it states nothing. */
function signed(value: number | undefined, isNegative: boolean): number | undefined {
  if (value === undefined || (isNegative && value < 0)) return undefined;
  return isNegative ? -value : value;
}

/** 0,0 is what a camera without a fix writes, and open sea: unknown. */
function plausible(latitude: number | undefined, longitude: number | undefined, altitude: number | undefined) {
  if (latitude === undefined || longitude === undefined || (latitude === 0 && longitude === 0)) return undefined;
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return undefined;
  const isAltitude = altitude !== undefined && altitude > -20_000 && altitude < 100_000;
  return isAltitude ? { latitude, longitude, altitude } : { latitude, longitude };
}

const decimal = (raw: string | undefined) => (raw && /^[+-]?\d{1,9}(\.\d{1,20})?$/.test(raw) ? Number(raw) : undefined);

const numbersOf = (value: string | readonly ExifNumber[] | undefined) =>
  typeof value === 'string' ? undefined : value;
