import { z } from 'zod';

/** Text out of a camera: no control characters, and short, so that it is safe to print and cheap to keep. */
const CameraText = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);

/** Where a picture was taken, in WGS 84: decimal degrees, south and west negative; meters, below sea level negative. */
const Position = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  altitude: z.number().min(-20_000).max(100_000).optional(),
});

/** The same as the file words it, kept also where it makes no position (0,0 of a camera without a fix). */
const PositionRaw = z.object({
  source: z.enum(['exif', 'xmp']),
  latitude: CameraText.optional(),
  latitudeRef: CameraText.optional(),
  longitude: CameraText.optional(),
  longitudeRef: CameraText.optional(),
  altitude: CameraText.optional(),
  altitudeRef: CameraText.optional(),
});

/** The fields that state a time, by the names of their standards, in the order in which they are believed. */
export const captureTimeFields = [
  'exif:DateTimeOriginal',
  'exif:DateTimeDigitized',
  'xmp:DateTimeOriginal',
  'xmp:CreateDate',
  'quicktime:creationdate',
  'mvhd',
  'exif:DateTime',
] as const;

/**
 * What a file itself states of time, position and camera. A claim of the camera, not a finding: clocks run wrong and
 * zones are unknown unless `offsetTime` is there. What is not stated is absent, never guessed.
 */
export const CaptureFacts = z.object({
  /** Local time of the camera, zone unknown: `YYYY-MM-DDTHH:MM:SS`. Absent where `capturedAtRaw` is not a real time. */
  capturedAt: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    .optional(),
  capturedAtRaw: CameraText.optional(),
  /** Which field states it. `exif:DateTime` is when the file was last changed, used where nothing else is stated. */
  capturedAtField: z.enum(captureTimeFields).optional(),
  /** From UTC, such as `+04:00`, or `Z`. */
  offsetTime: CameraText.optional(),
  position: Position.optional(),
  positionRaw: PositionRaw.optional(),
  camera: z
    .object({
      make: CameraText.optional(),
      model: CameraText.optional(),
      serial: CameraText.optional(),
      lens: CameraText.optional(),
    })
    .optional(),
  /** EXIF orientation, 1 to 8. */
  orientation: z.int().min(1).max(8).optional(),
  software: CameraText.optional(),
});
export type CaptureFacts = z.infer<typeof CaptureFacts>;
