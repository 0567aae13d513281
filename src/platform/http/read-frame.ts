import { parseFrame } from '@aerie/protocol';
import type { z } from 'zod';
import { ApiError } from './api-error.js';
import { faultsOf } from './serves.decorator.js';

/** Reads a frame whose head has that shape. @throws FrameError, ApiError request.malformed with every fault of the head */
export function readFrame<S extends z.ZodType>(
  octets: Uint8Array,
  schema: S,
): { head: z.output<S>; bodies: Uint8Array } {
  const { head, bodies } = parseFrame(octets);
  const parsed = schema.safeParse(head);
  if (parsed.success) return { head: parsed.data, bodies };
  throw new ApiError('request.malformed', { faults: faultsOf('frame', parsed.error) });
}
