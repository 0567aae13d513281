import type { ErrorCode } from '@aerie/protocol';

/** A refusal that the caller is told about. The code decides status and texts; `details` are members of the problem. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly code: ErrorCode,
    readonly details: { detail?: string } & Record<string, unknown> = {},
  ) {
    super(details.detail ? `${code}: ${details.detail}` : code);
  }
}
