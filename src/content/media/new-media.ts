import type { Pkesk } from '@aerie/protocol';
import type { Blob } from './blob.entity.js';
import type { Media } from './media.entity.js';

/** What uploads hand over once everything about a media is verified and its octets are in the store. */
export interface NewMedia {
  readonly media: Omit<Media, 'position' | 'checkedAt'>;
  readonly blobs: readonly Omit<Blob, 'packKey' | 'packOffset' | 'damagedAt'>[];
  readonly pkesks: readonly Pkesk[];
}
