import type { Pkesk } from '@aerie/protocol';
import type { Blob } from './blob.entity.js';
import type { Media } from './media.entity.js';

/** What uploads hand over once everything about a media is verified and its octets are in the store. */
export interface NewMedia {
  readonly media: Omit<Media, 'position' | 'checkedAt'>;
  readonly blobs: readonly Omit<Blob, 'damagedAt'>[];
  readonly pkesks: readonly Pkesk[];
}

/** How many octets of each object the blobs lie in. */
export function bytesByObject(blobs: NewMedia['blobs']): Map<string, number> {
  const lying = new Map<string, number>();
  for (const { objectKey, bytes } of blobs)
    if (objectKey) lying.set(objectKey, (lying.get(objectKey) ?? 0) + Number(bytes));
  return lying;
}
