import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer as it comes from the server, and as it is passed on. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}
/** `asked`: the headers of the request, by which a server may tell whom it answers. */
export type Alter = (path: string, answer: Answer, asked: IncomingHttpHeaders) => Answer;

/** Stands between a browser or program and a server, as the operator of the server could. */
export interface TamperingProxy {
  readonly url: string;
  /** How answers are altered from now on; unset means they are passed on as they are. */
  alter: Alter | undefined;
  /** Refuses every connection from now on. */
  stop(): Promise<void>;
}

export async function startTamperingProxy(server: string): Promise<TamperingProxy> {
  const proxy = { alter: undefined as Alter | undefined };
  const http = createServer((incoming, outgoing) => {
    const { 'accept-encoding': _, ...headers } = incoming.headers;
    const onward = request(new URL(incoming.url!, server), { method: incoming.method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const { 'transfer-encoding': _chunked, ...plain } = response.headers;
        const whole = { status: response.statusCode!, headers: plain, body: Buffer.concat(pieces) };
        const answer = proxy.alter?.(incoming.url!.split('?')[0]!, whole, incoming.headers) ?? whole;
        const length = incoming.method === 'HEAD' ? {} : { 'content-length': answer.body.length };
        outgoing.writeHead(answer.status, { ...answer.headers, ...length }).end(answer.body);
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      http.closeAllConnections();
      await new Promise((closed) => http.close(closed));
    },
  });
}
