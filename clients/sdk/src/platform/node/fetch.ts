import http from 'node:http';
import https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import zlib from 'node:zlib';
import { NotTheServer } from '../../errors.js';
import { ProxyRefusal, proxyFor, throughProxy } from './proxy.js';

/** Less than a slow link takes in `silentMs`. */
const bodyPieceBytes = 1024 * 1024;

const agentOptions = { keepAlive: true };
const direct = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };

/**
 * `fetch` over node:http, for bodies of octets or text: the platform's own copies each body twice, which costs more than
 * encrypting it (docs/performance.md). Follows no redirects, so that no token goes where it was not meant to. Goes through
 * the proxy that HTTPS_PROXY or HTTP_PROXY names, and opens answers that something on the way has compressed.
 * Rejects with the system's error, or with the signal's reason.
 */
export const nodeFetch = nodeFetchOf({ silentMs: 180_000 });

/** @param silentMs a connection that takes nothing of a body for so long is dead: the network under it has changed, or is gone */
export function nodeFetchOf({ silentMs }: { silentMs: number }): typeof fetch {
  return (async (input: URL | string, init: RequestInit = {}) => {
    const url = new URL(input);
    const { method = 'GET', headers: given, body, signal } = init;
    // Sealed octets do not get smaller, and to open a compressed answer takes time.
    const headers = { 'accept-encoding': 'identity', ...Object.fromEntries(new Headers(given)) };
    const proxy = proxyFor(url);
    const way = proxy ? throughProxy(proxy, url, headers) : { url, headers, agent: agentOf(url) };
    const { request: send } = way.url.protocol === 'https:' ? https : http;
    return new Promise<Response>((resolve, reject) => {
      const options = { method, signal: signal ?? undefined, ...way };
      const request = send(way.url, options, (response) => {
        try {
          resolve(responseOf(response));
        } catch (error) {
          response.destroy();
          reject(error as Error);
        }
      });
      request.on('error', (error) => {
        if (signal?.aborted) reject(signal.reason as Error);
        else if (error instanceof ProxyRefusal) resolve(new Response(null, { status: error.status }));
        else reject(proxy ? new Error(`through the proxy ${proxy.host}: ${reasonOf(error)}`, { cause: error }) : error);
      });
      void sendBody(request, body, silentMs);
    });
  }) as typeof fetch;
}

/**
 * In pieces, each of which is progress: over TLS nothing else tells how far a body is. Once it is out, the wait for an
 * answer is the caller's to limit. One that is answered before is sent no further: the server has it already, or refuses it.
 */
async function sendBody(
  request: http.ClientRequest,
  body: BodyInit | null | undefined,
  silentMs: number,
): Promise<void> {
  if (!(body instanceof Uint8Array) || body.length <= bodyPieceBytes) return void request.end(body ?? undefined);
  request.setHeader('content-length', body.length);
  const timer = setTimeout(() => request.destroy(new Error('the connection took nothing more')), silentMs);
  request.once('close', () => clearTimeout(timer));
  request.once('response', (response) => {
    if (!request.writableEnded) response.once('end', () => request.destroy());
  });
  for (let at = 0; at < body.length && !request.destroyed; at += bodyPieceBytes) {
    await new Promise((taken) => request.write(body.subarray(at, at + bodyPieceBytes), taken));
    timer.refresh();
  }
  clearTimeout(timer);
  if (!request.destroyed) request.end();
}

const agentOf = ({ protocol }: URL): http.Agent => direct[protocol === 'https:' ? 'https:' : 'http:'];
const reasonOf = ({ message, code }: NodeJS.ErrnoException): string => message || code || 'it does not answer';

const emptyStatuses = [204, 205, 304];

function responseOf(message: http.IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  const headers = Object.entries(message.headersDistinct).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  );
  if (emptyStatuses.includes(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const encoding = message.headers['content-encoding'];
  if (!encoding || encoding === 'identity') return new Response(octetsOf(message), { status, headers });
  const plain = headers.filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
  return new Response(octetsOf(opened(message, encoding)), { status, headers: plain });
}

const openers: Record<string, () => zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress> = {
  gzip: zlib.createGunzip,
  'x-gzip': zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
};

/** Compressed although it was not asked for: some proxies do so with every answer. */
function opened(message: http.IncomingMessage, encoding: string): Readable {
  const opener = openers[encoding.toLowerCase()];
  if (!opener)
    throw new NotTheServer(
      'network.not_aerie',
      `Something on the way compresses answers in a way unknown here (${encoding})`,
    );
  // The reader hears of a break through the opener; there is nothing more to do about it here.
  return pipeline(message, opener(), () => {});
}

/** As `Readable.toWeb`, without its copy of every piece. */
function octetsOf(message: Readable): ReadableStream<Uint8Array> {
  const pieces = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void message.destroy(),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}
