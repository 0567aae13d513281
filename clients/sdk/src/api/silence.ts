/**
 * How long a client waits for a server that says nothing. A slow link is no fault and is waited for: an attempt that is
 * begun again from its first octet would never arrive over it. Only silence is a break.
 */
export interface Silence {
  /** Until the head of an answer, beside what sending the body may take: a server may have much to do first. */
  readonly answerMs: number;
  /** From one piece of an answer to the next. */
  readonly pieceMs: number;
}
export const silenceDefault: Silence = { answerMs: 180_000, pieceMs: 60_000 };

/**
 * The least pace of a body on its way out: three of them fit on a link of 200 kbit/s. A server lets go what is slower
 * than 5,000 octets a second in all (SPEC 12).
 */
const bytesPerSecondMin = 8_192;

/** Milliseconds from the beginning of a request with a body of so many octets to the head of its answer, at most. */
export const answerMsMax = (bodyBytes: number, { answerMs }: Silence = silenceDefault): number =>
  answerMs + Math.ceil((1000 * bodyBytes) / bytesPerSecondMin);

/** A signal that aborts after that time, unless it is let go before. */
export function limited(ms: number): { readonly signal: AbortSignal; letGo(): void } {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('it did not answer in time')), ms);
  return { signal: limit.signal, letGo: () => clearTimeout(timer) };
}
