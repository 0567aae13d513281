import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeFetch } from './fetch.js';
import { proxyFor } from './proxy.js';

const settings = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

describe('The proxy of the environment', () => {
  const viaProxy = (url: string, noProxy: string): boolean =>
    proxyFor(new URL(url), { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'http://proxy:3128', NO_PROXY: noProxy }) !==
    null;

  it.each([
    ['https://aerie.example', '', true],
    ['https://aerie.example', 'aerie.example', false],
    ['https://eu.aerie.example', 'aerie.example', false],
    ['https://eu.aerie.example', '.aerie.example', false],
    ['https://eu.aerie.example', '*.aerie.example', false],
    ['https://notaerie.example', 'aerie.example', true],
    ['https://aerie.example', 'other.example, AERIE.example', false],
    ['https://aerie.example', 'aerie.example:443', false],
    ['https://aerie.example:8443', 'aerie.example:443', true],
    ['https://aerie.example', '*', false],
    ['http://10.1.2.3', '10.0.0.0/8', false],
    ['http://11.1.2.3', '10.0.0.0/8', true],
    ['http://[fd00::1]:4120', 'fd00::/8', false],
    ['http://10.1.2.3', 'nonsense/99', true],
    ['http://127.0.0.1:4120', '', false],
    ['http://[::1]:4120', '', false],
    ['http://localhost:4120', '', false],
  ])('for %s with NO_PROXY=%s: %s', (url, noProxy, expected) => expect(viaProxy(url, noProxy)).toBe(expected));

  it('is chosen by the protocol of the address, and small letters go first', () => {
    const env = { HTTP_PROXY: 'plain:1', https_proxy: 'http://small:2', HTTPS_PROXY: 'http://large:3' };
    expect(proxyFor(new URL('http://a.example'), env)?.host).toBe('plain:1');
    expect(proxyFor(new URL('https://a.example'), env)?.host).toBe('small:2');
    expect(proxyFor(new URL('https://a.example'), {})).toBeNull();
  });

  it('is refused by name where it is none for HTTP, without its password', () => {
    const ask = (): unknown => proxyFor(new URL('https://a.example'), { HTTPS_PROXY: 'socks5://me:secret@proxy:1080' });
    expect(ask).toThrow(/^HTTPS_PROXY does not name an HTTP proxy$/);
  });
});

describe('A request through a proxy', () => {
  let proxy: Server;
  let asked: { method?: string; url?: string; credentials?: string; first?: number }[];
  let tunnelStatus: number;
  const before: NodeJS.ProcessEnv = {};

  beforeEach(async () => {
    asked = [];
    tunnelStatus = 200;
    proxy = createServer(({ method, url, headers }, response) => {
      asked.push({ method, url, credentials: headers['proxy-authorization'] });
      response.end(`to ${headers.host}`);
    });
    proxy.on('connect', ({ method, url, headers }, socket: Socket) => {
      const note: (typeof asked)[number] = { method, url, credentials: headers['proxy-authorization'] };
      asked.push(note);
      socket.on('error', () => {});
      socket.write(`HTTP/1.1 ${tunnelStatus} Said so\r\n\r\n`);
      socket.once('data', (octets) => {
        note.first = octets[0];
        socket.destroy();
      });
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const address = `http://pilot:p%40ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const name of settings) {
      before[name] = process.env[name];
      delete process.env[name];
    }
    Object.assign(process.env, { HTTP_PROXY: address, HTTPS_PROXY: address });
  });

  afterEach(() => {
    for (const name of settings) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    proxy.closeAllConnections();
    proxy.close();
  });

  const credentials = `Basic ${Buffer.from('pilot:p@ss').toString('base64')}`;

  it('in the clear asks it for the whole address', async () => {
    expect(await (await nodeFetch('http://aerie.example/api?x=1')).text()).toBe('to aerie.example');
    expect(asked).toEqual([{ method: 'GET', url: 'http://aerie.example/api?x=1', credentials }]);
  });

  it('over TLS asks it for a tunnel, and shows it nothing but the beginning of TLS', async () => {
    await expect(nodeFetch('https://aerie.example/api')).rejects.toThrow(/through the proxy 127\.0\.0\.1/);
    const handshake = 0x16;
    expect(asked).toEqual([{ method: 'CONNECT', url: 'aerie.example:443', credentials, first: handshake }]);
  });

  it('answers with the status by which it refuses a tunnel', async () => {
    tunnelStatus = 407;
    expect((await nodeFetch('https://aerie.example/api')).status).toBe(407);
  });
});
