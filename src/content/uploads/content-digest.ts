import { ApiError } from '../../platform/http/api-error.js';

/**
 * The SHA-256 of a Content-Digest header (RFC 9530, section 2): `sha-256=:<base64>:`.
 * @throws ApiError upload.digest_missing
 */
export function parseContentDigest(header: string | undefined): Buffer {
  const match = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header ?? '');
  if (!match) throw new ApiError('upload.digest_missing');
  return Buffer.from(match[1]!, 'base64');
}
