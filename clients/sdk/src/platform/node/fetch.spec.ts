import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nodeFetch, nodeFetchOf } from './fetch.js';

const octets = randomBytes(1_000_000);

describe('fetch over node:http', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('sends octets and headers as they are', async () => {
    const response = await nodeFetch(`${url}/digest`, { method: 'PUT', body: octets, headers: { 'x-word': 'kept' } });
    const sha256 = createHash('sha256').update(octets).digest('hex');
    expect(await response.json()).toEqual({ method: 'PUT', sha256, word: 'kept' });
  });

  it('gives octets back as they come', async () => {
    const response = await nodeFetch(`${url}/octets`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(octets.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
  });

  it.each(['gzip', 'deflate', 'br'])('opens an answer that something on the way compressed by %s', async (encoding) => {
    const response = await nodeFetch(`${url}/${encoding}`);
    expect(octets.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    expect(response.headers.get('content-encoding')).toBeNull();
  });

  it('asks for no compression, and refuses by name one that it does not know', async () => {
    expect(await (await nodeFetch(`${url}/accepts`)).text()).toBe('identity');
    await expect(nodeFetch(`${url}/unknown`)).rejects.toMatchObject({ code: 'network.not_aerie' });
  });

  it('has an empty body where the status allows none', async () => {
    const response = await nodeFetch(`${url}/nothing`);
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('fails while a body is read that breaks off', async () => {
    const response = await nodeFetch(`${url}/broken`);
    expect(response.ok).toBe(true);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it('leaves the connection when its reader has had enough', async () => {
    const response = await nodeFetch(`${url}/endless`);
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await expect(endlessClosed).resolves.toBe('closed');
  });

  it('does not follow a redirect with the token', async () => {
    expect((await nodeFetch(`${url}/elsewhere`, { headers: { authorization: 'Bearer x' } })).status).toBe(302);
  });

  it('gives up a connection that takes nothing more of a body, and waits for an answer once the body is out', async () => {
    const impatient = nodeFetchOf({ silentMs: 1_000 });
    const body = Buffer.alloc(64 * 1024 * 1024);
    await expect(impatient(`${url}/stuck`, { method: 'PUT', body })).rejects.toThrow('took nothing more');
    const response = await impatient(`${url}/late`, { method: 'PUT', body: body.subarray(0, 3_000_000) });
    expect(await response.text()).toBe('at last');
  });

  it('sends no more of a body that was answered already', async () => {
    const body = Buffer.alloc(64 * 1024 * 1024);
    const response = await nodeFetch(`${url}/early`, { method: 'PUT', body });
    expect(await response.text()).toBe('known');
    expect(await earlyBytes).toBeLessThan(body.length);
  });

  it('rejects with the reason of the signal, and with the reason of the system', async () => {
    const signal = AbortSignal.timeout(50);
    await expect(nodeFetch(`${url}/silent`, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(nodeFetch('http://127.0.0.1:9')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

let sayClosed: (word: string) => void = () => {};
const endlessClosed = new Promise<string>((resolve) => (sayClosed = resolve));

let sayEarly: (bytes: number) => void = () => {};
const earlyBytes = new Promise<number>((resolve) => (sayEarly = resolve));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (request.url) {
    case '/digest': {
      const sha256 = createHash('sha256')
        .update(await buffer(request))
        .digest('hex');
      response.end(JSON.stringify({ method: request.method, sha256, word: request.headers['x-word'] }));
      break;
    }
    case '/stuck':
      request.pause();
      break;
    case '/early': {
      let bytes = 0;
      request.on('data', (piece: Buffer) => (bytes += piece.length));
      request.on('end', () => sayEarly(bytes));
      request.socket.on('close', () => sayEarly(bytes));
      response.end('known');
      break;
    }
    case '/late':
      await buffer(request);
      // eslint-disable-next-line no-restricted-syntax -- a limit can only be outlasted
      setTimeout(() => response.end('at last'), 2_000);
      break;
    case '/octets':
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(octets);
      break;
    case '/gzip':
    case '/deflate':
    case '/br': {
      const squeeze = { '/gzip': gzipSync, '/deflate': deflateSync, '/br': brotliCompressSync }[request.url];
      response.writeHead(200, { 'content-encoding': request.url.slice(1) }).end(squeeze(octets));
      break;
    }
    case '/accepts':
      response.end(request.headers['accept-encoding']);
      break;
    case '/unknown':
      response.writeHead(200, { 'content-encoding': 'zstd' }).end('?');
      break;
    case '/nothing':
      response.writeHead(204).end();
      break;
    case '/broken':
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
      break;
    case '/endless':
      response.on('close', () => sayClosed('closed'));
      response.write(octets);
      break;
    case '/elsewhere':
      response.writeHead(302, { location: '/octets' }).end();
      break;
    case '/silent':
  }
}
