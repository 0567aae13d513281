import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands before a server as its origin: slows uploads down, holds them up or loses them, and notes the parts. */
export interface SlowProxy {
  readonly url: string;
  /** Parts that the server has acknowledged, as `media/blob/number`, in order. */
  readonly acknowledged: string[];
  /** Parts that a client has begun to send. */
  readonly sent: string[];
  /** Octets a second of each request's body; unlimited without. */
  uploadBytesPerSecond: number | undefined;
  /** Octets of each answer that are let through, the rest of which never comes; all of them without. */
  answerBytesMax: number | undefined;
  /** Calls of the API wait until the answer is called; those that come after a later `hold` wait for that one's only. */
  hold(): () => void;
  /** How many calls wait. */
  readonly held: number;
  /** Calls of the API are torn off until the answer is called. */
  lose(): () => void;
  stop(): Promise<void>;
}

const partPath = /^\/api\/v1\/uploads\/([^/]+)\/blobs\/([^/]+)\/parts\/(\d+)$/;

function passBeginning(answer: IncomingMessage, outgoing: ServerResponse, bytesMax: number): void {
  let left = bytesMax;
  answer.on('data', (octets: Buffer) => {
    if (left > 0) outgoing.write(octets.subarray(0, left));
    left -= octets.length;
  });
  answer.on('end', () => {
    if (left >= 0) outgoing.end();
  });
}

export async function startSlowProxy(origin: string): Promise<SlowProxy> {
  const sent: string[] = [];
  const acknowledged: string[] = [];
  let held: Promise<void> | undefined;
  let waiting = 0;
  let isLost = false;
  const http = createServer((incoming, outgoing) => void take(incoming, outgoing));

  async function take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const isApi = incoming.url!.startsWith('/api/');
    if (isApi && isLost) return void incoming.socket.destroy();
    if (isApi && held) {
      waiting++;
      await held;
      waiting--;
    }
    const part = incoming.method === 'PUT' ? partPath.exec(incoming.url!)?.slice(1).join('/') : undefined;
    if (part) sent.push(part);
    const { method, headers, url } = incoming;
    const onward = request(new URL(url!, origin), { method, headers }, (answer) => {
      if (part && answer.statusCode! < 300) acknowledged.push(part);
      outgoing.writeHead(answer.statusCode!, answer.headers);
      const { answerBytesMax } = proxy;
      if (answerBytesMax === undefined) answer.pipe(outgoing);
      else passBeginning(answer, outgoing, answerBytesMax);
    });
    outgoing.on('close', () => onward.destroy());
    onward.on('error', () => outgoing.destroy());
    try {
      for await (const octets of incoming) {
        onward.write(octets);
        const perSecond = proxy.uploadBytesPerSecond;
        if (perSecond) await sleep(((octets as Buffer).length / perSecond) * 1000);
      }
      onward.end();
    } catch {
      onward.destroy();
    }
  }

  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const proxy: SlowProxy = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    acknowledged,
    sent,
    uploadBytesPerSecond: undefined,
    answerBytesMax: undefined,
    get held() {
      return waiting;
    },
    hold() {
      let release: () => void = () => {};
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    lose() {
      isLost = true;
      http.closeAllConnections();
      return () => void (isLost = false);
    },
    async stop() {
      http.closeAllConnections();
      await new Promise((closed) => http.close(closed));
    },
  };
  return proxy;
}
