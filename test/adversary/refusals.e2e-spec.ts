import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonBytesMax, routes } from '@aerie/protocol';
import { serverMadeUniques, uniqueViolations } from '../../src/platform/refusals/unique-violations.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { RawDevice, send, type SealedFile } from '../support/raw.js';
import { sendRaw } from '../support/raw-http.js';
import { renditionFrame, signInRenderer } from '../support/renderer.js';
import { startServer, type RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';

describe('A request that cannot be served', () => {
  let harbor: Harbor;
  let server: RunningServer;
  let ada: RawDevice;
  let projectId: string;

  beforeAll(async () => {
    ({ server, ada, projectId } = harbor = await openHarbor());
  }, 180_000);

  afterAll(() => harbor?.close(), 60_000);

  const small = (project = projectId): Promise<SealedFile> => ada.seal(project, randomBytes(500));

  describe('because an id is taken', () => {
    it('is told so by name, for a part that is stored and comes again without octets', async () => {
      const file = await ada.seal(projectId, randomBytes(2_000), { inParts: true });
      expect((await ada.create(file)).code).toBe('ok');
      expect((await ada.putPart(file, 0)).code).toBe('ok');
      const params = { mediaId: file.mediaId, blobId: file.originalId, partNumber: 0 };
      const digest = (await ada.send('readUpload', { params })).json.blobs[0].parts[0].digest as string;
      const headers = { 'content-digest': `sha-256=:${digest}:` };
      expect((await ada.send('putPart', { params, headers })).code).toBe('request.malformed');
      expect((await ada.send('putPart', { params, headers, body: new Uint8Array() })).code).toBe('ok');
    });

    it('is told so by name, for a rendition whose blob id is another blob', async () => {
      const { renderer, projectId: assisted } = await signInRenderer(server, ada);
      const file = await ada.seal(assisted, randomBytes(300), { preview: randomBytes(4_000) });
      const other = await small();
      for (const [project, one] of [
        [assisted, file],
        [projectId, other],
      ] as const)
        expect((await ada.bundle(project, [one])).json.outcomes[0].receipt).toBeDefined();
      const pictures = { thumb: randomBytes(500), preview: randomBytes(3_000) };
      const body = await renditionFrame(renderer, file, pictures, other.originalId);
      const params = { mediaId: file.mediaId };
      expect((await renderer.send('addRendition', { params, body })).code).toBe('blob.conflict');
      const good = await renditionFrame(renderer, file, pictures);
      expect((await renderer.send('addRendition', { params, body: good })).code).toBe('ok');
    });

    it('is told so by name, for media whose blob ids are those of other media', async () => {
      const first = await small();
      expect((await ada.bundle(projectId, [first])).json.outcomes[0].receipt).toBeDefined();
      const thief = await ada.resign(first, (manifest) => ({ ...manifest, mediaId: randomUUID() }));
      const { json } = await ada.bundle(projectId, [thief, await small()]);
      expect(json.outcomes[0].problem?.code).toBe('blob.conflict');
      expect(json.outcomes[1].receipt).toBeDefined();
    });

    it('has a code for every unique constraint of the database whose value a client can choose', async () => {
      const stored = await Stored.open(server);
      const found = await stored.query<{ name: string }>(
        "SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indisunique AND n.nspname = 'public'",
      );
      await stored.close();
      const ours = found.map(({ name }) => name).filter((name) => !/^PK_/.test(name));
      expect(ours.sort()).toEqual([...Object.keys(uniqueViolations), ...serverMadeUniques].sort());
    });

    it('is told so by name, for a project whose epoch certificate is that of another', async () => {
      const { envelopes } = (await ada.send('readProject', { params: { projectId } })).json;
      const { entrySigner: signer } = ada.aerie.local;
      const { certificate, members } = (await ada.aerie.projects.verified(projectId)).epoch.record;
      const made = randomUUID();
      const entries = await ada.entries([
        { type: 'project', signer, projectId: made, previews: { mode: 'sealed' } },
        { type: 'epoch', signer, projectId: made, epoch: 1, certificate, members },
      ]);
      const body = { entries, envelopes: [{ memberId: members[0]!.memberId, sealed: envelopes[0].sealed }] };
      expect((await ada.send('createProject', { body })).code).toBe('record.conflict');
    });
  });

  describe('because its body is of another kind than the route takes', () => {
    const plan = JSON.stringify({ blobs: [{ blobId: randomUUID(), role: 'original', bytes: 10 }] });
    const octetRoutes = ['putPart', 'commitUpload', 'commitBundle'] as const;

    it.each(octetRoutes)('hears 415 from %s, which takes octets', async (name) => {
      for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'x', 'multipart/a']) {
        const answer = await ada.send(name, { params: { projectId }, body: '{}', headers: { 'content-type': type } });
        expect([type, answer.code]).toEqual([type, 'request.unsupported_type']);
      }
    });

    it.each(['createUpload', 'createProject', 'findMedia', 'askChallenge'] as const)(
      'hears 415 from %s, which takes JSON',
      async (name) => {
        for (const type of [
          'application/octet-stream',
          'text/plain',
          'application/x-www-form-urlencoded',
          'image/png',
        ]) {
          const answer = await ada.send(name, { params: { projectId }, body: plan, headers: { 'content-type': type } });
          expect([type, answer.code]).toEqual([type, 'request.unsupported_type']);
        }
      },
    );

    it('is served where the type has parameters, as the type itself is what counts', async () => {
      const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
      const params = { projectId, mediaId: randomUUID() };
      expect((await ada.send('createUpload', { params, body: plan, headers })).code).toBe('ok');
    });
  });

  describe.each([
    ['with the web app beside the API', {}],
    ['without the web app', { AERIE_WEB_DIR: '' }],
  ])('because no route or no HTTP is meant, %s,', (_where, env) => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startServer({ env });
    }, 60_000);
    afterAll(() => server?.stop(), 60_000);

    const head = (first: string, ...lines: string[]) => `${[first, 'host: localhost', ...lines, '', ''].join('\r\n')}`;

    it('hears which methods a path has', async () => {
      for (const [method, path, allow] of [
        ['PATCH', routes.createProject.path, 'GET, HEAD, POST'],
        ['DELETE', `/api/v1/projects/${randomUUID()}`, 'GET, HEAD'],
        ['POST', routes.describeServer.path, 'GET, HEAD'],
        ['GET', routes.askChallenge.path, 'DELETE, POST'],
        ['TRACE', routes.describeServer.path, 'GET, HEAD'],
        ['PROPFIND', routes.describeServer.path, 'GET, HEAD'],
      ] as const) {
        const answer = await sendRaw(server.port, head(`${method} ${path} HTTP/1.1`));
        expect([method, answer.code, answer.headers.get('allow')]).toEqual([method, 'request.method_unknown', allow]);
      }
    });

    it.each([
      ['of a path that is nowhere', head('GET /api/v1/nothing HTTP/1.1'), 'request.unknown_route'],
      ['of a path beside the API', head('GET /api/nothing HTTP/1.1'), 'request.unknown_route'],
      ['of a method nobody knows', head('BREW /api/v1/server HTTP/1.1'), 'request.malformed'],
      ['of a path that cannot be decoded', head('GET /api/v1/projects/%zz HTTP/1.1'), 'request.malformed'],
      [
        'of an id that is far too long',
        head(`GET /api/v1/projects/${'a'.repeat(3_000)} HTTP/1.1`),
        'request.url_too_long',
      ],
      [
        'with headers that are too large',
        head('GET / HTTP/1.1', `x: ${'a'.repeat(20_000)}`),
        'request.headers_too_large',
      ],
      ['of another version of HTTP', head('GET / HTTP/9.9'), 'request.malformed'],
      ['that is no HTTP at all', '\u0016\u0003\u0001 hello\r\n\r\n', 'request.malformed'],
      ['without a host', 'GET /api/v1/server HTTP/1.1\r\n\r\n', 'request.malformed'],
      [
        'with two lengths',
        head('POST /api/v1/sessions/challenges HTTP/1.1', 'content-length: 1', 'content-length: 2'),
        'request.malformed',
      ],
      [
        'that is smuggled',
        head('POST /api/v1/sessions/challenges HTTP/1.1', 'content-length: 4', 'transfer-encoding: chunked'),
        'request.malformed',
      ],
      [
        'with JSON that is too long',
        head(
          'POST /api/v1/sessions/challenges HTTP/1.1',
          'content-type: application/json',
          `content-length: ${jsonBytesMax + 1}`,
        ),
        'request.too_large',
      ],
      [
        'that asks to upgrade',
        head('GET /api/v1/nothing HTTP/1.1', 'connection: upgrade', 'upgrade: x'),
        'request.unknown_route',
      ],
      ['that expects something', head('GET /api/v1/nothing HTTP/1.1', 'expect: wonders'), 'request.unknown_route'],
    ])('answers one %s with a problem of the table', async (_, text, code) => {
      const answer = await sendRaw(server.port, text);
      expect(answer.code).toBe(code);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    });
  });

  it('has never been called a fault of the server', async () => {
    expect((await send(server.url, 'describeServer', {})).code).toBe('ok');
    expect(server.logs()).not.toContain('unexpected error');
  });
});
