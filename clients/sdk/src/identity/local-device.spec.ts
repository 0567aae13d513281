import { jest } from '@jest/globals';
import { toBase64, type Roster as RosterView } from '@aerie/protocol';
import { Http } from '../api/http.js';
import { generateSecretKey, writeSecretKey } from '../crypto/openpgp.js';
import { TrustError } from '../errors.js';
import { fullDevice } from './device-records.js';
import { introduce } from './introduce.js';
import { newKeyring } from './keyring.js';
import { LocalDevice } from './local-device.js';
import type { Roster } from './roster.js';

/** A device whose server answers with its roster, and counts how often. `enroll` adds a device to that roster. */
async function deviceWithServer() {
  const [organizationId, memberId] = [crypto.randomUUID(), crypto.randomUUID()];
  const createdAt = '2026-01-01T00:00:00.000Z';
  const root = await generateSecretKey('root', 'signing');
  const member = await generateSecretKey('member', 'encrypting');
  const key = await generateSecretKey('device', 'encrypting');
  const rootFp = root.certificate.fingerprint;
  const receiptKey = { origin: 'test', publicKey: toBase64(new Uint8Array(32)) };
  const common = { v: 1, organizationId, createdAt } as const;
  const organization = { ...common, type: 'organization', name: 'Org', rootFp, receiptKey } as const;
  const certificateFp = member.certificate.fingerprint;
  const owner = { ...common, type: 'member', memberId, name: 'Ada', role: 'owner', certificateFp } as const;
  const introduction = async (deviceId: string, of = key) => {
    const known = {
      organizationId,
      memberId,
      deviceId,
      label: 'device',
      certificateFp: of.certificate.fingerprint,
      createdAt,
    };
    return introduce('device', fullDevice(known), of, member);
  };
  const deviceId = crypto.randomUUID();
  const view: RosterView = {
    organization: await introduce('organization', organization, root, root),
    members: [await introduce('member', owner, member, root)],
    devices: [await introduction(deviceId)],
    revocations: [],
  };
  const asked = { rosters: 0 };
  /** Answers of the server leave only once this has resolved. */
  let held: Promise<void> = Promise.resolve();
  const hold = (): (() => void) => {
    let release: () => void = () => {};
    held = new Promise((done) => (release = done));
    return release;
  };
  const fetch = (async (url: URL | string) => {
    const { pathname } = new URL(url);
    if (pathname === '/api/v1/organization') asked.rosters++;
    const expiresAt = '2027-01-01T00:00:00.000Z';
    if (pathname.endsWith('/challenges'))
      return Response.json({ challenge: toBase64(new Uint8Array(32)), organizationId, expiresAt });
    const answer = Response.json(pathname.endsWith('/sessions') ? { token: 'token', deviceId, expiresAt } : view);
    await held;
    return answer;
  }) as typeof globalThis.fetch;
  const keyring = newKeyring({
    server: 'http://127.0.0.1:1',
    organizationId,
    rootFp,
    memberId,
    deviceId,
    kind: 'full',
    deviceSecretKey: toBase64(writeSecretKey(key)),
    memberSecretKey: toBase64(writeSecretKey(member)),
  });
  const local = await LocalDevice.open(keyring, new Http(keyring.server, fetch));
  const enroll = async (): Promise<string> => {
    const id = crypto.randomUUID();
    view.devices.push(await introduction(id, await generateSecretKey('another', 'signing')));
    return id;
  };
  return { local, asked, enroll, hold };
}

/** The monotonic clock, moved on by hand. */
function heldClock() {
  let now = 1_000_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  return { moveOn: (ms: number) => void (now += ms) };
}

const speakerOf =
  (deviceId: string) =>
  async (roster: Roster): Promise<string> => {
    const device = roster.devices.get(deviceId);
    if (!device) throw new TrustError('trust.roster', 'nobody certified it');
    return device.record.deviceId;
  };

describe('The roster of a device at work', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is asked for once where 200 media are by a device that was just enrolled', async () => {
    const clock = heldClock();
    const { local, asked, enroll } = await deviceWithServer();
    await local.roster();
    const newcomer = await enroll();
    clock.moveOn(30_000);
    const found = await Promise.all(Array.from({ length: 200 }, () => local.withRoster(speakerOf(newcomer))));
    expect(new Set(found)).toEqual(new Set([newcomer]));
    expect(asked.rosters).toBe(2);
  });

  it('is asked for again where one is by a device that was enrolled right after it came', async () => {
    const { local, asked, enroll } = await deviceWithServer();
    await local.roster();
    const newcomer = await enroll();
    expect(await local.withRoster(speakerOf(newcomer))).toBe(newcomer);
    expect(asked.rosters).toBe(2);
  });

  it('is asked for once, and not again, where one is by nobody', async () => {
    const { local, asked } = await deviceWithServer();
    const nobody = crypto.randomUUID();
    await expect(local.withRoster(speakerOf(nobody))).rejects.toThrow('nobody certified it');
    expect(asked.rosters).toBe(1);
    await expect(local.withRoster(speakerOf(nobody))).rejects.toThrow('nobody certified it');
    expect(asked.rosters).toBe(2);
  });

  it('is asked for once by all that need it at the same time', async () => {
    const { local, asked } = await deviceWithServer();
    await Promise.all(Array.from({ length: 50 }, () => local.roster()));
    expect(asked.rosters).toBe(1);
  });

  it('is never older than the question where it must be fresh, and still shared', async () => {
    const { local, asked, enroll, hold } = await deviceWithServer();
    // However long it takes to enroll a device, the first answer is still under way when the others ask.
    const release = hold();
    const before = local.roster({ fresh: true });
    const newcomer = await enroll();
    const asking = Promise.all(Array.from({ length: 50 }, () => local.roster({ fresh: true })));
    release();
    const after = await asking;
    await before;
    expect(after.every(({ devices }) => devices.has(newcomer))).toBe(true);
    expect(asked.rosters).toBe(2);
  });

  it('is asked for again after a minute, wherever the clock on the wall was set to meanwhile', async () => {
    const clock = heldClock();
    const { local, asked } = await deviceWithServer();
    await local.roster();
    const yearsBack = Date.now() - 10 * 365 * 24 * 3600 * 1000;
    jest.spyOn(Date, 'now').mockImplementation(() => yearsBack);
    clock.moveOn(61_000);
    await local.roster();
    expect(asked.rosters).toBe(2);
  });
});
