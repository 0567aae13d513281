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

/** @throws ApiError record.mismatch naming the field of a record that contradicts the request or another record */
export function mustHold(holds: boolean, field: string): void {
  if (!holds) throw new ApiError('record.mismatch', { detail: field });
}
