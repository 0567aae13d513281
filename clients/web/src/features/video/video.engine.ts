import { explain, type Explanation, type OriginalReader } from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';
import type { StreamAnswer, StreamOrder, StreamRequest } from '../../platform/sw/stream-messages.js';

/** Videos a page goes back and forth between; each keeps a few decrypted segments. */
const readersMax = 2;

declare module '../../platform/engine/engines.js' {
  interface Engines {
    video: ReturnType<typeof videoEngine>;
  }
}

export default function videoEngine(client: Client) {
  const readers = new Map<string, Promise<OriginalReader>>();
  const failures = new Map<string, Explanation>();

  function readerOf(mediaId: string): Promise<OriginalReader> {
    const known = readers.get(mediaId);
    if (known) return known;
    const reader = client.aerie.media.openOriginal(mediaId);
    reader.catch(() => readers.delete(mediaId));
    readers.set(mediaId, reader);
    for (const [oldest] of readers) if (readers.size > readersMax) readers.delete(oldest);
    return reader;
  }

  return {
    /** Answers one range request of the service worker over its port. */
    serve(request: StreamRequest, port: MessagePort): void {
      const give = (answer: StreamAnswer): void =>
        'piece' in answer ? port.postMessage(answer, [answer.piece.buffer]) : port.postMessage(answer);
      void serveRange(() => readerOf(request.mediaId), request, port, give).catch((error: unknown) => {
        failures.set(request.mediaId, explain(error));
        give({ refused: 'failed' });
        port.close();
      });
    },
    /** Why the last range of that video was refused: the player itself only says that it failed. */
    failure: (mediaId: string): Explanation | null => failures.get(mediaId) ?? null,
  };
}

async function serveRange(
  open: () => Promise<OriginalReader>,
  { start, last }: StreamRequest,
  port: MessagePort,
  give: (answer: StreamAnswer) => void,
): Promise<void> {
  // Orders may come before the reader is open.
  let pieces: AsyncIterator<Uint8Array> | undefined;
  let turn = Promise.resolve();
  const opened = (async () => {
    const reader = await open();
    const range = rangeOf(start, last, reader.bytes);
    if (!range) {
      give({ refused: 'range' });
      return port.close();
    }
    pieces = reader.read(range.start, range.end)[Symbol.asyncIterator]();
    give({ head: { mime: playableAs(reader.mime), bytes: reader.bytes, ...range } });
  })();
  await new Promise<void>((resolve, reject) => {
    const next = async (): Promise<void> => {
      await opened;
      const { done, value } = await pieces!.next();
      if (!done) return give({ piece: value.slice() });
      give({ end: true });
      finish();
    };
    const finish = (): void => {
      port.close();
      resolve();
    };
    port.onmessage = ({ data: order }: MessageEvent<StreamOrder>) => {
      if (order === 'more') turn = turn.then(next).catch(reject);
      // At once, even while a piece is on its way: after a seek its transfer is only in the way.
      else void opened.then(() => pieces?.return?.()).then(finish, reject);
    };
    opened.catch(reject);
  });
}

/** End exclusive; null where no octet is in the range. */
function rangeOf(start: number, last: number | null, bytes: number): { start: number; end: number } | null {
  const from = start < 0 ? Math.max(0, bytes + start) : start;
  const end = last === null ? bytes : Math.min(last + 1, bytes);
  return from < end ? { start: from, end } : null;
}

/** Players refuse QuickTime by name, and play the same boxes under the other (ISO/IEC 14496-12). */
const playableAs = (mime: string): string => (mime === 'video/quicktime' ? 'video/mp4' : mime);
