const charsMax = 200;

/** Text out of a file, safe to print: cameras leave uninitialized memory after the first NUL; control characters would reach a terminal. */
export function cameraText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const untilNul = value.split('\0', 1)[0]!;
  const printable = untilNul
    .replace(/\p{Cc}/gu, '')
    .slice(0, charsMax)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
  return printable === '' ? undefined : printable;
}

/** The same object without its undefined members. */
export function present<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
