import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, Pairing, newPairingCode, recover, type IngestInput, type IngestResult, type Keyring } from '@aerie/sdk';
import { fromBase64, problemOf, toBase64, type MediaView, type Pkesk } from '@aerie/protocol';
import {
  generateSecretKey,
  openMessage,
  readSecretKey,
  unwrapSessionKey,
  type SecretKey,
} from '../../clients/sdk/src/crypto/openpgp.js';
import { MemoryJournal, type Journal } from '../../clients/sdk/src/uploads/journal.js';
import type { RotationStep } from '../../clients/sdk/src/identity/rotation.js';
import { enrollDrone } from '../support/drone.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { until } from '../support/people.js';
import { RawDevice } from '../support/raw.js';

/** A full device is lost while it is unlocked: it has its member's keys, and the server helps whoever has it. */
describe('A full device that was revoked, once the keys it held were replaced', () => {
  let harbor: Harbor;
  let ada: RawDevice;
  let projectId: string;

  beforeAll(async () => {
    harbor = await openHarbor();
    ({ ada, projectId } = harbor);
  }, 120_000);
  afterAll(() => harbor?.close(), 60_000);

  async function paired(label: string): Promise<Keyring> {
    const code = newPairingCode();
    const pairing = await Pairing.offer({ server: harbor.server.url, code, label, kind: 'full' });
    await ada.aerie.devices.approve(code, (await ada.aerie.devices.readOffer(code))!);
    return pairing.answered();
  }
  let machines = 0;
  /** One more full device of Ada's, with everything it can learn, and then revoked. */
  async function lose(): Promise<RawDevice> {
    const lost = await RawDevice.open(await paired(`phone ${++machines}`));
    await lost.aerie.projects.list();
    await ada.aerie.devices.revoke(lost.aerie.keyring.deviceId, 'left on a train');
    return lost;
  }
  async function store(content: Uint8Array, device = ada): Promise<MediaView> {
    const file = await device.seal(projectId, content, { thumb: randomBytes(500) });
    expect((await device.bundle(projectId, [file])).json.outcomes[0].receipt).toBeDefined();
    return (await device.send('readMedia', { params: { mediaId: file.mediaId } })).json as MediaView;
  }
  const reads = async (aerie: Aerie, { mediaId }: MediaView): Promise<Buffer> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await aerie.media.download(mediaId)).content) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const chain = () => ada.aerie.local.membership({ fresh: true });
  const counts = async () => {
    const { members, projects } = await chain();
    return {
      certificates: members.get(ada.aerie.keyring.memberId)!.certificates.length,
      epochs: projects.get(projectId)!.epochs.length,
    };
  };

  describe('with a copy of everything the server has', () => {
    let lost: RawDevice;
    let before: MediaView;
    let after: MediaView;
    const [old, fresh] = [randomBytes(3_000), randomBytes(3_000)];
    const steps: RotationStep['kind'][] = [];
    /** Every secret key that the lost device holds, also out of the envelopes that it could open. */
    let held: SecretKey[];
    let hashKeys: Uint8Array[];

    beforeAll(async () => {
      before = await store(old);
      lost = await lose();
      await ada.aerie.devices.rotate({ onProgress: ({ step }) => steps.push(step.kind) });
      after = await store(fresh);
      const { keyring, projects, local } = lost.aerie;
      const member = await Promise.all(keyring.memberSecretKeys!.map((key) => readSecretKey(fromBase64(key))));
      // What it had opened by then: its session is closed, the copy in its memory is not.
      const { envelopes } = await projects.verified(projectId);
      held = [local.deviceKey, ...member, ...[...envelopes.values()].map(({ secretKey }) => secretKey)];
      hashKeys = [...envelopes.values()].map(({ hashKey }) => hashKey);
    }, 120_000);

    const opensMessage = async (sealed: Uint8Array) =>
      (await Promise.allSettled(held.map((key) => openMessage(sealed, key)))).some(
        ({ status }) => status === 'fulfilled',
      );
    const unwraps = async ({ packet }: Pkesk) =>
      (await Promise.allSettled(held.map((key) => unwrapSessionKey(fromBase64(packet), key)))).some(
        ({ status }) => status === 'fulfilled',
      );

    it('had its member and its projects in hand, which were replaced one after the other', async () => {
      expect(steps).toEqual(['member', 'project']);
      expect(await counts()).toEqual({ certificates: 2, epochs: 2 });
      expect(await ada.aerie.devices.rotation()).toEqual([]);
    });

    it('opens what was sealed before, and no envelope, member key or backup of the time since', async () => {
      const rows = await harbor.stored.query<{ sealed: Buffer; isOld: boolean }>(
        `SELECT sealed, epoch = 1 AS "isOld" FROM envelope WHERE project_id = '${projectId}'
         UNION ALL SELECT sealed, false FROM member_key UNION ALL SELECT sealed, false FROM member_backup`,
      );
      expect(rows.filter(({ isOld }) => !isOld).length).toBeGreaterThanOrEqual(3);
      for (const { sealed, isOld } of rows) expect(await opensMessage(sealed)).toBe(isOld);
    });

    it('unwraps no session key of a file that was stored since, original, description or picture', async () => {
      expect(before.pkesks).toHaveLength(3);
      for (const pkesk of before.pkesks) expect(await unwraps(pkesk)).toBe(true);
      expect(after.pkesks).toHaveLength(3);
      for (const pkesk of after.pkesks) expect(await unwraps(pkesk)).toBe(false);
    });

    it('cannot ask for a content that it has, either: the hash key of the project is another since', async () => {
      const hashed = (hashKey: Uint8Array, content: Uint8Array) =>
        createHmac('sha256', hashKey).update(createHash('sha256').update(content).digest()).digest('base64');
      const contentTokens = hashKeys.map((hashKey) => hashed(hashKey, fresh));
      const { opened } = await ada.aerie.projects.verified(projectId);
      expect(contentTokens).toHaveLength(1);
      expect(contentTokens).not.toContain(hashed(opened.hashKey, fresh));
    });

    it('takes no help from a server that lets it in: it is given the rows, and cannot open one', async () => {
      const helped = await Aerie.open(structuredClone(lost.aerie.keyring), {
        fetch: async (input, init) => {
          const { pathname, search } = new URL(String(input));
          if (/challenges$|sessions$/.test(pathname)) return fetch(input, init);
          const headers = { ...(init!.headers as object), authorization: `Bearer ${await ada.token()}` };
          return fetch(`${harbor.server.url}${pathname}${search}`, { ...init, headers });
        },
      });
      // In place of its own session, Ada's: the server can hand out whatever it has.
      helped.local.http.useTokens({ token: () => ada.token(), forget: () => undefined });
      await helped.local.membership();
      expect(helped.local.memberKeys.all).toHaveLength(1);
      await expect(helped.projects.read(projectId)).rejects.toMatchObject({ code: 'trust.envelope' });
      await expect(reads(helped, after)).rejects.toBeDefined();
    });

    it('signs no certificate for its member, neither with its key nor with the one of its member', async () => {
      const { memberId } = ada.aerie.keyring;
      const { deviceId } = lost.aerie.keyring;
      const sealed = toBase64(createHash('sha256').update('x').digest());
      const mine = await readSecretKey(fromBase64((await paired('another')).deviceSecretKey));
      const keys = (await chain()).fullDevicesOf(memberId).map(({ record }) => ({ deviceId: record.deviceId, sealed }));
      const certificate = toBase64(mine.certificate.bytes);
      for (const signer of [
        { by: 'device', memberId, deviceId },
        { by: 'recovery', memberId },
      ] as const)
        for (const key of held.slice(0, 2)) {
          const said = { type: 'certificate', signer, memberId, certificate, keys, backup: sealed } as const;
          const [entry] = await ada.entries([said], key);
          const body = {
            entry,
            keys: keys.map((one) => ({ ...one, sealed: toBase64(Buffer.from('x')) })),
            backup: 'eA==',
          };
          const answer = await ada.send('rotateCertificate', { params: { memberId }, body });
          expect(answer.code).toBe('record.mismatch');
          const { bytes, signature } = entry!;
          const signed = { bytes: fromBase64(bytes), signature: fromBase64(signature) };
          await expect((await chain()).with([signed])).rejects.toMatchObject({
            reason: expect.stringMatching(/authority|signature/),
          });
        }
    });

    it('left nothing behind that others could not read: each device and the kit open old files and new ones', async () => {
      const recovered = await recover({
        server: harbor.server.url,
        kit: readFileSync(harbor.owner.kitFile, 'utf8'),
        deviceLabel: 'from the kit',
      });
      for (const keyring of [ada.aerie.keyring, await paired('newest'), recovered.keyring]) {
        expect(keyring.memberSecretKeys).toHaveLength((await counts()).certificates);
        const aerie = await Aerie.open(keyring);
        expect(await reads(aerie, before)).toEqual(old);
        expect(await reads(aerie, after)).toEqual(fresh);
      }
    });
  });

  it('is told of on every full device of its member, each of which can go on', async () => {
    const other = await RawDevice.open(await paired('other desk'));
    await lose();
    for (const { aerie } of [ada, other])
      expect(await aerie.devices.rotation()).toEqual([{ kind: 'member' }, { kind: 'project', projectId }]);
    expect(await other.aerie.devices.rotate()).toBe(2);
    const { mediaId } = await store(randomBytes(100));
    expect((await other.aerie.media.open(mediaId)).media.manifest.epoch).toBe((await counts()).epochs);
    for (const { aerie } of [ada, other]) expect(await aerie.devices.rotation()).toEqual([]);
    expect(await ada.aerie.devices.rotate()).toBe(0);
  });

  it.each(['before the certificate', 'after the certificate', 'before the epoch', 'after the epoch'])(
    'is dealt with to the end where that was cut off %s',
    async (where) => {
      const other = await RawDevice.open(await paired(`rescue ${where}`));
      const was = await counts();
      await lose();
      const path = where.endsWith('epoch') ? '/epochs' : '/certificate';
      const cut = await Aerie.open(structuredClone(ada.aerie.keyring), {
        fetch: async (input, init) => {
          if (!String(input).endsWith(path)) return fetch(input, init);
          if (where.startsWith('after')) await fetch(input, init);
          return Response.json(problemOf('access.denied'), {
            status: 403,
            headers: { 'content-type': 'application/problem+json' },
          });
        },
      });
      await expect(cut.devices.rotate()).rejects.toMatchObject({ code: 'access.denied' });
      const left = await other.aerie.devices.rotation();
      expect(left.map(({ kind }) => kind)).toEqual(
        { 'before the certificate': ['member', 'project'], 'after the epoch': [] }[where] ?? ['project'],
      );
      await other.aerie.devices.rotate();
      expect(await counts()).toEqual({ certificates: was.certificates + 1, epochs: was.epochs + 1 });
      const content = randomBytes(500);
      const media = await store(content, other);
      expect(await reads(cut, media)).toEqual(content);
    },
  );

  it('stops between two steps where it is asked to, and says so', async () => {
    await lose();
    const stop = new AbortController();
    const onProgress = ({ step }: { step: RotationStep }) => step.kind === 'project' && stop.abort();
    await expect(ada.aerie.devices.rotate({ onProgress, signal: stop.signal })).rejects.toMatchObject({
      code: 'rotation.aborted',
    });
    expect(await ada.aerie.devices.rotation()).toEqual([{ kind: 'project', projectId }]);
    expect(await ada.aerie.devices.rotate()).toBe(1);
  });

  it('is dealt with once where several devices do it at the same time', async () => {
    const others = [await RawDevice.open(await paired('desk b')), await RawDevice.open(await paired('desk c'))];
    const was = await counts();
    await lose();
    await Promise.all([ada, ...others].map(({ aerie }) => aerie.devices.rotate()));
    expect(await counts()).toEqual({ certificates: was.certificates + 1, epochs: was.epochs + 1 });
    const content = randomBytes(700);
    const media = await store(content);
    for (const { aerie } of others) expect(await reads(aerie, media)).toEqual(content);
  });

  it('has not shut the others out by then with a key that opens for nobody: not its owner, and not the kit', async () => {
    const thief = await RawDevice.open(await paired('stolen tablet'));
    const { memberId, deviceId } = thief.aerie.keyring;
    const octets = Buffer.from('no key');
    const sealed = createHash('sha256').update(octets).digest('base64');
    const keys = (await chain()).fullDevicesOf(memberId).map(({ record }) => ({ deviceId: record.deviceId, sealed }));
    const certificate = toBase64((await generateSecretKey('mine', 'encrypting')).certificate.bytes);
    const { entrySigner: signer } = thief.aerie.local;
    const [entry] = await thief.entries([{ type: 'certificate', signer, memberId, certificate, keys, backup: sealed }]);
    const handed = keys.map((one) => ({ ...one, sealed: octets.toString('base64') }));
    const body = { entry, keys: handed, backup: octets.toString('base64') };
    expect((await thief.send('rotateCertificate', { params: { memberId }, body })).code).toBe('ok');

    await ada.aerie.devices.revoke(deviceId, 'stolen');
    const kit = readFileSync(harbor.owner.kitFile, 'utf8');
    const { keyring } = await recover({ server: harbor.server.url, kit, deviceLabel: 'after the theft' });
    await ada.aerie.devices.rotate();
    const content = randomBytes(2_000);
    const file = await store(content);
    for (const aerie of [ada.aerie, await Aerie.open(keyring)]) expect(await reads(aerie, file)).toEqual(content);
  });

  describe('while files are on their way', () => {
    /** An ingest of one file, with what it has sent; `at` runs once, before a request to that path goes out. */
    async function ingest(
      keyring: Keyring,
      content: Buffer,
      path: RegExp,
      at: () => Promise<Response | void>,
      journal?: Journal,
    ) {
      const sent: string[] = [];
      let isDone = false;
      const aerie = await Aerie.open(structuredClone(keyring), {
        fetch: async (input, init) => {
          const { pathname } = new URL(String(input));
          if (path.test(pathname) && !isDone) {
            isDone = true;
            const instead = await at();
            if (instead) return instead;
          }
          if (/parts|bundles|commit|uploads\/[^/]*$/.test(pathname))
            sent.push(`${init!.method} ${pathname.split('/').at(-2)}`);
          return fetch(input, init);
        },
      });
      const results: IngestResult[] = [];
      for await (const result of aerie.uploads.ingest(items(content), { projectId, journal })) results.push(result);
      return { sent, result: results[0]!, aerie };
    }
    async function* items(content: Buffer): AsyncGenerator<IngestInput> {
      const name = 'DJI_0001.MP4';
      yield {
        path: name,
        name,
        folder: '',
        mime: 'video/mp4',
        modifiedAt: null,
        resumeKey: 'a card',
        source: {
          bytes: content.length,
          read: async (from, to) => content.subarray(from, to),
          sha256: async () => createHash('sha256').update(content).digest(),
          assertUnchanged: async () => {},
          close: async () => {},
        },
        captureFacts: async () => ({}),
        makePictures: async () => ({}),
      };
    }
    const overtake = async (): Promise<void> => {
      await lose();
      await ada.aerie.devices.rotate();
    };
    const isWhole = async (mediaId: string, content: Buffer): Promise<void> => {
      const { media } = await ada.aerie.media.open(mediaId);
      expect(media.manifest.epoch).toBe((await counts()).epochs);
      expect((await reads(ada.aerie, media.view)).equals(content)).toBe(true);
    };

    it.each(['full', 'upload-only'])('of a %s device, small ones are wrapped and signed again', async (kind) => {
      const { keyring } = kind === 'full' ? ada.aerie : (await enrollDrone(ada, projectId)).aerie;
      const content = randomBytes(5_000);
      const { sent, result } = await ingest(keyring, content, /bundles$/, overtake);
      expect(result).toMatchObject({ status: 'stored' });
      expect(sent).toHaveLength(2);
      await isWhole(result.mediaId!, content);
    });

    it.each(['full', 'upload-only'])('of a %s device, no part of a large one is sent again', async (kind) => {
      const { keyring } = kind === 'full' ? ada.aerie : (await enrollDrone(ada, projectId)).aerie;
      const content = randomBytes(9_000_000);
      const { sent, result } = await ingest(keyring, content, /commit$/, overtake);
      expect(result).toMatchObject({ status: 'stored' });
      expect(sent.filter((one) => one === 'PUT parts')).toHaveLength(2);
      expect(sent.filter((one) => one.startsWith('POST'))).toHaveLength(2);
      await isWhole(result.mediaId!, content);
    });

    it('goes on with a large one that was cut off before, part by part', async () => {
      const journal = new MemoryJournal();
      const content = randomBytes(9_000_000);
      const refused = async () =>
        Response.json(problemOf('access.denied'), {
          status: 403,
          headers: { 'content-type': 'application/problem+json' },
        });
      await expect(ingest(ada.aerie.keyring, content, /commit$/, refused, journal)).rejects.toMatchObject({
        code: 'access.denied',
      });
      await overtake();
      const { sent, result } = await ingest(ada.aerie.keyring, content, /never/, async () => {}, journal);
      expect(sent.filter((one) => one === 'PUT parts')).toHaveLength(0);
      await isWhole(result.mediaId!, content);
    });

    it('finds a file that was stored under an earlier epoch, and stores it once', async () => {
      const content = randomBytes(4_000);
      const first = await ingest(ada.aerie.keyring, content, /never/, async () => {});
      await overtake();
      const again = await ingest(ada.aerie.keyring, content, /never/, async () => {});
      expect(again.result).toMatchObject({ status: 'already-stored', mediaId: first.result.mediaId });
    });

    it('is refused for the epoch before, where the next one began after it was checked', async () => {
      const drone = await enrollDrone(ada, projectId);
      const { stored } = harbor;
      const [one, other] = [
        await drone.seal(projectId, randomBytes(300)),
        await drone.seal(projectId, randomBytes(300)),
      ];
      expect((await drone.bundle(projectId, [one])).json.outcomes[0].receipt).toBeDefined();
      // The commit waits for its device's row, once everything else of it was checked.
      await stored.query('BEGIN');
      await stored.query('SELECT FROM device WHERE id = $1 FOR UPDATE', [drone.aerie.keyring.deviceId]);
      const committing = drone.bundle(projectId, [other]);
      await until(
        () => stored.waiting(),
        (waiting) => waiting > 0,
      );
      await overtake();
      await stored.query('COMMIT');
      expect((await committing).json.outcomes[0].problem.code).toBe('project.epoch_stale');
      expect(await stored.count('SELECT count(*) FROM media WHERE id = $1', [other.mediaId])).toBe(0);
    });

    it('answers a commit that stands with its first receipt, also after the next epoch', async () => {
      const file = await ada.seal(projectId, randomBytes(300));
      const first = (await ada.bundle(projectId, [file])).json.outcomes[0];
      const late = await ada.seal(projectId, randomBytes(300));
      await overtake();
      expect((await ada.bundle(projectId, [file])).json.outcomes[0]).toEqual(first);
      expect((await ada.bundle(projectId, [late])).json.outcomes[0].problem.code).toBe('project.epoch_stale');
    });
  });
});
