import { type Certificate, readCertificate } from '@aerie/protocol';
import { LRUCache } from 'lru-cache';

/** Enough for every device that is active at once on a large site; parsing one again costs a few milliseconds. */
const cachedMax = 500;
const cached = new LRUCache<string, Promise<Certificate>>({ max: cachedMax });

/** A stored certificate, parsed once. The fingerprint covers the key material, and stored rows never change. */
export function parseCertificate(fingerprint: string, bytes: Uint8Array): Promise<Certificate> {
  const known = cached.get(fingerprint);
  if (known) return known;
  const parsed = readCertificate(Uint8Array.from(bytes));
  cached.set(fingerprint, parsed);
  parsed.catch(() => cached.delete(fingerprint));
  return parsed;
}
