/** Reads octets `start` (included) to `end` (excluded) of a file; fewer where the file ends. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** Octets taken at once, so that walking small neighboring structures costs one read. */
const usualAheadBytes = 4 * 1024;

/**
 * Wraps `read` for parsers of untrusted files: it answers exactly the octets asked for, or throws a RangeError when
 * they lie outside the `bytes` of the file or when more than `budgetBytes` would be read in all. Every structure is
 * reached through here, so a hostile file can cost no more than the budget.
 */
export function boundedReader(
  read: ReadRange,
  bytes: number,
  budgetBytes: number,
  aheadBytes = usualAheadBytes,
): ReadRange {
  let spentBytes = 0;
  let windowStart = 0;
  let window = new Uint8Array(0);
  return async (start, end) => {
    if (start < 0 || end < start || end > bytes) throw new RangeError('a structure points outside the file');
    if (start < windowStart || end > windowStart + window.length) {
      const windowEnd = Math.min(bytes, Math.max(end, start + aheadBytes));
      spentBytes += windowEnd - start;
      if (spentBytes > budgetBytes) throw new RangeError('the metadata of this file is too scattered to read');
      window = Uint8Array.from(await read(start, windowEnd));
      windowStart = start;
      if (start + window.length < end) throw new RangeError('the file is shorter than it was');
    }
    return window.subarray(start - windowStart, end - windowStart);
  };
}
