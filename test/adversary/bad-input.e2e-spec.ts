import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleBytesMax, jsonBytesMax, printFrame, segmentBytes, type MediaManifest } from '@aerie/protocol';
import { enrollDrone } from '../support/drone.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { until } from '../support/people.js';
import { RawDevice, bundleFrame, commitFrame, partOf, send, type SealedFile } from '../support/raw.js';
import { RawSocket } from '../support/raw-socket.js';
import type { RunningServer } from '../support/server.js';
import { Stored, isAtRest } from '../support/stored.js';

/** Two parts. */
const largeBytes = segmentBytes + 500_000;

describe('A server that is sent bad input', () => {
  let harbor: Harbor;
  let server: RunningServer;
  let ada: RawDevice;
  let drone: RawDevice;
  let stored: Stored;
  let projectId: string;
  let otherId: string;

  beforeAll(async () => {
    ({ server, ada, stored, projectId } = harbor = await openHarbor({
      env: { AERIE_TICK_SECONDS: '1', AERIE_ORPHAN_AGE_SECONDS: '4' },
    }));
    otherId = (await ada.aerie.projects.create('Elsewhere')).projectId;
    drone = await enrollDrone(ada, projectId);
  }, 120_000);

  afterAll(() => harbor?.close(), 60_000);

  const small = (device = ada, project = projectId): Promise<SealedFile> => device.seal(project, randomBytes(500));
  const mediaCount = () => stored.count('SELECT count(*) FROM media');
  /** Nothing of it became a media, whatever else was kept. */
  const isNotStored = async ({ mediaId }: SealedFile) =>
    (await stored.count('SELECT count(*) FROM media WHERE id = $1', [mediaId])) === 0 &&
    (await stored.count('SELECT count(*) FROM blob WHERE media_id = $1', [mediaId])) === 0;

  describe('in parts of an upload', () => {
    let file: SealedFile;

    beforeAll(async () => {
      file = await ada.seal(projectId, randomBytes(largeBytes), { inParts: true });
      expect((await ada.create(file)).code).toBe('ok');
    }, 60_000);

    const partsStored = () => stored.count('SELECT count(*) FROM upload_part WHERE blob_id = $1', [file.originalId]);

    it('refuses a part whose octets do not have the digest it states', async () => {
      const other = `sha-256=:${createHash('sha256').update('something else').digest('base64')}:`;
      expect((await ada.putPart(file, 0, { digest: other })).code).toBe('upload.digest_mismatch');
      expect(await partsStored()).toBe(0);
    });

    it.each(['', 'sha-512=:AAAA:', 'sha-256=AAAA', 'sha-256=:too-short:', 'md5=:AAAA:'])(
      'refuses a part with the Content-Digest "%s"',
      async (digest) => {
        expect((await ada.putPart(file, 0, { digest })).code).toBe('upload.digest_missing');
        expect(await partsStored()).toBe(0);
      },
    );

    it('refuses a part that is shorter or longer than its place', async () => {
      const answer = await ada.putPart(file, 0, { octets: partOf(file, 0).subarray(1) });
      expect([answer.code, answer.json.bytesExpected]).toEqual(['upload.part_size', segmentBytes]);
      expect((await ada.putPart(file, 1, { octets: partOf(file, 0) })).code).toBe('request.too_large');
      expect((await ada.putPart(file, 1, { octets: new Uint8Array() })).code).toBe('upload.part_size');
      expect(await partsStored()).toBe(0);
    });

    it.each([
      [2, 'upload.part_out_of_range'],
      [9_999_999, 'upload.part_out_of_range'],
      [2 ** 53, 'request.malformed'],
      ['-1', 'request.malformed'],
      ['1.5', 'request.malformed'],
      ['0x1', 'upload.part_size'],
      ['one', 'request.malformed'],
      ['%00', 'request.malformed'],
      ['1e400', 'request.malformed'],
    ] as const)('refuses the part number %s', async (partNumber, code) => {
      expect((await ada.putPart(file, 0, { octets: randomBytes(10), params: { partNumber } })).code).toBe(code);
      expect(await partsStored()).toBe(0);
    });

    it.each([
      ["'; DROP TABLE media; --", 'request.malformed'],
      ['..%2f..%2fetc%2fpasswd', 'request.malformed'],
      [randomUUID(), 'upload.unknown'],
    ])('refuses the media id %s', async (mediaId, code) => {
      expect((await ada.putPart(file, 0, { octets: randomBytes(10), params: { mediaId } })).code).toBe(code);
    });

    it('lets a sender whose part is refused finish, so that it hears why', async () => {
      for (let i = 0; i < 20; i++) {
        expect((await ada.putPart(file, 0, { params: { blobId: randomUUID() } })).code).toBe('blob.unknown');
        expect((await ada.putPart(file, 1, { octets: partOf(file, 0) })).code).toBe('request.too_large');
      }
    });

    it('refuses a blob of another upload', async () => {
      expect((await ada.putPart(file, 0, { params: { blobId: randomUUID() } })).code).toBe('blob.unknown');
    });

    it('shows and opens nothing of the upload to another device, also of the same member', async () => {
      expect((await drone.send('readUpload', { params: { mediaId: file.mediaId } })).code).toBe('upload.unknown');
      expect((await drone.putPart(file, 0)).code).toBe('upload.unknown');
      expect((await drone.commit(file)).code).toBe('upload.unknown');
      expect((await drone.send('abortUpload', { params: { mediaId: file.mediaId } })).code).toBe('upload.unknown');
      expect((await drone.create(file)).code).toBe('upload.conflict');
    });

    it('survives a body that breaks off, and keeps nothing of it', async () => {
      const heard = () =>
        server
          .logs()
          .split('\n')
          .filter((line) => line.includes('"complete":false')).length;
      const before = heard();
      const socket = await RawSocket.open(server);
      socket.request('PUT', `/api/v1/uploads/${file.mediaId}/blobs/${file.originalId}/parts/0`, {
        authorization: `Bearer ${await ada.token()}`,
        'content-type': 'application/octet-stream',
        'content-digest': `sha-256=:${createHash('sha256').update('x').digest('base64')}:`,
        'content-length': segmentBytes,
      });
      socket.write(randomBytes(segmentBytes / 10)).hangUp();
      await until(heard, (lines) => lines > before);
      expect(await partsStored()).toBe(0);
      expect((await ada.send('readUpload', { params: { mediaId: file.mediaId } })).json.blobs[0].parts).toEqual([]);
    });

    it('refuses a commit while a part is missing, names it, and takes the commit once it is there', async () => {
      expect((await ada.putPart(file, 0)).code).toBe('ok');
      const refused = await ada.commit(file);
      expect([refused.code, refused.json.missing]).toEqual([
        'upload.part_missing',
        [{ blobId: file.originalId, parts: [1] }],
      ]);
      expect(await isNotStored(file)).toBe(true);
      const changed = Buffer.from(partOf(file, 0));
      changed[77]! ^= 1;
      expect((await ada.putPart(file, 0, { octets: changed })).code).toBe('upload.part_conflict');
      expect((await ada.putPart(file, 1)).code).toBe('ok');
      expect((await ada.commit(file)).code).toBe('ok');
      expect((await ada.putPart(file, 1)).code).toBe('upload.closed');
      expect((await ada.send('abortUpload', { params: { mediaId: file.mediaId } })).code).toBe('upload.closed');
    });
  });

  describe('as a commit', () => {
    it.each<[string, string, (manifest: MediaManifest) => MediaManifest]>([
      ['of another project', 'record.mismatch', (manifest) => ({ ...manifest, projectId: randomUUID() })],
      ['of another epoch', 'project.epoch_stale', (manifest) => ({ ...manifest, epoch: 2 })],
      ['for another epoch key', 'project.epoch_stale', (manifest) => ({ ...manifest, epochFp: 'ab'.repeat(32) })],
      [
        'of another device',
        'record.mismatch',
        (manifest) => ({ ...manifest, uploader: { ...manifest.uploader, deviceId: randomUUID() } }),
      ],
      [
        'of another member',
        'record.mismatch',
        (manifest) => ({ ...manifest, uploader: { ...manifest.uploader, memberId: randomUUID() } }),
      ],
      [
        'by another certificate',
        'record.mismatch',
        (manifest) => ({ ...manifest, uploader: { ...manifest.uploader, certificateFp: 'ab'.repeat(32) } }),
      ],
      [
        'with another root',
        'media.manifest_invalid',
        (manifest) => ({ ...manifest, blobs: manifest.blobs.map((blob) => ({ ...blob, root: 'A'.repeat(43) + '=' })) }),
      ],
      [
        'with other lengths',
        'media.manifest_invalid',
        (manifest) => ({ ...manifest, blobs: manifest.blobs.map((blob) => ({ ...blob, bytes: blob.bytes + 1 })) }),
      ],
      [
        'without its description',
        'media.manifest_invalid',
        (manifest) => ({ ...manifest, blobs: manifest.blobs.map((blob) => ({ ...blob, role: 'original' as const })) }),
      ],
    ])('refuses a signed manifest %s, and stores the rest of the bundle', async (_, code, change) => {
      const [bad, good] = [await ada.resign(await small(), change), await small()];
      const answer = await ada.bundle(projectId, [bad, good]);
      const [refused, taken] = answer.json.outcomes;
      expect([refused.problem?.code, typeof refused.problem?.hint, typeof taken.receipt]).toEqual([
        code,
        'string',
        'string',
      ]);
      expect([await isNotStored(bad), await isNotStored(good)]).toEqual([true, false]);
    });

    it('refuses a manifest that was altered after it was signed, or signed by somebody else', async () => {
      const file = await small();
      const octets = Buffer.from(file.commit.manifest.bytes, 'base64');
      const altered = {
        ...file,
        commit: {
          ...file.commit,
          manifest: {
            ...file.commit.manifest,
            bytes: Buffer.from(octets.toString().replace('"v":1', '"v": 1')).toString('base64'),
          },
        },
      };
      const foreign = await drone.resign(await small(), (manifest) => manifest);
      const { json } = await ada.bundle(projectId, [altered, foreign]);
      expect(json.outcomes.map((one: { problem?: { code: string } }) => one.problem?.code)).toEqual([
        'record.signature_invalid',
        'record.signature_invalid',
      ]);
      expect([await isNotStored(file), await isNotStored(foreign)]).toEqual([true, true]);
    });

    it('refuses a manifest in a project it was not signed for', async () => {
      const file = await small();
      const { json } = await ada.bundle(otherId, [file]);
      expect(json.outcomes[0].problem.code).toBe('record.mismatch');
      expect(await isNotStored(file)).toBe(true);
    });

    it('answers a replayed commit with the first receipt, and refuses another manifest for its id', async () => {
      const file = await small();
      const first = (await ada.bundle(projectId, [file])).json.outcomes[0].receipt;
      const before = await mediaCount();
      expect((await ada.bundle(projectId, [file])).json.outcomes[0].receipt).toBe(first);
      const again = await ada.resign(file, (manifest) => ({ ...manifest, createdAt: new Date(0).toISOString() }));
      expect((await ada.bundle(projectId, [again])).json.outcomes[0].problem.code).toBe('media.replayed');
      expect(await mediaCount()).toBe(before);
    });

    it('refuses a device that replays what another device has signed', async () => {
      const file = await small();
      expect((await drone.bundle(projectId, [file])).json.outcomes[0].problem.code).toBe('record.signature_invalid');
      expect((await ada.bundle(projectId, [file])).json.outcomes[0].receipt).toBeDefined();
      expect((await drone.bundle(projectId, [file])).json.outcomes[0].problem.code).toBe('record.signature_invalid');
    });

    it('refuses blob ids that belong to another media', async () => {
      const first = await small();
      expect((await ada.bundle(projectId, [first])).json.outcomes[0].receipt).toBeDefined();
      const thief = await ada.resign(first, (manifest) => ({ ...manifest, mediaId: randomUUID() }));
      const { json } = await ada.bundle(projectId, [thief]);
      expect(json.outcomes[0].problem?.code).toBe('blob.conflict');
    });

    it('refuses session keys for somebody else, of another version, or none', async () => {
      const file = await small();
      const [first, ...rest] = file.commit.pkesks;
      const other = await small();
      const cases = [
        { ...file, commit: { ...file.commit, pkesks: rest } },
        {
          ...file,
          commit: { ...file.commit, pkesks: [{ ...first!, recipientFp: 'ab'.repeat(32) }, ...file.commit.pkesks] },
        },
        { ...file, commit: { ...file.commit, pkesks: [first!, ...file.commit.pkesks] } },
        {
          ...file,
          commit: {
            ...file.commit,
            pkesks: [{ ...first!, packet: Buffer.from([0xc1, 1, 3]).toString('base64') }, ...rest],
          },
        },
        { ...file, commit: { ...file.commit, pkesks: [...file.commit.pkesks, ...other.commit.pkesks] } },
      ];
      for (const bad of cases)
        expect((await ada.bundle(projectId, [bad])).json.outcomes[0].problem?.code).toBe('media.manifest_invalid');
      expect(await isNotStored(file)).toBe(true);
    });

    it('refuses a frame with lying lengths, and stores nothing of it', async () => {
      const file = await small();
      const frame = Buffer.from(bundleFrame([file]));
      const head = (bytes: number) => {
        const octets = Buffer.from(frame);
        octets.writeUInt32BE(bytes >>> 0);
        return octets;
      };
      const stating = (blobs: readonly { blobId: string; bytes: number }[]) =>
        printFrame(
          { commits: [file.commit], blobs },
          file.carried.map(({ sealed }) => sealed),
        );
      const lying = (bytes: number) => stating(file.carried.map(({ blobId }) => ({ blobId, bytes })));
      const [first] = file.carried;
      const frames = [
        Buffer.alloc(0),
        Buffer.alloc(3),
        head(0),
        head(7),
        head(2 ** 32 - 1),
        head(jsonBytesMax + 1),
        frame.subarray(0, 100),
        frame.subarray(0, -1),
        Buffer.concat([frame, Buffer.from('tail')]),
        lying(1),
        lying(segmentBytes),
        lying(-5),
        lying(0.5),
        // One blob twice, each with half of the octets that follow.
        stating(file.carried.map(({ sealed }) => ({ blobId: first!.blobId, bytes: sealed.length }))),
        Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('[]')]),
        Buffer.concat([Buffer.from([0, 0, 0, 4]), Buffer.from([0xff, 0xfe, 0, 0])]),
        bundleFrame([]),
        bundleFrame(Array.from({ length: 65 }, () => file)),
      ];
      for (const body of frames) expect((await ada.bundle(projectId, [], { body })).code).toBe('request.malformed');
      expect(await isNotStored(file)).toBe(true);
      expect((await ada.bundle(projectId, [file])).json.outcomes[0].receipt).toBeDefined();
    });

    it('refuses a body that is larger than a bundle may be', async () => {
      const answer = await ada.bundle(projectId, [], { body: Buffer.alloc(bundleBytesMax + 1) });
      expect([answer.code, answer.json.bytesMax]).toEqual(['request.too_large', bundleBytesMax]);
    });

    it('refuses to commit one upload with the manifest of another', async () => {
      const [one, two] = [await ada.seal(projectId, randomBytes(100), { inParts: true }), await small()];
      expect((await ada.create(one)).code).toBe('ok');
      expect((await ada.commit(one, { body: commitFrame(two) })).code).toBe('record.mismatch');
      expect((await ada.send('abortUpload', { params: { mediaId: one.mediaId } })).code).toBe('ok');
      expect((await ada.commit(one)).code).toBe('upload.closed');
    });
  });

  describe('as JSON', () => {
    it.each([
      ['no JSON', '{"blobs":['],
      ['another type', '[]'],
      ['null', 'null'],
      ['a text', '"blobs"'],
      ['a number that is too large', '{"blobs":[{"blobId":"x","role":"original","bytes":1e99}]}'],
      ['a polluted prototype', '{"__proto__":{"admin":true},"blobs":[]}'],
      ['nothing', ''],
    ])('refuses %s', async (_, body) => {
      const answer = await ada.send('createUpload', {
        params: { projectId, mediaId: randomUUID() },
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.code).toBe('request.malformed');
    });

    it('refuses a body that is too large, and one of another media type', async () => {
      expect(
        (
          await ada.send('createUpload', {
            params: { projectId, mediaId: randomUUID() },
            body: { blobs: [], pad: 'x'.repeat(jsonBytesMax) },
          })
        ).code,
      ).toBe('request.too_large');
      expect(
        (
          await ada.send('createUpload', {
            params: { projectId, mediaId: randomUUID() },
            body: 'a=b',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
        ).code,
      ).toBe('request.unsupported_type');
    });

    it('refuses an upload plan that cannot be', async () => {
      const blob = { blobId: randomUUID(), role: 'original', bytes: 10 };
      const plans = [
        [],
        [{ ...blob, bytes: 0 }],
        [{ ...blob, bytes: -1 }],
        [{ ...blob, bytes: 160_000_000_001 }],
        [{ ...blob, role: 'virus' }],
        [{ ...blob, blobId: '../x' }],
        Array(9).fill(blob),
      ];
      for (const blobs of plans) {
        expect(
          (await ada.send('createUpload', { params: { projectId, mediaId: randomUUID() }, body: { blobs } })).code,
        ).toBe('request.malformed');
      }
      expect(
        (
          await ada.send('createUpload', {
            params: { projectId, mediaId: randomUUID() },
            body: { blobs: [blob, blob] },
          })
        ).code,
      ).toBe('upload.conflict');
    });

    it.each(['order=sideways', 'order=', 'order=newest&order=oldest', 'after=-1', 'after=x', 'limit=0', 'limit=501'])(
      'refuses to list by %s',
      async (query) => {
        const answer = await ada.send('listMedia', { params: { projectId }, query: `?${query}` });
        expect(answer.code).toBe('request.malformed');
      },
    );

    it.each(["'; DROP TABLE session; --", '..%2f..', 'CURRENT', randomUUID().toUpperCase()])(
      'refuses the session id and the job id %s',
      async (id) => {
        const before = await stored.count('SELECT count(*) FROM session');
        expect((await ada.send('endSessionOf', { params: { sessionId: id } })).code).toBe('request.malformed');
        expect((await ada.send('retryJob', { params: { jobId: id } })).code).toBe('request.malformed');
        expect(await stored.count('SELECT count(*) FROM session')).toBe(before);
      },
    );

    it('refuses to end a session or to retry a job that is not there', async () => {
      expect((await ada.send('endSessionOf', { params: { sessionId: randomUUID() } })).code).toBe('session.unknown');
      expect((await ada.send('retryJob', { params: { jobId: randomUUID() } })).code).toBe('job.unknown');
    });

    it('shows a stuck job whose payload is no payload, without what is in it', async () => {
      const [row] = await stored.query<{ id: string }>(
        `INSERT INTO outbox (job, payload, attempts, failed_at, error_code)
         VALUES ('media.check-media', '{"mediaIds": ["../x", 7, null], "mediaId": {}}', 1, now(), 'job.payload_malformed') RETURNING id`,
      );
      const { json } = await ada.send('readJobs');
      await stored.query('DELETE FROM outbox WHERE id = $1', [row!.id]);
      expect(json.stuck).toMatchObject([{ jobId: row!.id, error: 'job.payload_malformed', mediaIds: [] }]);
    });

    it('answers for a route that does not exist', async () => {
      const answer = await fetch(`${server.url}/api/v1/../v1/nothing/%2e%2e`);
      expect([answer.status, (await answer.json()).code]).toEqual([404, 'request.unknown_route']);
    });
  });

  describe('as a Range header', () => {
    let place: { mediaId: string; blobId: string };
    let file: SealedFile;

    beforeAll(async () => {
      file = await small();
      expect((await ada.bundle(projectId, [file])).json.outcomes[0].receipt).toBeDefined();
      place = { mediaId: file.mediaId, blobId: file.originalId };
    });

    const read = (range: string) => ada.send('readBlob', { params: place, headers: { range } });

    it('answers honest ranges with exactly those octets', async () => {
      const { original } = file;
      const last = original.length - 1;
      for (const [range, start, end] of [
        ['bytes=0-0', 0, 1],
        ['bytes=5-', 5, last + 1],
        ['bytes=-7', last - 6, last + 1],
        [`bytes=3-${last + 900}`, 3, last + 1],
        [`bytes=-${last * 9}`, 0, last + 1],
      ] as const) {
        const answer = await read(range);
        expect([range, answer.status, answer.headers.get('content-range')]).toEqual([
          range,
          206,
          `bytes ${start}-${end - 1}/${original.length}`,
        ]);
        expect(answer.octets.equals(original.subarray(start, end))).toBe(true);
      }
    });

    it('refuses ranges in which there is nothing', async () => {
      for (const range of [`bytes=${file.original.length}-`, 'bytes=9-3', 'bytes=-0', 'bytes=999999999999999-'])
        expect([range, (await read(range)).code]).toEqual([range, 'blob.range']);
    });

    it('answers what is no single range with the whole blob', async () => {
      const many = `bytes=${Array.from({ length: 2_000 }, () => '0-').join(',')}`;
      for (const range of [
        many,
        'bytes=0-1,2-3',
        'bytes=a-b',
        'bytes=',
        'bytes=-',
        'items=0-1',
        'bytes=0x0-0x1',
        'bytes=-99999999999999999999',
        'bytes=1e3-',
      ]) {
        const answer = await read(range);
        expect([range.slice(0, 40), answer.status, answer.octets.equals(file.original)]).toEqual([
          range.slice(0, 40),
          200,
          true,
        ]);
      }
    });
  });

  describe('from a device that may not', () => {
    it('refuses an upload-only device that wants to read', async () => {
      const file = await small(drone);
      expect((await drone.bundle(projectId, [file])).json.outcomes[0].receipt).toBeDefined();
      const params = { projectId, mediaId: file.mediaId, blobId: file.originalId };
      for (const route of ['listMedia', 'readMedia', 'readBlob', 'readSegments'] as const)
        expect((await drone.send(route, { params })).code).toBe('access.denied');
      expect((await drone.send('readSmallBlobs', { params, body: { blobIds: [file.originalId] } })).code).toBe(
        'access.denied',
      );
      expect((await drone.send('findMedia', { params, body: { contentTokens: ['A'.repeat(43) + '='] } })).code).toBe(
        'access.denied',
      );
    });

    it('refuses an upload-only device in another project', async () => {
      const file = await small(ada, otherId);
      expect((await drone.create({ ...file, projectId: otherId })).code).toBe('project.unknown');
      expect((await drone.bundle(otherId, [file])).code).toBe('project.unknown');
    });

    it('refuses a revoked device in the middle of its upload, and keeps nothing', async () => {
      const lost = await enrollDrone(ada, projectId);
      const file = await lost.seal(projectId, randomBytes(100_000), { inParts: true });
      expect((await lost.create(file)).code).toBe('ok');
      expect((await lost.putPart(file, 0)).code).toBe('ok');
      await ada.aerie.devices.revoke(lost.aerie.keyring.deviceId);
      for (const answer of [
        await lost.commit(file),
        await lost.putPart(file, 0),
        await lost.bundle(projectId, [await small(ada)]),
      ]) {
        expect(['device.revoked', 'session.expired']).toContain(answer.code);
      }
      expect((await send(server.url, 'askChallenge', { body: { deviceId: lost.aerie.keyring.deviceId } })).code).toBe(
        'device.revoked',
      );
      expect(await isNotStored(file)).toBe(true);
    });

    it('refuses a device whose enrollment has run out', async () => {
      const late = await enrollDrone(ada, projectId);
      const file = await small(late);
      await stored.query("UPDATE device SET expires_at = now() - interval '1 second' WHERE id = $1", [
        late.aerie.keyring.deviceId,
      ]);
      expect((await late.bundle(projectId, [file])).code).toBe('device.expired');
      expect(await isNotStored(file)).toBe(true);
    });

    it('refuses tokens that are expired, ended, made up or missing', async () => {
      const guest = await enrollDrone(ada, projectId);
      const token = await guest.token();
      await stored.query("UPDATE session SET expires_at = now() - interval '1 second' WHERE device_id = $1", [
        guest.aerie.keyring.deviceId,
      ]);
      const ask = (value: string | null, headers = {}) => guest.send('listProjects', { token: value, headers });
      expect((await ask(token)).code).toBe('session.expired');
      for (const made of ['x', 'A'.repeat(43), 'null', `${token}x`, 'a'.repeat(7_000)])
        expect((await ask(made)).code).toBe('session.expired');
      for (const authorization of ['', 'Bearer', `Basic ${token}`, token])
        expect((await ask(null, { authorization })).code).toBe('session.missing');
      expect((await ask(null)).code).toBe('session.missing');
    });

    it('takes the answer to a challenge once, and only from its device', async () => {
      const { keyring } = drone.aerie;
      const { json } = await send(server.url, 'askChallenge', { body: { deviceId: keyring.deviceId } });
      const { signRecord } = await import('../../clients/sdk/src/crypto/openpgp.js');
      const { signedToWire } = await import('@aerie/protocol');
      const record = {
        v: 1,
        type: 'session',
        organizationId: json.organizationId,
        deviceId: keyring.deviceId,
        challenge: json.challenge,
      } as const;
      const by = async (device: RawDevice) => ({
        record: signedToWire(await signRecord('session', record, device.aerie.local.deviceKey)),
      });
      expect((await send(server.url, 'openSession', { body: await by(ada) })).code).toBe('session.signature_invalid');
      expect((await send(server.url, 'openSession', { body: await by(drone) })).code).toBe('ok');
      expect((await send(server.url, 'openSession', { body: await by(drone) })).code).toBe('session.challenge_invalid');
    });
  });

  it('has answered none of this with a fault of its own', () => {
    expect(
      server
        .logs()
        .split('\n')
        .filter((line) => line.includes('unexpected error')),
    ).toEqual([]);
  });

  it('has kept nothing that no media names', async () => {
    await stored.uploadsExpire();
    await until(() => stored.differences(), isAtRest, 45_000);
  }, 60_000);
});
