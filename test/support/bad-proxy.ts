import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';

/**
 * What stands before servers in the field: `pass` is harmless, `small-bodies` takes 1 MB, `moved` points elsewhere,
 * `log-in` wants a password of its own, `page` is a hotel's network, `gzip` compresses whatever it is asked for.
 */
export type Badness = 'pass' | 'small-bodies' | 'moved' | 'log-in' | 'page' | 'gzip';

export interface BadProxy {
  readonly url: string;
  badness: Badness;
  /** Method and address of every request, as they came. */
  readonly requests: string[];
  stop(): Promise<void>;
}

const bodyBytesMax = 1_000_000;

/** Whole addresses, as a client asks its proxy for them, are passed on to `server` as well. */
export async function startBadProxy(server: string): Promise<BadProxy> {
  const requests: string[] = [];
  const http = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    void answer(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const page = (status: number, headers = {}): void => {
      incoming.resume();
      outgoing.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html>Not what you came for</html>');
    };
    if (proxy.badness === 'moved') return page(308, { location: 'https://new.example/path?query=1' });
    if (proxy.badness === 'log-in') return page(401, { 'www-authenticate': 'Basic realm="x"' });
    if (proxy.badness === 'page') return page(200);
    if (proxy.badness === 'small-bodies' && Number(incoming.headers['content-length'] ?? 0) > bodyBytesMax)
      return page(413);
    await passOn(incoming, outgoing);
  }

  async function passOn(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, headers, url } = incoming;
    const { pathname, search } = new URL(url!, server);
    const body = await buffer(incoming);
    const onward = request(new URL(pathname + search, server), { method, headers }, (reply) => {
      if (proxy.badness !== 'gzip') {
        outgoing.writeHead(reply.statusCode!, reply.headers);
        reply.pipe(outgoing);
        return;
      }
      const { 'content-length': _, ...rest } = reply.headers;
      outgoing.writeHead(reply.statusCode!, { ...rest, 'content-encoding': 'gzip' });
      reply.pipe(createGzip()).pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  }

  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const proxy: BadProxy = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    badness: 'pass',
    requests,
    async stop() {
      http.closeAllConnections();
      await new Promise((closed) => http.close(closed));
    },
  };
  return proxy;
}
