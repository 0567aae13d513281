/** Content that is written more than once, for a place that cannot copy what it has: a zip under several names. */

/** Kept in memory up to that size, which most pictures have; what is larger is fetched again. */
const keptBytesMax = 32 * 1024 * 1024;

/**
 * @param fetch begins to fetch the content, `bytes` long
 * @returns the content for each call, one after the other; fetched once where it is small enough to be kept
 */
export function repeatable(bytes: number, fetch: () => AsyncIterable<Uint8Array>): () => AsyncIterable<Uint8Array> {
  if (bytes > keptBytesMax) return fetch;
  let kept: Uint8Array[] | undefined;
  return async function* () {
    if (kept) {
      // Copies: whoever takes a piece may pass its memory on.
      for (const piece of kept) yield piece.slice();
      return;
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of fetch()) {
      pieces.push(piece.slice());
      yield piece;
    }
    kept = pieces;
  };
}
