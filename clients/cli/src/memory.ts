import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After so many octets the young part of the heap is swept: a part's worth. */
const everyBytes = 8 * 1024 * 1024;

/**
 * Keeps the memory of a long transfer flat. Every sealed or opened chunk leaves an ArrayBuffer behind, which V8 counts
 * too low to sweep in time: some 60 MiB of them pile up (docs/performance.md). Sweeping the young ones takes about a
 * millisecond. @returns what to call with the octets that went through
 */
export function sweeper(): (bytes: number) => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  let since = 0;
  return (bytes) => {
    since += bytes;
    if (since < everyBytes) return;
    since = 0;
    collect({ type: 'minor' });
  };
}
