import type { Blob } from './blob.entity.js';

/** Where sealed octets lie. */
export type BlobPlace = Pick<Blob, 'objectKey' | 'objectOffset' | 'content'>;

export const inObject = (objectKey: string, offset: number): BlobPlace => ({
  objectKey,
  objectOffset: String(offset),
  content: null,
});

/** Copied, as what it is cut from is often used again. */
export const inRow = (octets: Uint8Array): BlobPlace => ({
  objectKey: null,
  objectOffset: null,
  content: Buffer.from(octets),
});
