import type { CaptureFacts } from '@aerie/protocol';
import { cameraText, present } from './camera-text.js';

type TimeFacts = Pick<CaptureFacts, 'capturedAt' | 'capturedAtRaw' | 'capturedAtField' | 'offsetTime'>;

/** One field of a file that states a time. */
export interface StatedTime {
  readonly field: NonNullable<CaptureFacts['capturedAtField']>;
  readonly stated: unknown;
  /** Where the offset from UTC stands in a field of its own. */
  readonly offset?: unknown;
}

/** The first real time of the fields, in their order. Cameras without a clock write zeros or blanks, which are passed over. */
export function timeFacts(fields: readonly StatedTime[]): TimeFacts {
  let firstText: TimeFacts | undefined;
  for (const { field, stated, offset } of fields) {
    const capturedAtRaw = cameraText(stated);
    if (!capturedAtRaw) continue;
    const time = localTime(capturedAtRaw);
    if (time)
      return present({
        capturedAtRaw,
        capturedAtField: field,
        capturedAt: time.local,
        offsetTime: offsetOf(cameraText(offset)) ?? offsetOf(time.zone),
      });
    firstText ??= { capturedAtRaw, capturedAtField: field };
  }
  return firstText ?? {};
}

/**
 * `YYYY:MM:DD HH:MM[:SS]` of EXIF, or ISO 8601 of XMP and QuickTime with an optional zone. A date without a time is no
 * time; seconds that are not stated are 0.
 */
function localTime(raw: string): { local: string; zone: string | undefined } | undefined {
  const match = /^(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/.exec(
    raw,
  );
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', zone] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const asUtc = new Date(`${local}Z`);
  const isReal = !Number.isNaN(asUtc.getTime()) && asUtc.toISOString().startsWith(local) && Number(year) > 0;
  return isReal ? { local, zone } : undefined;
}

/** `Z`, or an offset with a colon as ISO 8601 has it; blanks are none. */
function offsetOf(stated: string | undefined): string | undefined {
  if (stated === 'Z') return stated;
  const match = /^([+-]\d\d):?(\d\d)$/.exec(stated ?? '');
  return match ? `${match[1]}:${match[2]}` : undefined;
}
