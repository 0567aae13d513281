import http from 'node:http';
import https from 'node:https';

const agentOptions = { keepAlive: true };
const plain = { protocol: http, agent: new http.Agent(agentOptions) };
const secure = { protocol: https, agent: new https.Agent(agentOptions) };

/**
 * `fetch` over node:http, for bodies of octets or text: the platform's own copies each body twice, which costs more than
 * encrypting it (docs/performance.md). Follows no redirects, so that no token goes where it was not meant to.
 * Rejects with the system's error, or with the signal's reason.
 */
export const nodeFetch = ((input: URL | string, init: RequestInit = {}) => {
  const url = new URL(input);
  const { protocol, agent } = url.protocol === 'https:' ? secure : plain;
  const { method = 'GET', headers, body, signal } = init;
  return new Promise<Response>((resolve, reject) => {
    const options = { method, agent, headers: Object.fromEntries(new Headers(headers)), signal: signal ?? undefined };
    const request = protocol.request(url, options, (response) => resolve(responseOf(response)));
    request.on('error', (error) => reject(signal?.aborted ? (signal.reason as Error) : error));
    request.end(body ?? undefined);
  });
}) as typeof fetch;

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
  return new Response(octetsOf(message), { status, headers });
}

/** As `Readable.toWeb`, without its copy of every piece. */
function octetsOf(message: http.IncomingMessage): ReadableStream<Uint8Array> {
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
