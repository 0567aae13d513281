/**
 * Octets on their way from the engine to the page, one piece at a time, so that the slower side sets the pace. A
 * fault of the source comes out of `next` as a problem, which a stream through a message port would not carry.
 */
import { proxy, transfer, type ProxyMarked } from 'comlink';

export interface Pull {
  /** The next piece, up to 1 MiB; null at the end, which is only reached when everything was checked. */
  next(): Promise<Uint8Array | null>;
  /** Ends the transfer before its end. */
  stop(): Promise<void>;
}

/** Large enough that crossing costs nothing, small enough to be held twice. */
const pieceBytes = 1024 * 1024;

/** @param source pieces of any size; read one piece ahead of what was asked for */
export function pull(source: AsyncIterable<Uint8Array>): Pull & ProxyMarked {
  const pieces = joined(source);
  let ahead = begin(pieces);
  return proxy({
    async next() {
      const { done, value } = await ahead;
      if (done) return null;
      ahead = begin(pieces);
      return transfer(value, [value.buffer]);
    },
    async stop() {
      await pieces.return(undefined);
    },
  });
}

function begin(pieces: AsyncGenerator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  const next = pieces.next();
  // It is thrown when the piece is asked for, which may be never.
  next.catch(() => {});
  return next;
}

/** The same octets in pieces of `pieceBytes`, each with a buffer of its own. */
async function* joined(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let buffer = new Uint8Array(pieceBytes);
  let filled = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + pieceBytes - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < pieceBytes) break;
      yield buffer;
      buffer = new Uint8Array(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.slice(0, filled);
}
