import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/** A proxy that everything a browser sends goes through: it passes on what is for `origin`, and writes the rest down. */
export interface RecordingProxy {
  /** For the browser's proxy setting. */
  readonly url: string;
  /** What was for other hosts, as method and address; each was refused. Without what Chromium asks for itself. */
  readonly strangers: string[];
  /** Requests that were passed on. */
  passed(): number;
  stop(): Promise<void>;
}

/** What Chromium asks of its makers on its own account, whatever the page: refused like the rest, and not of interest. */
const browsersOwn = new Set([
  'accounts.google.com',
  'content-autofill.googleapis.com',
  'passwordsleakcheck-pa.googleapis.com',
  'redirector.gvt1.com',
  'update.googleapis.com',
]);

export async function startRecordingProxy(origin: string): Promise<RecordingProxy> {
  const { host, hostname, port } = new URL(origin);
  const strangers: string[] = [];
  let passed = 0;
  const proxy = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '', origin);
    if (url.host !== host) {
      if (!browsersOwn.has(url.hostname)) strangers.push(`${incoming.method} ${url.href}`);
      outgoing.writeHead(403).end();
      return;
    }
    passed++;
    const { method, headers } = incoming;
    const onward = request({ hostname, port, path: url.pathname + url.search, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    outgoing.on('close', () => onward.destroy());
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  // Tunnels (TLS, web sockets) are for others, unless they name the very server.
  proxy.on('connect', (incoming, socket, head) => {
    socket.on('error', () => {});
    if (incoming.url !== host) {
      if (!browsersOwn.has(incoming.url!.replace(/:\d+$/, ''))) strangers.push(`CONNECT ${incoming.url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const far = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    far.on('error', () => socket.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    strangers,
    passed: () => passed,
    async stop() {
      proxy.closeAllConnections();
      await new Promise((closed) => proxy.close(closed));
    },
  };
}
