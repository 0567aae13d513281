import { utf8 } from '../bytes.js';

/**
 * The octets that get signed: JSON with sorted members and no white space, which for the strings, integers, booleans,
 * nulls, arrays and objects of our records is RFC 8785. Verifiers
 * verify what came, and only then compare it with this print.
 */
export const canonicalJson = (value: unknown): Uint8Array => utf8(JSON.stringify(value, sortMembers));

function sortMembers(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
