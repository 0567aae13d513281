/**
 * Answers `/stream/<mediaId>` for players of this app (RFC 9110, 14). This worker holds no keys and keeps nothing: the
 * page that plays has the engine, and hands over decrypted pieces one by one as the player takes them.
 */
/// <reference lib="webworker" />
import { streamPath, type StreamAnswer, type StreamOrder, type StreamRequest } from './stream-messages.js';

/** An engine that was just started has its keyring to open first. */
const answerMsMax = 30_000;

/** @returns null where the request is not for a player of this app */
export function streamed(event: FetchEvent, clients: Clients): Promise<Response> | null {
  const [, mediaId] = streamPath.exec(new URL(event.request.url).pathname) ?? [];
  if (!mediaId) return null;
  // Never as a document: a decrypted file must not run as a page of this origin.
  if (event.request.destination !== 'video' && event.request.destination !== 'audio') {
    return Promise.resolve(new Response(null, { status: 404 }));
  }
  return answer(event, mediaId, clients);
}

async function answer(event: FetchEvent, mediaId: string, clients: Clients): Promise<Response> {
  const page = await clients.get(event.clientId);
  const range = parseRange(event.request.headers.get('range'));
  if (!page) return new Response(null, { status: 503 });
  if (!range) return new Response(null, { status: 416 });
  const { port1: port, port2: far } = new MessageChannel();
  const request: StreamRequest = { type: 'aerie.stream', mediaId, ...range };
  const first = nextAnswer(port, AbortSignal.timeout(answerMsMax));
  page.postMessage(request, [far]);
  const given = await first.catch(() => ({ refused: 'failed' }) as const);
  if ('refused' in given) return new Response(null, { status: given.refused === 'range' ? 416 : 502 });
  if (!('head' in given)) return new Response(null, { status: 502 });
  const { mime, bytes, start, end } = given.head;
  const headers = {
    'content-type': mime,
    'content-length': String(end - start),
    'content-range': `bytes ${start}-${end - 1}/${bytes}`,
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': "default-src 'none'",
  };
  return new Response(bodyFrom(port, event.request.signal), { status: 206, headers });
}

function bodyFrom(port: MessagePort, signal: AbortSignal): ReadableStream<Uint8Array> {
  const order = (word: StreamOrder): void => port.postMessage(word);
  signal.addEventListener('abort', () => order('cancel'), { once: true });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = nextAnswer(port);
        order('more');
        const given = await next;
        if ('piece' in given) controller.enqueue(given.piece);
        else if ('end' in given) controller.close();
        else controller.error(new Error('the video could not be decrypted further'));
      },
      cancel: () => order('cancel'),
    },
    // A piece is up to a chunk (256 KiB); the player keeps its own buffer.
    { highWaterMark: 1 },
  );
}

function nextAnswer(port: MessagePort, signal?: AbortSignal): Promise<StreamAnswer> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('no answer')), { once: true });
    port.onmessage = ({ data }: MessageEvent<StreamAnswer>) => resolve(data);
  });
}

/** One range of octets (RFC 9110, 14.1.2); none asks for the whole; null for anything else. */
export function parseRange(header: string | null): { start: number; last: number | null } | null {
  if (header === null) return { start: 0, last: null };
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  if (first === '') return { start: -Number(last), last: null };
  return { start: Number(first), last: last === '' ? null : Number(last) };
}
