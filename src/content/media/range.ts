import { ApiError } from '../../platform/http/api-error.js';

/**
 * One byte range of a Range header (RFC 9110, section 14.1.2) as octets `start` to `end`, without `end`. Null where the
 * header is absent, has several ranges or another unit: the whole blob answers those, as the RFC allows.
 * @throws ApiError blob.range where no octet of the blob is asked for
 */
export function parseRange(header: string | undefined, bytes: number): { start: number; end: number } | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [first, last] = [match[1]!, match[2]!];
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  if (start >= end) throw new ApiError('blob.range', { bytesTotal: bytes });
  return { start, end };
}
