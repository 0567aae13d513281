import type { BlobPlace } from '../media/place.js';
import type { Placed } from './bundle-store.js';
import type { Candidate } from './candidate.js';

/** A blob that the store, or a row-to-be, has. */
export interface StoredBlob {
  readonly place: BlobPlace;
  /** 32 octets each. */
  readonly segmentDigests: Buffer;
}

/** A candidate without the request's buffer, which is another request's by now; what came in it has its place. */
export interface PlacedMedia extends Omit<Candidate, 'carried'> {
  /** By blob id. */
  readonly stored: ReadonlyMap<string, StoredBlob>;
  /** Of one that was committed before; nothing of it was stored again. */
  readonly receipt: string | undefined;
}

export function placedMedia(
  { carried, ...candidate }: Candidate,
  { places }: Placed,
  receipt: string | undefined,
): PlacedMedia {
  const stored = carried.flatMap(({ blobId, segmentDigests }) => {
    const place = places.get(blobId);
    return place ? [[blobId, { place, segmentDigests }] as const] : [];
  });
  return { ...candidate, stored: new Map(stored), receipt };
}
