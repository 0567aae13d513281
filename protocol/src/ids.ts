import { z } from 'zod';

/** Ids are random UUIDs that mean nothing: they appear in logs and audit rows. */
export const Id = z.uuid().regex(/^[0-9a-f-]+$/, 'must be lower case');
/** OpenPGP v6 fingerprint: 32 octets in lower-case hex (RFC 9580, 5.5.4.3). */
export const Fingerprint = z.string().regex(/^[0-9a-f]{64}$/);
/** Standard base64 with padding (RFC 4648, section 4), up to `bytesMax` octets once decoded. */
export const base64 = (bytesMax: number) =>
  z
    .string()
    .max(Math.ceil(bytesMax / 3) * 4)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
/** Exactly 32 octets in base64: a key, a challenge, a token. */
export const Octets32 = base64(32).length(44).endsWith('=');
/** A SHA-256 digest, or an HMAC-SHA256 value. */
export const Digest = Octets32;
/** RFC 3339 in UTC, as `Date.toISOString` prints it. */
export const Timestamp = z.iso.datetime();
