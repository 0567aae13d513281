import { z } from 'zod';
import { errorCodes, errorTable, type ErrorCode } from '../errors.js';

/** RFC 9457 problem details, as every failed request answers. `code` is the contract; the texts may change. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(errorCodes),
  hint: z.string(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

export function problemOf(
  code: ErrorCode,
  extra: { detail?: string; requestId?: string } & Record<string, unknown> = {},
): Problem {
  const { status, title, hint } = errorTable[code];
  return { type: `urn:aerie:error:${code}`, title, status, code, hint, ...extra };
}
