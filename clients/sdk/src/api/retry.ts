import { ServerProblem, ServerUnreachable } from '../errors.js';

/** Eight attempts at these waits span about a minute: a restart of the server, or a drive through a tunnel. */
const attemptsMax = 8;
const firstWaitMs = 250;
const waitMsMax = 20_000;
/** How long a client goes on without one good answer, over all its calls: those eight attempts, and a little. */
const outageMsMax = 60_000;
/** A server may ask for a longer wait than we would choose, but not for any. */
const retryAfterMsMax = 120_000;

export interface Retry {
  readonly attempt: number;
  readonly waitMs: number;
  readonly error: Error;
}
/** For the first call to an address that was just typed: silence is more likely a slip than a restart. */
export const attemptsAtNewAddress = 3;

export interface RetryOptions {
  readonly attempts?: number;
  readonly signal?: AbortSignal;
  readonly onRetry?: (retry: Retry) => void;
}

/**
 * One budget for all calls of a client. Each call alone may try for a minute; a command that makes many of them, one
 * after the other or sixteen at a time, must not wait a minute for each.
 */
export class Patience {
  #since: number | undefined;
  #lastAt = 0;

  /** The server has answered, if only to refuse. */
  renew(): void {
    this.#since = undefined;
  }

  /** Whether another attempt after that wait is still in the budget. Counts from the first failure, not from its request. */
  allows(waitMs: number): boolean {
    const now = performance.now();
    if (this.#since === undefined || now - this.#lastAt > outageMsMax) this.#since = now;
    this.#lastAt = now;
    return now + waitMs - this.#since <= outageMsMax;
  }
}

/** Carries an error that has been retried already past the retries around it. */
export class TriedEnough extends Error {
  override readonly name = 'TriedEnough';
  constructor(readonly error: unknown) {
    super('tried often enough');
  }
}

/** Runs `attempt` until it succeeds, fails for good, or has been tried often enough; then its last error is thrown. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { signal, onRetry, attempts = attemptsMax, patience = new Patience() }: RetryOptions & { patience?: Patience } = {},
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      const answer = await attempt();
      patience.renew();
      return answer;
    } catch (error) {
      if (error instanceof TriedEnough) throw error.error;
      if (signal?.aborted) throw error;
      if (!isPassing(error)) {
        patience.renew();
        throw error;
      }
      const waitMs = waitFor(tried, error);
      // A server that names the wait is there: it is not silence that is being waited out.
      const isInBudget = patience.allows(askedWait(error) === undefined ? waitMs : 0);
      if (tried >= attempts || !isInBudget) throw error;
      onRetry?.({ attempt: tried, waitMs, error });
      await sleep(waitMs, signal);
    }
  }
}

/** A full disk (507) does not pass by itself, nor does a blob that the store has lost; and a refusal is an answer. */
const passingStatuses = [408, 429, 500, 502, 503, 504];
function isPassing(error: unknown): error is Error {
  if (error instanceof ServerUnreachable) return true;
  return (
    error instanceof ServerProblem &&
    error.code !== 'blob.missing' &&
    (passingStatuses.includes(error.problem.status) || error.code === 'request.in_progress')
  );
}

const askedWait = (error: Error): number | undefined =>
  error instanceof ServerProblem ? error.retryAfterMs : undefined;

/** Doubling with full jitter, so that many devices that lost one server do not come back at once. */
function waitFor(tried: number, error: Error): number {
  const asked = askedWait(error);
  if (asked !== undefined) return Math.min(asked, retryAfterMsMax);
  const ceiling = Math.min(waitMsMax, firstWaitMs * 2 ** tried);
  return Math.round(ceiling / 2 + (Math.random() * ceiling) / 2);
}

/** @throws the signal's reason */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
