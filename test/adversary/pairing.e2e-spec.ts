import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, Pairing, newPairingCode, type PairingOptions } from '@aerie/sdk';
import { fromBase64, jsonBytesMax, pairingAnswerBytesMax, pairingsOpenMax, toBase64 } from '@aerie/protocol';
import { generateSecretKey } from '../../clients/sdk/src/crypto/openpgp.js';
import { PairingSecrets } from '../../clients/sdk/src/crypto/pairing-code.js';
import { proveDevice } from '../../clients/sdk/src/identity/device-records.js';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { foundBy, type Owner } from '../support/people.js';
import { RawDevice, send } from '../support/raw.js';
import { startServer, type RunningServer } from '../support/server.js';
import { Stored } from '../support/stored.js';

type Json = Record<string, unknown>;

/** A server that answers something else than was stored: `change` gets the parsed answer of each such request. */
const lyingFetch =
  (method: string, path: RegExp, change: (answer: Json) => Json): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    const { pathname } = new URL(String(input instanceof Request ? input.url : input));
    if ((init?.method ?? 'GET') !== method || !path.test(pathname) || !response.ok) return response;
    return Response.json(change((await response.json()) as Json), { status: response.status });
  };
const pairingPath = /\/pairings\/[0-9a-f-]+$/;

describe('Pairing a new device', () => {
  let harbor: Harbor;
  let server: RunningServer;
  let ada: RawDevice;
  let stored: Stored;
  let projectId: string;

  beforeAll(async () => {
    ({ server, ada, stored, projectId } = harbor = await openHarbor());
  }, 120_000);

  afterAll(() => harbor?.close(), 60_000);

  const offer = (options: Partial<PairingOptions> = {}): Promise<Pairing> =>
    Pairing.offer({ server: server.url, code: newPairingCode(), label: 'phone', kind: 'full', ...options });
  const devicesCount = () => stored.count('SELECT count(*) FROM device');
  /** The body of an honest offer, for those who then say something else. */
  const stated = async (code = newPairingCode()) => {
    const secrets = await PairingSecrets.of(code);
    const key = await generateSecretKey('phone', 'encrypting');
    const { pairingId } = secrets;
    const deviceId = randomUUID();
    const body = {
      deviceId,
      label: 'phone',
      kind: 'full' as const,
      certificate: toBase64(key.certificate.bytes),
      proof: await proveDevice(key, ada.aerie.keyring.organizationId, deviceId),
    };
    return { pairingId, ...body, mac: await secrets.macOf({ pairingId, ...body }) };
  };
  const create = (body: unknown) => send(server.url, 'createPairing', { body });
  const read = (pairingId: string) => send(server.url, 'readPairing', { params: { pairingId } });
  const answer = (pairingId: string, octets: Uint8Array, device = ada) =>
    device.send('answerPairing', { params: { pairingId }, body: { answer: toBase64(octets) } });

  describe('through an honest server', () => {
    it('gives a full device the key of its member, and both sides the same check number', async () => {
      const code = newPairingCode();
      expect(await ada.aerie.devices.readOffer(code)).toBeNull();
      const pairing = await offer({ code });
      const seen = (await ada.aerie.devices.readOffer(code.toLowerCase()))!;
      expect(seen).toMatchObject({ label: 'phone', kind: 'full', checkNumber: pairing.checkNumber });
      const device = await ada.aerie.devices.approve(code, seen);
      const keyring = await pairing.answered();
      expect(keyring).toMatchObject({
        deviceId: device.deviceId,
        memberSecretKeys: ada.aerie.keyring.memberSecretKeys,
      });
      expect(keyring.rootFp).toBe(ada.aerie.keyring.rootFp);
      const phone = await Aerie.open(keyring);
      expect((await phone.projects.list()).map(({ name }) => name)).toEqual(['Harbour']);
      const audited = await stored.query(
        "SELECT device_id, member_id FROM audit_event WHERE type = 'device.enrolled' AND object = $1",
        [device.deviceId],
      );
      // The device that approved it certified it; a new device is not its own enroller.
      expect(audited).toEqual([{ device_id: ada.aerie.keyring.deviceId, member_id: keyring.memberId }]);
    });

    it('gives an upload-only device its project and no key of the member', async () => {
      const code = newPairingCode();
      const pairing = await offer({ code, kind: 'upload-only' });
      const seen = (await ada.aerie.devices.readOffer(code))!;
      await expect(ada.aerie.devices.approve(code, seen)).rejects.toMatchObject({ code: 'pairing.project' });
      const device = await ada.aerie.devices.approve(code, seen, { projectId, days: 2 });
      expect(device).toMatchObject({ kind: 'upload-only', projects: [projectId] });
      expect(Date.parse(device.expiresAt!) - Date.now()).toBeLessThan(2 * 86_400_000 + 1);
      const keyring = await pairing.answered();
      expect(keyring).toMatchObject({
        kind: 'upload-only',
        memberSecretKeys: null,
        projectNames: { [projectId]: 'Harbour' },
      });
      // The other way round: a device that asks for everything is not let in by an approval that names one project.
      const full = newPairingCode();
      await offer({ code: full });
      const asked = (await ada.aerie.devices.readOffer(full))!;
      await expect(ada.aerie.devices.approve(full, asked, { projectId })).rejects.toMatchObject({
        code: 'pairing.project',
      });
    });

    it('waits on either side for the other, and can be called off', async () => {
      const code = newPairingCode();
      const waiting = ada.aerie.devices.readOffer(code, { wait: true });
      const pairing = await offer({ code });
      const keyring = pairing.answered();
      await ada.aerie.devices.approve(code, (await waiting)!);
      expect((await keyring).kind).toBe('full');
      const off = { code: 'pairing.aborted' };
      const signal = AbortSignal.timeout(300);
      await expect((await offer()).answered({ signal })).rejects.toMatchObject(off);
      await expect(ada.aerie.devices.readOffer(newPairingCode(), { wait: true, signal })).rejects.toMatchObject(off);
    });

    it('can be approved again where the answer did not arrive', async () => {
      const code = newPairingCode();
      const pairing = await offer({ code });
      const cut: typeof fetch = (input, init) =>
        String(input).endsWith('/answer')
          ? Promise.resolve(
              Response.json(
                { type: 'about:blank', title: 'x', status: 400, code: 'request.malformed', hint: 'x' },
                { status: 400 },
              ),
            )
          : fetch(input, init);
      const aerie = await Aerie.open(ada.aerie.keyring, { fetch: cut });
      const seen = (await aerie.devices.readOffer(code))!;
      await expect(aerie.devices.approve(code, seen)).rejects.toMatchObject({ code: 'request.malformed' });
      await ada.aerie.devices.approve(code, seen);
      expect((await pairing.answered()).deviceId).toBe(seen.deviceId);
    });
  });

  describe('through a server that lies', () => {
    /** A whole second organization, and an owner who would love to have the phone. */
    let other: RunningServer;
    let mallory: Owner;
    let evil: RawDevice;

    beforeAll(async () => {
      other = await startServer();
      mallory = await foundBy(other);
      evil = await RawDevice.of(mallory);
    }, 120_000);

    afterAll(async () => {
      await other?.stop();
      mallory?.remove();
    }, 60_000);

    it('is refused by the approver where the server swaps the certificate in the offer', async () => {
      const intruder = toBase64((await generateSecretKey('phone', 'encrypting')).certificate.bytes);
      const before = await devicesCount();
      for (const change of [
        { certificate: intruder },
        { deviceId: randomUUID() },
        { kind: 'upload-only' },
        { label: 'yours' },
      ]) {
        const code = newPairingCode();
        await offer({ code });
        const fetch = lyingFetch('GET', pairingPath, (view) => ({
          ...view,
          offer: { ...(view.offer as Json), ...change },
        }));
        const aerie = await Aerie.open(ada.aerie.keyring, { fetch });
        await expect(aerie.devices.readOffer(code)).rejects.toMatchObject({ code: 'trust.pairing' });
        // Also where the lie comes between reading and approving.
        const seen = (await ada.aerie.devices.readOffer(code))!;
        const swapped = { ...seen, certificate: intruder };
        await expect(ada.aerie.devices.approve(code, swapped)).rejects.toMatchObject({ code: 'trust.pairing' });
      }
      expect(await devicesCount()).toBe(before);
    });

    it('is refused by the new device where the server answers with its own organization', async () => {
      const code = newPairingCode();
      // The server knows the id, and has to invent the key.
      const { pairingId } = await PairingSecrets.of(code);
      const secrets = Object.assign(await PairingSecrets.of(newPairingCode()), { pairingId });
      const { organizationId, rootFp, memberId } = evil.aerie.keyring;
      const pairing = await offer({
        code,
        fetch: lyingFetch('GET', pairingPath, (view) => ({ ...view, answer: forged })),
      });
      const { deviceId } = (await ada.aerie.devices.readOffer(code))!;
      const belonging = { v: 1, organizationId, rootFp, memberId, deviceId } as const;
      const forged = toBase64(
        await secrets.sealAnswer({ ...belonging, kind: 'full', sealedMemberKeys: [toBase64(randomBytes(64))] }),
      );
      await expect(pairing.answered()).rejects.toMatchObject({ code: 'trust.pairing' });
    });

    it('is refused by the new device where the true answer comes with the membership of another organization', async () => {
      const foreign = (await evil.send('readMembership')).json as Json;
      const code = newPairingCode();
      const pairing = await offer({ code, fetch: lyingFetch('GET', /\/membership$/, () => foreign) });
      await ada.aerie.devices.approve(code, (await ada.aerie.devices.readOffer(code))!);
      await expect(pairing.answered()).rejects.toMatchObject({ code: 'trust.root' });
    });

    it('is refused by the new device where the membership leaves it out, or the answer is for another device', async () => {
      const code = newPairingCode();
      const before = (await ada.send('readMembership')).json as Json;
      const pairing = await offer({ code, fetch: lyingFetch('GET', /\/membership$/, () => before) });
      await ada.aerie.devices.approve(code, (await ada.aerie.devices.readOffer(code))!);
      await expect(pairing.answered()).rejects.toMatchObject({ code: 'trust.membership' });
      // One code, two devices: the answer to the first is replayed to the second.
      const replayed = (await read((await PairingSecrets.of(code)).pairingId)).json as { answer: string };
      const body = await stated(code);
      const fake: typeof fetch = async (input, init) =>
        init?.method === 'POST'
          ? Response.json({ offer: body, answer: null, expiresAt: new Date().toISOString() }, { status: 201 })
          : lyingFetch('GET', pairingPath, (view) => ({ ...view, answer: replayed.answer }))(input, init);
      const second = await offer({ code, fetch: fake });
      await expect(second.answered()).rejects.toMatchObject({ code: 'trust.pairing' });
    });

    it('tells the server neither the code nor the member key nor the name of the project', async () => {
      const code = newPairingCode();
      const said: string[] = [];
      const heard: typeof fetch = (input, init) => {
        said.push(String(input), String(init?.body ?? ''));
        return fetch(input, init);
      };
      const aerie = await Aerie.open(ada.aerie.keyring, { fetch: heard });
      for (const kind of ['full', 'upload-only'] as const) {
        const own = kind === 'full' ? code : newPairingCode();
        const pairing = await offer({ code: own, kind, fetch: heard });
        await aerie.devices.approve(own, (await aerie.devices.readOffer(own))!, kind === 'full' ? {} : { projectId });
        await pairing.answered();
      }
      const all =
        said.join('\n') +
        said
          .flatMap((text) => text.match(/[A-Za-z0-9+/]{40,}={0,2}/g) ?? [])
          .map((text) => Buffer.from(text, 'base64').toString('latin1'))
          .join('\n');
      const memberKey = ada.aerie.keyring.memberSecretKeys![0]!;
      expect(all).toContain('phone');
      for (const secret of [code, code.replaceAll('-', ''), 'Harbour', memberKey.slice(-60)])
        expect(all.includes(secret)).toBe(false);
      expect(all.includes(Buffer.from(fromBase64(memberKey)).toString('latin1').slice(-40))).toBe(false);
    });
  });

  describe('with bad input', () => {
    it('takes one offer under a code: the same again is the same, another is a conflict', async () => {
      const body = await stated();
      expect((await create(body)).json).toMatchObject({ offer: body, answer: null });
      expect((await create({ ...body, surplus: true })).status).toBe(201);
      for (const change of [{ label: 'mine' }, { deviceId: randomUUID() }, { mac: toBase64(randomBytes(32)) }])
        expect((await create({ ...body, ...change })).code).toBe('pairing.conflict');
      expect((await read(body.pairingId)).json.offer).toEqual(body);
    });

    it('takes one answer: the same again is the same, another is a conflict', async () => {
      const { pairingId } = (await create(await stated())).json.offer;
      const octets = randomBytes(100);
      expect((await answer(pairingId, octets)).code).toBe('ok');
      expect((await answer(pairingId, octets)).code).toBe('ok');
      expect((await answer(pairingId, randomBytes(100))).code).toBe('pairing.conflict');
      expect((await read(pairingId)).json.answer).toBe(octets.toString('base64'));
    });

    it('lets two offers under one code race, and keeps one', async () => {
      const code = newPairingCode();
      const bodies = [await stated(code), await stated(code), await stated(code)];
      const codes = await Promise.all(bodies.map(async (body) => (await create(body)).code));
      expect(codes.sort()).toEqual(['ok', 'pairing.conflict', 'pairing.conflict']);
    });

    it('refuses an unknown pairing, and one that has run out, to everybody', async () => {
      expect((await read(randomUUID())).code).toBe('pairing.unknown');
      expect((await answer(randomUUID(), randomBytes(9))).code).toBe('pairing.unknown');
      const code = newPairingCode();
      const pairing = await offer({ code });
      const seen = (await ada.aerie.devices.readOffer(code))!;
      const before = await devicesCount();
      await stored.query("UPDATE pairing SET expires_at = now() - interval '1 second' WHERE id = $1", [seen.pairingId]);
      expect((await read(seen.pairingId)).code).toBe('pairing.expired');
      expect((await answer(seen.pairingId, randomBytes(9))).code).toBe('pairing.expired');
      const { checkNumber: _, ...body } = seen;
      expect((await create(body)).code).toBe('pairing.expired');
      // And no device is certified that would then get no keys.
      await expect(ada.aerie.devices.approve(code, seen)).rejects.toMatchObject({ code: 'pairing.expired' });
      await expect(pairing.answered()).rejects.toMatchObject({ code: 'pairing.expired' });
      expect(await devicesCount()).toBe(before);
    });

    it('forgets what ran out an hour ago when the next device comes', async () => {
      const { pairingId } = (await create(await stated())).json.offer;
      await stored.query("UPDATE pairing SET expires_at = now() - interval '61 minutes' WHERE id = $1", [pairingId]);
      await create(await stated());
      expect((await read(pairingId)).code).toBe('pairing.unknown');
    });

    it.each<[string, Json]>([
      ['a renderer', { kind: 'renderer' }],
      ['no label', { label: '' }],
      ['a label without end', { label: 'x'.repeat(201) }],
      ['an id that is none', { pairingId: 'x' }],
      ['a MAC that is too short', { mac: 'AAAA' }],
      ['a certificate that is too large', { certificate: randomBytes(9_000).toString('base64') }],
    ])('refuses an offer with %s', async (_, change) => {
      expect((await create({ ...(await stated()), ...change })).code).toBe('request.malformed');
    });

    it('refuses an offer with a secret key, or with anything else that is no certificate', async () => {
      const secret = fromBase64(ada.aerie.keyring.deviceSecretKey);
      for (const octets of [secret, randomBytes(100), new Uint8Array()])
        expect((await create({ ...(await stated()), certificate: toBase64(octets) })).code).toBe('record.mismatch');
    });

    it('refuses an answer or a body that is too large', async () => {
      const { pairingId } = (await create(await stated())).json.offer;
      expect((await answer(pairingId, randomBytes(pairingAnswerBytesMax))).code).toBe('ok');
      expect((await answer(pairingId, randomBytes(pairingAnswerBytesMax + 3))).code).toBe('request.malformed');
      expect((await create('x'.repeat(jsonBytesMax + 1))).code).toBe('request.too_large');
    });

    it('lets no upload-only device approve another', async () => {
      const code = newPairingCode();
      const drone = await uploadOnly();
      const pairing = await offer({ code });
      const seen = (await drone.aerie.devices.readOffer(code))!;
      await expect(drone.aerie.devices.approve(code, seen)).rejects.toMatchObject({ code: 'device.cannot' });
      expect((await answer(seen.pairingId, randomBytes(9), drone)).code).toBe('access.denied');
      expect(
        (await send(server.url, 'answerPairing', { params: { pairingId: seen.pairingId }, body: { answer: 'AAAA' } }))
          .code,
      ).toBe('session.missing');
      expect(pairing.checkNumber).toBe(seen.checkNumber);
    });

    async function uploadOnly(): Promise<RawDevice> {
      const code = newPairingCode();
      const pairing = await offer({ code, kind: 'upload-only' });
      await ada.aerie.devices.approve(code, (await ada.aerie.devices.readOffer(code))!, { projectId });
      return RawDevice.open(await pairing.answered());
    }

    it('refuses more open offers than the limit, and takes the next once one has run out', async () => {
      const open = await stored.count('SELECT count(*) FROM pairing WHERE expires_at > now()');
      await stored.query(
        "INSERT INTO pairing (id, offer, expires_at) SELECT gen_random_uuid(), '\\x00', now() + interval '5 minutes' FROM generate_series(1, $1)",
        [pairingsOpenMax - open],
      );
      const body = await stated();
      expect((await create(body)).code).toBe('pairing.too_many');
      await stored.query("UPDATE pairing SET expires_at = now() - interval '1 second' WHERE offer = '\\x00'");
      expect((await create(body)).code).toBe('ok');
      await stored.query("DELETE FROM pairing WHERE offer = '\\x00'");
    });
  });

  it('has answered none of this with a fault of the server', () => {
    expect(server.logs()).not.toContain('unexpected error');
  });
});
