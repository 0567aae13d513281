/** Rows drawn above and below what can be seen, so that scrolling by keys and wheel meets no gap. */
const spareRows = 8;

/** Which rows of a long list of equal rows are drawn. `end` is not drawn any more. */
export function listWindow(
  rows: number,
  { rowPx, scrollPx, viewPx }: { rowPx: number; scrollPx: number; viewPx: number },
): { start: number; end: number } {
  const first = Math.floor(Math.max(0, scrollPx) / rowPx);
  const end = Math.min(rows, first + Math.ceil(viewPx / rowPx) + spareRows);
  return { start: Math.max(0, Math.min(first, end) - spareRows), end };
}
