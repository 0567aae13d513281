import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asSealed } from '@aerie/protocol';
import { StoreFull, StoreUnavailable } from './object-store.port.js';
import { S3ObjectStore } from './object-store.s3.js';

const content = asSealed(new TextEncoder().encode('sealed'));
const sha256 = createHash('sha256').update(content).digest();

describe('Whether a bucket is ready', () => {
  let engine: Server;
  let store: S3ObjectStore;
  /** What the engine was asked for since the last look. */
  let asked: string[];
  /** Answers every write with this S3 error. */
  let refusal: { status: number; code: string } | null;

  beforeEach(async () => {
    asked = [];
    refusal = null;
    engine = createServer((request, response) => {
      request.resume().on('end', () => {
        asked.push(request.method!);
        if (refusal && request.method === 'PUT')
          response.writeHead(refusal.status).end(`<Error><Code>${refusal.code}</Code><Message>no</Message></Error>`);
        else response.writeHead(request.method === 'DELETE' ? 204 : 200, { etag: '"e"' }).end();
      });
    });
    await new Promise<void>((done) => engine.listen(0, '127.0.0.1', done));
    const { port } = engine.address() as AddressInfo;
    const keys = { region: 'us-east-1', bucket: 'aerie', accessKey: 'none', secretKey: 'none-none' };
    store = new S3ObjectStore({ endpoint: `http://127.0.0.1:${port}`, ...keys });
  });
  afterEach(async () => {
    engine.closeAllConnections();
    await new Promise((done) => engine.close(done));
  });

  const newlyAsked = (): string[] => asked.splice(0);

  it('is proven once by writing, and by no probe after that', async () => {
    await store.check();
    expect(newlyAsked()).toEqual(['HEAD', 'PUT', 'DELETE']);
    for (let probe = 0; probe < 3; probe++) await store.check();
    expect(newlyAsked()).toEqual(['HEAD', 'HEAD', 'HEAD']);
  });

  it('is learned from what is written anyway', async () => {
    await store.put('a/1', content, sha256);
    newlyAsked();
    await store.check();
    expect(newlyAsked()).toEqual(['HEAD']);
  });

  it.each([
    ['whose keys may only read', { status: 403, code: 'AccessDenied' }, StoreUnavailable],
    ['that is full', { status: 507, code: 'XMinioStorageFull' }, StoreFull],
  ])('is denied for one %s, until a write goes well', async (_, refused, error) => {
    refusal = refused;
    await expect(store.check()).rejects.toThrow(error);
    refusal = null;
    await store.check();
    refusal = refused;
    // Nothing has been written since, so nothing is known of it.
    await store.check();
    await expect(store.put('a/1', content, sha256)).rejects.toThrow(error);
    await expect(store.check()).rejects.toThrow(error);
    refusal = null;
    await store.check();
    newlyAsked();
    await store.check();
    expect(newlyAsked()).toEqual(['HEAD']);
  });

  it('is not doubted because of what a caller did wrong', async () => {
    await store.check();
    refusal = { status: 400, code: 'XAmzContentSHA256Mismatch' };
    await expect(store.put('a/1', content, sha256)).rejects.toThrow();
    newlyAsked();
    await store.check();
    expect(newlyAsked()).toEqual(['HEAD']);
  });
});
