import { execFile } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type BrowserContext } from 'playwright-core';
import { deadline } from './deadline.js';
import { leaveOut } from './left-out.js';

const run = promisify(execFile);
const repository = resolve(fileURLToPath(import.meta.url), '../../..');
const executablePath = process.env.AERIE_CHROMIUM ?? '/usr/bin/chromium';
/** For whatever a page is asked to do or show. */
const waitMs = 60_000;
const bundleBytesMax = 32 * 1024 * 1024;

/** No sandbox, because tests may run as root; nothing that would reach for a network. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Chromium leaves out its proxy for addresses of this machine, unless told not to. */
const proxyFlags = (proxy?: string): string[] =>
  proxy ? [`--proxy-server=${proxy}`, '--proxy-bypass-list=<-loopback>'] : ['--no-proxy-server'];

/** Whether this machine has a Chromium (AERIE_CHROMIUM); where not, that is named as left out. */
export function hasBrowser(): boolean {
  if (existsSync(executablePath)) return true;
  leaveOut('pages in a browser', 'install Chromium, or set AERIE_CHROMIUM to one');
  return false;
}

export interface LaunchOptions {
  /** A profile that is kept when the browser ends. Without it there is a new, empty one. */
  readonly userDataDir?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Address of a proxy that everything goes through, what is for this machine included. */
  readonly proxy?: string;
  /** A name that leads to this machine, which browsers trust less than its own addresses. */
  readonly host?: string;
}

/**
 * A Chromium process of its own. Close the context, and it ends. Playwright is told every body that a page sends, so
 * uploads take about four times as long as without it: measure nothing here.
 */
export async function launchBrowser({
  userDataDir = '',
  viewport,
  proxy,
  host,
}: LaunchOptions = {}): Promise<BrowserContext> {
  const args = [...flags, ...proxyFlags(proxy), ...(host ? [`--host-resolver-rules=MAP ${host} 127.0.0.1`] : [])];
  const timeout = deadline(waitMs);
  // Without a locale of UTF-8, Chromium does not find files whose names are not ASCII.
  const env = { ...(process.env as Record<string, string>), LC_ALL: 'C.UTF-8' };
  const context = await chromium.launchPersistentContext(userDataDir, { executablePath, args, viewport, timeout, env });
  context.setDefaultTimeout(timeout);
  return context;
}

/** Ends the Chromium that has that profile with SIGKILL, as a crash or a power cut would. */
export async function killBrowser(context: BrowserContext, userDataDir: string): Promise<void> {
  const closed = new Promise((done) => context.once('close', done));
  // The link names the host and the process that hold the profile.
  process.kill(Number(readlinkSync(join(userDataDir, 'SingletonLock')).split('-').at(-1)), 'SIGKILL');
  await closed;
}

export interface ServedBundle {
  /** Origin; `/` is an empty page. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Bundles modules of this repository for a browser, from source, and serves them with an empty page on a free port.
 * @param entries by name: `{ page: 'test/support/pages/some.page.ts' }` is served as `/page.js`
 * @param options.server origin of an Aerie server, to which all other requests go on: pages and server then share one
 */
export async function serveBundle(
  entries: Record<string, string>,
  { server }: { server?: string } = {},
): Promise<ServedBundle> {
  const files = await bundled(entries);
  const http = createServer((incoming, outgoing) => {
    const file = files.get(incoming.url ?? '');
    if (file) outgoing.writeHead(200, { 'content-type': file.mime }).end(file.text);
    else if (server) passOn(incoming, outgoing, server);
    else outgoing.writeHead(404).end();
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      http.closeAllConnections();
      await new Promise((closed) => http.close(closed));
    },
  };
}

async function bundled(entries: Record<string, string>): Promise<Map<string, { mime: string; text: string }>> {
  const bundler = join(repository, 'test/support/bundle.mjs');
  const { stdout } = await run(process.execPath, [bundler, JSON.stringify(entries)], { maxBuffer: bundleBytesMax });
  const scripts = JSON.parse(stdout) as [string, string][];
  return new Map([
    ['/', { mime: 'text/html', text: '<!doctype html><meta charset="utf-8"><title>Test</title>' }],
    ...scripts.map(([name, text]) => [`/${name}`, { mime: 'text/javascript', text }] as const),
  ]);
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, server: string): void {
  const { method, headers, url } = incoming;
  const onward = request(new URL(url!, server), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(outgoing);
  });
  // A page that stops a transfer stops it up to the server.
  outgoing.on('close', () => onward.destroy());
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
