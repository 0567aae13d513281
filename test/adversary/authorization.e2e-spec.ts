import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorTable, routes, sessionErrors, type DeviceKind, type ErrorCode, type RouteName } from '@aerie/protocol';
import { enrollDrone } from '../support/drone.js';
import { foundBy, type Owner } from '../support/people.js';
import { RawDevice, send, type Request, type SealedFile } from '../support/raw.js';
import { signInRenderer } from '../support/renderer.js';
import { startServer, type RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';

/** What the request is about: the matrix asks for one project, one media and one upload, all three Ada's. */
type About = 'project' | 'media' | 'upload' | null;
const unknownCodes: Record<Exclude<About, null>, ErrorCode> = {
  project: 'project.unknown',
  media: 'media.unknown',
  upload: 'upload.unknown',
};

const digest = `${'A'.repeat(43)}=`;
const octets = new Uint8Array(10);

/** For every route a request that is well-formed, or as near to it as makes no difference to who may send it. */
const requests: Record<RouteName, Request & { about: About }> = {
  describeServer: { about: null },
  foundOrganization: { about: null, body: {} },
  readMembership: { about: null },
  askChallenge: { about: null, body: { deviceId: randomUUID() } },
  openSession: { about: null, body: {} },
  endSession: { about: null },
  listSessions: { about: null },
  endSessionOf: { about: null },
  recover: { about: null, body: { recoveryToken: digest } },
  enrollDevice: { about: null, body: {} },
  renameDevice: { about: null, body: { entry: { bytes: 'AAAA', signature: 'AAAA' } } },
  revokeDevice: { about: null, body: { entry: { bytes: 'AAAA', signature: 'AAAA' } } },
  rotateCertificate: { about: null, body: { entry: { bytes: 'AAAA', signature: 'AAAA' }, keys: [], backup: 'AAAA' } },
  readMemberKeys: { about: null },
  createPairing: { about: null, body: {} },
  readPairing: { about: null },
  answerPairing: { about: null, body: { answer: 'AAAA' } },
  offerRenderer: { about: null, body: {} },
  readRenderer: { about: null },
  createProject: { about: null, body: {} },
  createEpoch: {
    about: 'project',
    body: { entry: { bytes: 'AAAA', signature: 'AAAA' }, envelopes: [{ memberId: randomUUID(), sealed: 'AAAA' }] },
  },
  listProjects: { about: null },
  readProject: { about: 'project' },
  createUpload: { about: 'project', body: { blobs: [{ blobId: randomUUID(), role: 'original', bytes: 10 }] } },
  readUpload: { about: 'upload' },
  putPart: {
    about: 'upload',
    body: octets,
    headers: { 'content-digest': `sha-256=:${digest}:` },
    params: { partNumber: 0 },
  },
  commitUpload: { about: 'upload', body: octets },
  listUploads: { about: null },
  abortUpload: { about: 'upload' },
  commitBundle: { about: 'project', body: octets },
  listMedia: { about: 'project' },
  findMedia: { about: 'project', body: { contentTokens: [digest] } },
  readMedia: { about: 'media' },
  checkMedia: { about: 'media' },
  addAlias: {
    about: 'media',
    body: {
      record: { bytes: 'AAAA', signature: 'AAAA' },
      pkesk: { blobId: randomUUID(), recipientFp: 'a'.repeat(64), packet: 'AAAA' },
      sealed: 'AAAA',
    },
  },
  readBlob: { about: 'media' },
  readSegments: { about: 'media' },
  readSmallBlobs: { about: 'project', body: { blobIds: [randomUUID()] } },
  leaseRendering: { about: null },
  addRendition: { about: 'media', body: octets },
  failRendering: { about: 'media', body: { reason: 'unreadable' } },
  readStorage: { about: null },
  readJobs: { about: null },
  retryJob: { about: null },
  listWarnings: { about: null },
};

const ownerRoutes = (Object.keys(routes) as RouteName[]).filter((name) => {
  const { access } = routes[name];
  return access !== 'public' && 'owner' in access;
});

interface Person {
  readonly name: string;
  /** Null where the device has no valid session; then `refusal` says what it hears. */
  readonly kind: DeviceKind | null;
  readonly refusal?: ErrorCode;
  readonly token: () => Promise<string | null>;
  readonly partIn: readonly About[];
}

describe('Who may call what', () => {
  let server: RunningServer;
  let owner: Owner;
  let ada: RawDevice;
  let stored: Stored;
  let file: SealedFile;
  let upload: SealedFile;
  let projectId: string;
  const people: Person[] = [];
  /** Sessions of those who may have one; one of the routes ends them. */
  const tokens = new Map<RawDevice, string>();

  beforeAll(async () => {
    server = await startServer();
    owner = await foundBy(server);
    ada = await RawDevice.of(owner);
    stored = await Stored.open(server);
    projectId = (await ada.aerie.projects.create('Harbour')).projectId;
    const elsewhere = (await ada.aerie.projects.create('Elsewhere')).projectId;
    file = await ada.seal(projectId, randomBytes(300));
    expect((await ada.bundle(projectId, [file])).json.outcomes[0].receipt).toBeDefined();
    const insider = await enrollDrone(ada, projectId);
    const outsider = await enrollDrone(ada, elsewhere);
    const { renderer } = await signInRenderer(server, ada);
    const [revoked, late, expired] = [
      await enrollDrone(ada, projectId),
      await enrollDrone(ada, projectId),
      await enrollDrone(ada, projectId),
    ];
    const [revokedToken, lateToken, expiredToken] = [await revoked.token(), await late.token(), await expired.token()];
    await ada.aerie.devices.revoke(revoked.aerie.keyring.deviceId);
    await stored.query('UPDATE device SET expires_at = now() WHERE id = $1', [late.aerie.keyring.deviceId]);
    await stored.query('UPDATE session SET expires_at = now() WHERE device_id = $1', [expired.aerie.keyring.deviceId]);
    // A session that a bug left behind: the device row is asked all the same.
    const ghost = await enrollDrone(ada, projectId);
    const ghostToken = await ghost.token();
    await stored.query('UPDATE device SET revoked_at = now() WHERE id = $1', [ghost.aerie.keyring.deviceId]);
    const tokenOf = (device: RawDevice) => async () => {
      if (!tokens.has(device)) tokens.set(device, await (await RawDevice.open(device.aerie.keyring)).token());
      return tokens.get(device)!;
    };
    people.push(
      { name: 'nobody', kind: null, refusal: 'session.missing', token: async () => null, partIn: [] },
      { name: 'the owner', kind: 'full', token: tokenOf(ada), partIn: ['project', 'media', 'upload'] },
      { name: 'an upload-only device', kind: 'upload-only', token: tokenOf(insider), partIn: ['project'] },
      { name: 'an upload-only device of another project', kind: 'upload-only', token: tokenOf(outsider), partIn: [] },
      { name: 'the renderer of another project', kind: 'renderer', token: tokenOf(renderer), partIn: [] },
      { name: 'a revoked device', kind: null, refusal: 'session.expired', token: async () => revokedToken, partIn: [] },
      {
        name: 'a revoked device whose session was left behind',
        kind: null,
        refusal: 'device.revoked',
        token: async () => ghostToken,
        partIn: [],
      },
      {
        name: 'a device whose enrollment ran out',
        kind: null,
        refusal: 'device.expired',
        token: async () => lateToken,
        partIn: [],
      },
      {
        name: 'a device whose session ran out',
        kind: null,
        refusal: 'session.expired',
        token: async () => expiredToken,
        partIn: [],
      },
    );
  }, 180_000);

  afterAll(async () => {
    await stored?.close();
    await server?.stop();
    owner?.remove();
  }, 60_000);

  it('has a request for every route of the table, and for none besides', () => {
    expect(Object.keys(requests).sort()).toEqual(Object.keys(routes).sort());
  });

  it.each(Object.keys(routes) as RouteName[])(
    'answers %s exactly to those whom the table names',
    async (name) => {
      const { about, params, ...request } = requests[name];
      for (const [i, person] of people.entries()) {
        // A new one for each, where a request may end it.
        if (i === 0 || about === 'upload') {
          upload = await ada.seal(projectId, randomBytes(50), { inParts: true });
          expect((await ada.create(upload)).code).toBe('ok');
        }
        const places = {
          projectId,
          mediaId: about === 'media' ? file.mediaId : upload.mediaId,
          blobId: about === 'media' ? file.originalId : upload.originalId,
          deviceId: randomUUID(),
          ...params,
        };
        const { code } = await send(server.url, name, { ...request, params: places, token: await person.token() });
        expect([person.name, verdictOn(code)]).toEqual([person.name, expected(name, about, person)]);
        if (name === 'endSession') tokens.clear();
      }
    },
    60_000,
  );

  it('shows each device its own projects and no other', async () => {
    const counts = await Promise.all(
      people
        .filter(({ kind }) => kind !== null)
        .map(async ({ name, token }) => {
          const { json } = await send(server.url, 'listProjects', { token: await token() });
          return [
            name,
            json.projects.length,
            json.projects.some((one: { projectId: string }) => one.projectId === projectId),
          ];
        }),
    );
    expect(counts).toEqual([
      ['the owner', 3, true],
      ['an upload-only device', 1, true],
      ['an upload-only device of another project', 1, false],
      ['the renderer of another project', 1, false],
    ]);
  });

  it.each(ownerRoutes)('refuses %s to a full device whose member is no owner', async (name) => {
    await stored.query("UPDATE member SET role = 'member'");
    try {
      const { body } = requests[name];
      expect((await ada.send(name, { body })).code).toBe('access.denied');
    } finally {
      await stored.query("UPDATE member SET role = 'owner'");
    }
    expect((await ada.send(name, { body: requests[name].body })).code).not.toBe('access.denied');
  });

  it("shows and ends a member's own sessions only, and to an owner everybody's", async () => {
    const bob = await addMember();
    const sessionsOf = async (token?: string): Promise<{ sessionId: string; deviceId: string; current: boolean }[]> =>
      (await ada.send('listSessions', { token })).json.sessions;
    const end = async (sessionId: string, token?: string) =>
      (await ada.send('endSessionOf', { params: { sessionId }, token })).code;
    try {
      const all = await sessionsOf();
      const mine = all.find(({ current }) => current)!;
      expect(all.filter(({ current }) => current)).toEqual([mine]);
      expect(mine.deviceId).toBe(ada.aerie.keyring.deviceId);
      const [his, ...others] = await sessionsOf(bob.token);
      expect([his, others]).toMatchObject([{ deviceId: bob.deviceId, current: true }, []]);
      expect(all.map(({ sessionId }) => sessionId)).toContain(his!.sessionId);
      expect(await end(mine.sessionId, bob.token)).toBe('session.unknown');
      expect(await end(randomUUID(), bob.token)).toBe('session.unknown');
      expect(await end(his!.sessionId)).toBe('ok');
      expect((await ada.send('listSessions', { token: bob.token })).code).toBe('session.expired');
      expect(await end(his!.sessionId)).toBe('session.unknown');
      expect(await stored.count("SELECT count(*) FROM audit_event WHERE type = 'session.ended'")).toBe(1);
    } finally {
      await stored.query('DELETE FROM device WHERE id = $1', [bob.deviceId]);
      await stored.query('DELETE FROM member WHERE id = $1', [bob.memberId]);
    }
  });

  it('calls a session by an id that says nothing of its token', async () => {
    const token = await ada.token();
    const { json } = await ada.send('listSessions');
    const digest = createHash('sha256').update(token).digest();
    const said = JSON.stringify(json).toLowerCase();
    for (const secret of [token, digest.toString('hex'), digest.toString('base64'), digest.toString('base64url')])
      expect(said).not.toContain(secret.toLowerCase());
    const current = json.sessions.find((session: { current: boolean }) => session.current).sessionId as string;
    expect(digest.toString('hex')).not.toContain(current.replaceAll('-', '').slice(0, 8));
    expect((await send(server.url, 'listProjects', { token: current })).code).toBe('session.expired');
  });

  it('notes once a minute that a session is used, and not more often', async () => {
    const ask = async () => {
      const { json } = await ada.send('listSessions');
      return json.sessions.find((session: { current: boolean }) => session.current).lastUsedAt as string;
    };
    const first = await ask();
    expect(await ask()).toBe(first);
    await stored.query("UPDATE session SET last_used_at = last_used_at - interval '61 seconds'");
    const askedAt = Date.now();
    const noted = Date.parse(await ask());
    expect(noted).toBeGreaterThanOrEqual(askedAt - 1_000);
    expect(noted).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  /** A member beside Ada, with a device and a session, as rows only: no client would believe in him. */
  async function addMember(): Promise<{ memberId: string; deviceId: string; token: string }> {
    const [memberId, deviceId, token] = [randomUUID(), randomUUID(), randomBytes(32).toString('base64url')];
    await stored.query(
      `INSERT INTO member (id, role, certificate_fp, certificate, sealed_backup, recovery_token_digest)
       SELECT $1, 'member', $2, certificate, sealed_backup, $3 FROM member LIMIT 1`,
      [memberId, memberId, randomBytes(32)],
    );
    await stored.query(
      `INSERT INTO device (id, member_id, kind, label, certificate_fp, certificate)
       SELECT $1, $2, 'full', 'phone', $3, certificate FROM device WHERE kind = 'full' LIMIT 1`,
      [deviceId, memberId, deviceId],
    );
    await stored.query(
      "INSERT INTO session (token_digest, device_id, expires_at) VALUES ($1, $2, now() + interval '1 hour')",
      [createHash('sha256').update(token).digest(), deviceId],
    );
    return { memberId, deviceId, token };
  }

  it("answers the same for what is not there and for what is somebody else's", async () => {
    const token = await people.find(({ name }) => name.endsWith('of another project'))!.token();
    const ask = async (params: Record<string, string>) => {
      const { status, json } = await send(server.url, 'readProject', { params, token });
      return [status, { ...json, requestId: undefined }];
    };
    expect(await ask({ projectId })).toEqual(await ask({ projectId: randomUUID() }));
  });
});

const refusals: readonly string[] = [...sessionErrors, ...Object.values(unknownCodes)];
/** Whether a caller was let in, or which of the refusals that are about the caller it heard. */
const verdictOn = (code: string): string =>
  refusals.includes(code) ? code : code === 'ok' || code in errorTable ? 'let in' : code;

function expected(name: RouteName, about: About, { kind, refusal, partIn }: Person): string {
  const { access } = routes[name] as (typeof routes)[RouteName];
  if (access === 'public') return 'let in';
  if (kind === null) return refusal!;
  if (!(access.devices as readonly DeviceKind[]).includes(kind)) return 'access.denied';
  return about === null || partIn.includes(about) ? 'let in' : unknownCodes[about];
}
