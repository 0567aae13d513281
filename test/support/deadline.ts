import { deadline as scaled } from './slowness.mjs';

/**
 * How long to wait at most for what takes up to `ms` on an idle machine: more on a slower one, as measured once at the
 * start of the run, and more under load. Every deadline of a test comes from here; a test waits for a fact, and asserts
 * no time. (The timeouts that tests and hooks give to Jest are scaled by environment.mjs, and so are those of `until`.)
 */
export const deadline: (ms: number) => number = scaled;
