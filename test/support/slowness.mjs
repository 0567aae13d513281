/**
 * How slow the machine of this run is, and so how long its tests may wait. Plain JavaScript, because Jest's configuration
 * and environment read it as well; tests import deadline.ts.
 */
import { createHash } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';

/** What `work` takes on the machine of reference, where it has a core for itself. */
const referenceMs = 45;
const tries = 3;
/** A deadline only ends a wait that is in vain, so even an idle machine is given twice the time. */
const factorMin = 2;
/** Above this, a wait that is in vain would hold up the run for hours. */
const factorMax = 10;

/** Times as slow as the reference, 1 or more. AERIE_SLOWNESS says it instead of measuring. */
export function measureSlowness() {
  const given = Number(process.env.AERIE_SLOWNESS);
  if (given > 0) return given;
  work();
  const startedAt = performance.now();
  for (let i = 0; i < tries; i++) work();
  return Math.max(1, (performance.now() - startedAt) / tries / referenceMs);
}

/** Arithmetic and hashing, in about the mixture of a test. */
function work() {
  const hash = createHash('sha256');
  const octets = Buffer.alloc(65_536, 7);
  let number = 1;
  for (let round = 0; round < 40; round++) {
    for (let i = 0; i < 200_000; i++) number = (number * 1_103_515_245 + 12_345 + i) & 0x7fffffff;
    hash.update(octets);
  }
  return `${number} ${hash.digest('hex')}`;
}

/** See deadline.ts. What jest.config.js measured is in the environment of every worker. */
export function deadline(ms) {
  const slowness = Number(process.env.AERIE_SLOWNESS) || 1;
  const load = loadavg()[0] / availableParallelism();
  return Math.ceil(ms * Math.min(factorMax, factorMin * Math.max(1, slowness, load)));
}
