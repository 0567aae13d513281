import type { Blob } from './blob.entity.js';

/** A range of an object that is read in one go, as blobs lie near each other in it. */
export interface Slice<B extends PlacedBlob = Blob> {
  readonly key: string;
  readonly blobs: B[];
  readonly start: number;
  end: number;
}
export type PlacedBlob = Pick<Blob, 'id' | 'objectKey' | 'objectOffset' | 'bytes'>;

/** Reading two blobs in one request is worth fetching this many octets between them for nothing. */
const gapBytesMax = 256 * 1024;

/** Groups blobs that lie near each other in one object, in the order in which they lie. Those without an object are left out. */
export function slicesOf<B extends PlacedBlob>(blobs: readonly B[]): Slice<B>[] {
  const placed = blobs
    .filter(({ objectKey }) => objectKey !== null)
    .sort((a, b) =>
      a.objectKey === b.objectKey
        ? Number(a.objectOffset) - Number(b.objectOffset)
        : a.objectKey! < b.objectKey!
          ? -1
          : 1,
    );
  const slices: Slice<B>[] = [];
  for (const blob of placed) {
    const start = Number(blob.objectOffset);
    const end = start + Number(blob.bytes);
    const last = slices.at(-1);
    if (last?.key === blob.objectKey && start - last.end <= gapBytesMax) {
      last.blobs.push(blob);
      last.end = Math.max(last.end, end);
    } else {
      slices.push({ key: blob.objectKey!, blobs: [blob], start, end });
    }
  }
  return slices;
}

/** The octets of one blob of a slice. */
export function cutFrom(slice: Pick<Slice, 'start'>, octets: Uint8Array, blob: PlacedBlob): Uint8Array {
  const at = Number(blob.objectOffset) - slice.start;
  return octets.subarray(at, at + Number(blob.bytes));
}
