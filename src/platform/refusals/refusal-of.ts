import { type ErrorCode, FrameError, RecordError } from '@aerie/protocol';
import { sqlState } from '../database/transaction.js';
import { ApiError } from '../http/api-error.js';
import { DigestRefused, StoreFull, StoreUnavailable, UploadMissing } from '../storage/object-store.port.js';
import { uniqueViolations } from './unique-violations.js';

/** Errors of the store, as the caller is told of them. */
const storeErrors = [
  [StoreFull, 'server.storage_full'],
  [StoreUnavailable, 'server.unavailable'],
  [UploadMissing, 'upload.closed'],
  [DigestRefused, 'upload.digest_mismatch'],
] as const;

const byConstraint = new Map<unknown, ErrorCode>(Object.entries(uniqueViolations));
/** disk_full (PostgreSQL, appendix A): it could not extend a file, or write one. */
const diskFull = '53100';
/** Connections are lost, refused, or too many; the server starts, stops or recovers. */
const databaseAway = /^(08...|53300|57P0[1-4])$/;

/**
 * The one mapping of errors of other layers to what a caller is told: records, frames, the store, the database. Both
 * whole requests and the single outcomes of a bundle go through it.
 * @returns undefined where it is a fault of the server, of which the caller learns nothing
 */
export function refusalOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof RecordError) {
    const code = error.reason === 'signature' ? 'record.signature_invalid' : 'record.mismatch';
    return new ApiError(code, { detail: error.message });
  }
  if (error instanceof FrameError) return new ApiError('request.malformed', { detail: error.message });
  const stored = storeErrors.find(([type]) => error instanceof type);
  if (stored) return new ApiError(stored[1]);
  const code = codeOfPlatform(error);
  return code && new ApiError(code);
}

function codeOfPlatform(error: unknown): ErrorCode | undefined {
  const state = sqlState(error);
  if (state === '23505') return byConstraint.get(constraintOf(error));
  if (state === diskFull) return 'server.storage_full';
  if (state !== undefined) return databaseAway.test(state) ? 'server.unavailable' : undefined;
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'server.storage_full';
  return code === 'ECONNREFUSED' ? 'server.unavailable' : undefined;
}

const constraintOf = (error: unknown): unknown =>
  (error as { driverError?: { constraint?: unknown } }).driverError?.constraint;
