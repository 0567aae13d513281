import { pairingSeconds } from '@aerie/protocol';
import { sleep } from '../api/retry.js';
import { Refusal } from '../errors.js';

/** A person looks from one screen to the other for about as long. */
const firstWaitMs = 500;
const waitMsMax = 3_000;

/**
 * Asks until there is something, for as long as a pairing lives.
 * @returns undefined when that time is over
 * @throws Refusal `pairing.aborted`; what `ask` throws
 */
export async function waitForPairing<T>(
  ask: () => Promise<T | undefined>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const end = performance.now() + pairingSeconds * 1000;
  try {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMsMax, 1.5 * waitMs)) {
      signal?.throwIfAborted();
      const found = await ask();
      if (found !== undefined || performance.now() + waitMs > end) return found;
      await sleep(waitMs, signal);
    }
  } catch (error) {
    if (signal?.aborted) throw new Refusal('pairing.aborted', 'The pairing was called off', { cause: error });
    throw error;
  }
}
