import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Agent, request as open } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorTable, routes, toBase64, type MembershipPage, type RouteName } from '@aerie/protocol';
import { mutate, randomFrom, type Draft } from '../support/mutations.js';
import { enrollDrone } from '../support/drone.js';
import { foundBy, type Owner } from '../support/people.js';
import {
  RawDevice,
  bundleFrame,
  commitFrame,
  partOf,
  readAnswer,
  type Answer,
  type SealedFile,
} from '../support/raw.js';
import { aliasBody } from '../support/aliases.js';
import { renditionFrame, signInRenderer } from '../support/renderer.js';
import { startServer, type RunningServer } from '../support/server.js';

/** CI sends this many; AERIE_MUTATIONS=9500 is what an issue asks for before it is closed. */
const mutations = Number(process.env.AERIE_MUTATIONS ?? 1_000);
const seed = Number(process.env.AERIE_SEED ?? Math.floor(Math.random() * 2 ** 31));
const atOnce = 8;

describe(`A server that is sent ${mutations} mutated requests (AERIE_SEED=${seed})`, () => {
  let server: RunningServer;
  let owner: Owner;
  let people: Person[];
  let drafts: Record<RouteName, () => Draft>;
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

  beforeAll(async () => {
    server = await startServer();
    owner = await foundBy(server);
    const ada = await RawDevice.of(owner);
    const { renderer, projectId } = await signInRenderer(server, ada);
    const drone = await enrollDrone(ada, projectId);
    people = [
      { name: 'nobody', device: null },
      { name: 'the owner', device: ada },
      { name: 'an upload-only device', device: drone },
      { name: 'a renderer', device: renderer },
    ];
    drafts = await draftsFor(ada, renderer, projectId);
  }, 180_000);

  afterAll(async () => {
    agent.destroy();
    await server?.stop();
    owner?.remove();
  }, 60_000);

  it(
    'refuses each with a problem of the table, and never fails itself',
    async () => {
      const random = randomFrom(seed);
      const names = Object.keys(routes) as RouteName[];
      const wrong: unknown[] = [];
      const statuses = new Map<number, number>();
      const sendOne = async (index: number): Promise<void> => {
        const name = names[index % names.length]!;
        const person = people[Math.floor(random() * people.length)]!;
        const draft = drafts[name]();
        const token = await tokenOf(person);
        if (token) draft.headers.authorization = `Bearer ${token}`;
        const kinds = Array.from({ length: 1 + Math.floor(random() * 3) }, () => mutate(draft, random));
        const answer = await send(draft);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const isFine = answer.status < 400 || (answer.code in errorTable && answer.status < 500);
        if (!isFine)
          wrong.push([index, name, person.name, kinds.join('+'), draft.method, draft.path.slice(0, 120), answer.code]);
      };
      for (let at = 0; at < mutations; at += atOnce)
        await Promise.all(Array.from({ length: Math.min(atOnce, mutations - at) }, (_, i) => sendOne(at + i)));
      expect(wrong).toEqual([]);
      expect((statuses.get(429) ?? 0) / mutations).toBeLessThanOrEqual(0.01);
      // Not all of it was turned away at the door.
      expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 405, 415, 422]));
      expect(server.logs()).not.toContain('unexpected error');
    },
    60_000 + mutations * 60,
  );

  /** A new log-in where a mutated request has ended the last one. */
  async function tokenOf(person: Person): Promise<string | null> {
    if (!person.device) return null;
    const token = await person.device.token();
    const { status } = await person.device.send('readMembership', { token });
    if (status !== 401) return token;
    person.device = await RawDevice.open(person.device.aerie.keyring);
    return person.device.token();
  }

  function send({ method, path, headers, body }: Draft): Promise<Answer> {
    return new Promise((done, fail) => {
      const isChunked = headers['transfer-encoding'] === 'chunked';
      const length = body && !isChunked ? { 'content-length': String(body.length) } : {};
      const outgoing = open({
        port: server.port,
        host: '127.0.0.1',
        agent,
        method,
        path,
        headers: { ...headers, ...length },
      });
      outgoing.on('response', (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', fail).on('end', () => {
          const octets = Buffer.concat(pieces);
          const given = new Headers(
            Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]),
          );
          const answer = method === 'HEAD' && incoming.statusCode! >= 400 ? 'request.malformed' : null;
          const read = readAnswer(incoming.statusCode!, method === 'HEAD' ? new Headers() : given, octets);
          done(answer === null ? read : { ...read, code: answer });
        });
      });
      // A refused sender may find its connection closed while it still sends; without an answer that is a fault.
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  }
});

interface Person {
  readonly name: string;
  device: RawDevice | null;
}

/** For every route a request that is as right as can be, so that one change reaches as deep as possible. */
async function draftsFor(
  ada: RawDevice,
  renderer: RawDevice,
  projectId: string,
): Promise<Record<RouteName, () => Draft>> {
  const stored: SealedFile = await ada.seal(projectId, randomBytes(300), { preview: randomBytes(4_000) });
  expect((await ada.bundle(projectId, [stored])).json.outcomes[0].receipt).toBeDefined();
  const upload = await ada.seal(projectId, randomBytes(2_000), { inParts: true });
  expect((await ada.create(upload)).code).toBe('ok');
  const pending = await ada.seal(projectId, randomBytes(200));
  const { entries } = (await ada.send('readMembership')).json as MembershipPage;
  const [founded, device, project] = [entries.slice(0, 3), entries[2], entries.slice(3, 5)];
  const { envelopes } = (await ada.send('readProject', { params: { projectId } })).json;
  const rendition = await renditionFrame(renderer, stored, { thumb: randomBytes(500), preview: randomBytes(900) });
  const octets32 = toBase64(randomBytes(32));
  const certificate = toBase64(ada.aerie.local.deviceKey.certificate.bytes);
  const part = partOf(upload, 0);
  const digest = createHash('sha256').update(part).digest('base64');
  const bodies: Partial<Record<RouteName, unknown>> = {
    foundOrganization: {
      setupToken: 'x',
      entries: founded,
      sealedBackup: octets32,
      recoveryTokenDigest: octets32,
    },
    askChallenge: { deviceId: ada.aerie.keyring.deviceId },
    openSession: { record: device },
    recover: { recoveryToken: octets32, from: 0 },
    enrollDevice: { entry: device },
    renameDevice: { entry: device },
    revokeDevice: { entry: device },
    rotateCertificate: { entry: device, keys: [{ deviceId: randomUUID(), sealed: octets32 }], backup: octets32 },
    offerRenderer: { rendererToken: 'x', deviceId: randomUUID(), certificate, proof: octets32 },
    createPairing: {
      pairingId: randomUUID(),
      deviceId: randomUUID(),
      label: 'x',
      kind: 'full',
      certificate,
      proof: octets32,
      mac: octets32,
    },
    answerPairing: { answer: octets32 },
    createProject: {
      entries: project,
      envelopes: [{ memberId: ada.aerie.keyring.memberId, sealed: envelopes[0].sealed }],
    },
    createEpoch: {
      entry: project[1],
      envelopes: [{ memberId: ada.aerie.keyring.memberId, sealed: envelopes[0].sealed }],
    },
    createUpload: { blobs: [{ blobId: upload.originalId, role: 'original', bytes: upload.original.length }] },
    findMedia: { contentTokens: [octets32] },
    readSmallBlobs: { blobIds: stored.carried.map(({ blobId }) => blobId) },
    failRendering: { reason: 'unreadable' },
    putPart: part,
    commitUpload: commitFrame(upload),
    commitBundle: bundleFrame([pending]),
    addRendition: rendition,
    addAlias: await aliasBody(ada, stored, 'copy.txt'),
  };
  const aboutUpload: readonly string[] = ['createUpload', 'readUpload', 'putPart', 'commitUpload', 'abortUpload'];
  const draftOf = (name: RouteName): Draft => {
    const file = aboutUpload.includes(name) ? upload : stored;
    const params: Record<string, string | number> = {
      projectId,
      mediaId: name === 'abortUpload' ? randomUUID() : file.mediaId,
      blobId: file.originalId,
      partNumber: 0,
    };
    const body = bodies[name];
    const isOctets = body instanceof Uint8Array;
    return {
      method: routes[name].method,
      path: routes[name].path.replace(/:(\w+)/g, (_, key: string) => String(params[key] ?? randomUUID())),
      headers: {
        ...(body === undefined ? {} : { 'content-type': isOctets ? 'application/octet-stream' : 'application/json' }),
        ...(name === 'putPart' ? { 'content-digest': `sha-256=:${digest}:` } : {}),
      },
      body: body === undefined ? undefined : Buffer.from(isOctets ? body : JSON.stringify(body)),
    };
  };
  const names = Object.keys(routes) as RouteName[];
  return Object.fromEntries(names.map((name) => [name, () => draftOf(name)])) as Record<RouteName, () => Draft>;
}
