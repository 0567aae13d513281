/** Reads answers within a limit: a server must not be able to fill a client's memory. */
import { concatBytes, problemBytesMax, replyBytesMaxDefault, type Route } from '@aerie/protocol';
import { ServerUnreachable, TrustError } from '../errors.js';
import { within } from '../within.js';
import { silenceDefault } from './silence.js';

/**
 * The octets that an answer may have: for JSON what its row of the route table says, for octets what was asked for.
 * @param asked octets that the caller has asked for; required where the reply is octets
 */
export function replyBytesMax(route: Route, asked?: number): number {
  if (route.reply === 'nothing') return problemBytesMax;
  if (route.reply !== 'octets') return route.replyBytesMax ?? replyBytesMaxDefault;
  if (asked === undefined) throw new TypeError('whoever asks for octets says how many there can be');
  return asked;
}

/** The whole body. @throws TrustError `trust.reply` as soon as it is longer; ServerUnreachable where it breaks off */
export async function readWhole(
  response: Response,
  bytesMax: number,
  pieceMs = silenceDefault.pieceMs,
): Promise<Uint8Array> {
  const stated = Number(response.headers.get('content-length') ?? 0);
  if (stated > bytesMax) {
    void response.body?.cancel().catch(() => {});
    throw tooLong(bytesMax);
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of piecesOf(response, pieceMs)) {
    bytes += piece.length;
    if (bytes > bytesMax) throw tooLong(bytesMax);
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : concatBytes(pieces);
}

/**
 * The body as it comes. Leaving the loop ends the transfer. However long the reader takes for a piece, only what it waits
 * for the next counts as silence.
 * @throws ServerUnreachable where it breaks off or falls silent
 */
export async function* piecesOf(response: Response, pieceMs: number): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), pieceMs, silent).catch((error: unknown) => {
        throw new ServerUnreachable('the transfer broke off', { cause: error });
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

const silent = (): Error => new Error('nothing more came');
const tooLong = (bytesMax: number): TrustError =>
  new TrustError('trust.reply', `The server answered with more than the ${bytesMax} octets that were asked for`);
