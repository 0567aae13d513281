import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asSealed, problemOf, replyBytesMaxDefault, toBase64, type ErrorCode } from '@aerie/protocol';
import { ServerUnreachable } from '../errors.js';
import { nodeFetch } from '../platform/node/fetch.js';
import { Http, type TokenSource } from './http.js';

const projectId = '0b5b7a3e-8a3c-4c5f-9d55-0e5c4c8f6a11';
const [mediaId, blobId] = [projectId, projectId];
const info = {
  product: 'aerie',
  version: '1.0.0',
  organizationId: null,
  time: '2026-01-01T00:00:00.000Z',
  receiptKey: { origin: 'a', publicKey: toBase64(new Uint8Array(32)) },
};
type Answer = (response: ServerResponse, request: IncomingMessage, body: Buffer) => void;

const json =
  (value: unknown, status = 200): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

/** A refusal of the server; its reader is told to come back at once, so that no test waits. */
const problem = (code: ErrorCode, details = {}): Answer => {
  const body = problemOf(code, { requestId: projectId, ...details });
  return (response) =>
    void response
      .writeHead(body.status, { 'content-type': 'application/problem+json', 'retry-after': '0' })
      .end(JSON.stringify(body));
};

/** What a proxy, or a network's log-in page, answers in place of the server. */
const other =
  (status: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body);

describe('A call of the API', () => {
  let server: Server;
  let http: Http;
  /** One for each request; the last is given for all further ones. */
  let answers: Answer[];
  let asked: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[];

  beforeEach(async () => {
    answers = [];
    asked = [];
    server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { method, url, headers } = request;
        const body = Buffer.concat(pieces);
        asked.push({ method: method!, url: url!, headers, body });
        (answers.length > 1 ? answers.shift()! : answers[0]!)(response, request, body);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    http = new Http(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  /** Gives one token after the other, and tells which were given up. */
  function tokens(): TokenSource & { given: number; forgotten: string[] } {
    const source = {
      given: 0,
      forgotten: [] as string[],
      token: async () => `token-${source.forgotten.length + 1}`,
      forget: (token: string) => void source.forgotten.push(token),
    };
    return source;
  }

  describe('is sent', () => {
    it('as its row of the route table says', async () => {
      http.useTokens(tokens());
      answers = [json({ media: [], next: null })];
      const query = { after: undefined, limit: 7, order: 'newest' } as const;
      expect(await http.call('listMedia', { params: { projectId }, query })).toEqual({ media: [], next: null });
      const [{ method, url, headers }] = asked as [(typeof asked)[number]];
      expect([method, url]).toEqual(['GET', `/api/v1/projects/${projectId}/media?limit=7&order=newest`]);
      expect(headers.authorization).toBe('Bearer token-1');
      expect(headers['content-type']).toBeUndefined();
    });

    it('with params that cannot leave their place in the path', async () => {
      http.useTokens(tokens());
      answers = [problem('media.unknown')];
      await http.call('readMedia', { params: { mediaId: '../x?y#z' } }).catch(() => {});
      expect(asked[0]!.url).toBe('/api/v1/media/..%2Fx%3Fy%23z');
    });

    it('with octets as they are, JSON as JSON, and both counted', async () => {
      http.useTokens(tokens());
      answers = [json({ found: [] }), other(204)];
      await http.call('findMedia', { params: { projectId }, body: { contentTokens: ['t'] }, idempotencyKey: 'k' });
      const octets = asSealed(Uint8Array.of(0, 255, 13, 10));
      await http.call('putPart', { params: { mediaId, blobId, partNumber: 0 }, body: octets });
      expect(asked.map(({ headers }) => [headers['content-type'], headers['idempotency-key']])).toEqual([
        ['application/json', 'k'],
        ['application/octet-stream', undefined],
      ]);
      expect(JSON.parse(asked[0]!.body.toString())).toEqual({ contentTokens: ['t'] });
      expect(asked[1]!.body.equals(octets)).toBe(true);
      const bytesSent = asked[0]!.body.length + octets.length;
      expect(http.traffic).toEqual({ requests: 2, bytesSent, bytesReceived: JSON.stringify({ found: [] }).length });
    });

    it('without a token where the route needs none', async () => {
      http.useTokens(tokens());
      answers = [json(info)];
      await http.call('describeServer', {});
      expect(asked[0]!.headers.authorization).toBeUndefined();
    });
  });

  describe('that is refused', () => {
    it.each<[ErrorCode]>([['media.unknown'], ['access.denied'], ['server.storage_full'], ['blob.missing']])(
      'with %s ends with that code, and is not tried again',
      async (code) => {
        http.useTokens(tokens());
        answers = [problem(code)];
        const call = http.call('readMedia', { params: { mediaId } });
        await expect(call).rejects.toMatchObject({ name: 'ServerProblem', code, problem: { requestId: projectId } });
        expect(asked).toHaveLength(1);
      },
    );

    it.each<[ErrorCode]>([['request.too_many'], ['server.unavailable'], ['server.internal'], ['request.in_progress']])(
      'with %s is tried again, as that passes',
      async (code) => {
        answers = [problem(code), problem(code), json(info)];
        const waits: number[] = [];
        await http.call('describeServer', { onRetry: ({ waitMs }) => waits.push(waitMs) });
        expect(asked).toHaveLength(3);
        expect(waits).toEqual([0, 0]);
      },
    );

    it('again and again ends with the last refusal after so many attempts', async () => {
      answers = [problem('server.internal'), problem('request.too_many')];
      const call = http.call('describeServer', { attempts: 3 });
      await expect(call).rejects.toMatchObject({ code: 'request.too_many' });
      expect(asked).toHaveLength(3);
    });

    it('because its session has ended gets one new session, and no second one', async () => {
      const source = tokens();
      http.useTokens(source);
      answers = [problem('session.expired'), json({ projects: [] })];
      expect(await http.call('listProjects', {})).toEqual({ projects: [] });
      expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
      answers = [problem('session.expired')];
      await expect(http.call('listProjects', {})).rejects.toMatchObject({ code: 'session.expired' });
      expect(asked).toHaveLength(4);
      expect(source.forgotten).toEqual(['token-1', 'token-2']);
    });

    it('while it logs in is not tried again by itself: logging in was tried often enough', async () => {
      const failure = new ServerUnreachable('no');
      let logIns = 0;
      const token = (): Promise<string> => (logIns++, Promise.reject(failure));
      http.useTokens({ token, forget: () => {} });
      await expect(http.call('listProjects', {})).rejects.toBe(failure);
      expect(logIns).toBe(1);
      expect(asked).toHaveLength(0);
    });
  });

  describe('that something else answers', () => {
    const page = { 'content-type': 'text/html; charset=utf-8' };
    it.each<[string, Answer, string]>([
      ['a proxy that takes no large bodies', other(413, page, '<p>no</p>'), 'network.too_large'],
      ['a redirect', other(308, { location: 'https://login.example/secret?x=1' }), 'network.redirected'],
      ['a proxy with a log-in', other(401, page), 'network.login'],
      ['a network with a log-in page', other(511, page, '<p>Welcome</p>'), 'network.page'],
      ['a page in place of a reply', other(200, page, '<p>Welcome</p>'), 'network.page'],
      ['JSON of another program', json({ hello: 'world' }), 'network.not_aerie'],
      ['no JSON', other(200, {}, 'hello'), 'network.not_aerie'],
      ['a refusal without a problem', json({ error: 'no' }, 404), 'network.not_aerie'],
    ])('is named, and not tried again: %s', async (_, answer, code) => {
      http = new Http(http.server, (input, init) => fetch(input, { ...init, redirect: 'manual' }));
      answers = [answer];
      await expect(http.call('describeServer', {})).rejects.toMatchObject({ name: 'NotTheServer', code });
      expect(asked).toHaveLength(1);
    });

    it('says where a redirect leads, and nothing of the rest of that address', async () => {
      http = new Http(http.server, (input, init) => fetch(input, { ...init, redirect: 'manual' }));
      answers = [other(308, { location: 'https://login.example/secret?x=1' })];
      const error = await http.call('describeServer', {}).catch((thrown: Error) => thrown);
      expect((error as Error).message).toContain('https://login.example ');
      expect((error as Error).message).not.toContain('secret');
    });

    it('is tried again where a proxy says that the server behind it is away', async () => {
      answers = [other(502, page, '<p>Bad gateway</p>'), json(info)];
      expect((await http.call('describeServer', {})).time).toBe(info.time);
      expect(asked).toHaveLength(2);
    });
  });

  describe('whose reply breaks off', () => {
    const broken: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"organizationId":', () => response.destroy());
    };

    it('is tried again', async () => {
      answers = [broken, json(info)];
      expect((await http.call('describeServer', {})).time).toBe(info.time);
    });

    it('gives what came of a stream, and then says so', async () => {
      http.useTokens(tokens());
      answers = [
        (response) => {
          response.writeHead(200, { 'content-length': '1000' });
          response.write('first', () => response.destroy());
        },
      ];
      const { octets } = await http.stream('readBlob', { params: { mediaId, blobId } });
      const pieces: Uint8Array[] = [];
      const read = async (): Promise<void> => {
        for await (const piece of octets) pieces.push(piece);
      };
      await expect(read()).rejects.toMatchObject({ code: 'network.unreachable' });
      expect(Buffer.concat(pieces).toString()).toBe('first');
      expect(http.traffic.bytesReceived).toBe('first'.length);
    });
  });

  describe('whose server falls silent', () => {
    /** Long enough for an answer that is on its way, on a busy machine too. */
    const pieceMs = 1_000;
    /** A head and an octet, and nothing more. */
    const silent: Answer = (response) => void response.writeHead(200, { 'content-length': '1000' }).write('{');
    const params = { mediaId, blobId };

    it.each([
      ['before it answers', { answerMs: pieceMs, pieceMs: 60_000 }, () => {}],
      ['in the middle of its answer', { answerMs: 60_000, pieceMs }, silent],
    ])('%s is tried again', async (_, silence, answer: Answer) => {
      http = new Http(http.server, nodeFetch, silence);
      answers = [answer, json(info)];
      expect((await http.call('describeServer', {})).time).toBe(info.time);
      expect(asked).toHaveLength(2);
    });

    it('in a stream breaks that off, and lets the connection go', async () => {
      http = new Http(http.server, nodeFetch, { answerMs: 60_000, pieceMs });
      http.useTokens(tokens());
      const isClosed = new Promise<void>((closed) => {
        answers = [(response, ...asked) => silent(response.on('close', closed), ...asked)];
      });
      const { octets } = await http.stream('readBlob', { params });
      const read = async (): Promise<void> => {
        for await (const piece of octets) expect(Buffer.from(piece).toString()).toBe('{');
      };
      await expect(read()).rejects.toMatchObject({ code: 'network.unreachable' });
      await isClosed;
    });

    it('is not what a reader is told who takes its time', async () => {
      http = new Http(http.server, nodeFetch, { answerMs: pieceMs, pieceMs });
      http.useTokens(tokens());
      answers = [(response) => void response.writeHead(200).end(Buffer.alloc(1_000_000))];
      const { octets } = await http.stream('readBlob', { params });
      let bytes = 0;
      for await (const piece of octets) {
        // eslint-disable-next-line no-restricted-syntax -- a limit can only be outlasted
        if (bytes === 0) await new Promise((done) => setTimeout(done, 2 * pieceMs));
        bytes += piece.length;
      }
      expect(bytes).toBe(1_000_000);
    });
  });

  it('takes no more of a reply than its row allows, whatever the head says of it', async () => {
    answers = [
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(Buffer.alloc(replyBytesMaxDefault + 1, ' '));
      },
    ];
    await expect(http.call('describeServer', {})).rejects.toMatchObject({ code: 'trust.reply' });
    expect(asked).toHaveLength(1);
  });

  describe('that is aborted', () => {
    it('before it is sent is not sent', async () => {
      answers = [json(info)];
      await expect(http.call('describeServer', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
        'enough',
      );
      expect(asked).toHaveLength(0);
    });

    it('while it waits for its answer ends with the reason, and is not tried again', async () => {
      const stop = new AbortController();
      answers = [() => stop.abort(new Error('enough'))];
      await expect(http.call('describeServer', { signal: stop.signal })).rejects.toThrow('enough');
      expect(asked).toHaveLength(1);
    });

    it('while it waits for its next attempt makes none', async () => {
      const stop = new AbortController();
      answers = [problem('server.unavailable')];
      const call = http.call('describeServer', { signal: stop.signal, onRetry: () => stop.abort(new Error('enough')) });
      await expect(call).rejects.toThrow('enough');
      expect(asked).toHaveLength(1);
    });
  });
});
