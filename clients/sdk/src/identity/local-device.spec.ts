import { jest } from '@jest/globals';
import { Membership, signedFromWire, type MembershipHead, type SignedRecord } from '@aerie/protocol';
import { Organization } from '../../../../test/support/organization.js';
import { Http } from '../api/http.js';
import { TrustError } from '../errors.js';
import type { Keyring } from './keyring.js';
import { LocalDevice } from './local-device.js';

/** A device whose server answers with its membership, and notes from where it was asked. */
async function deviceWithServer() {
  const org = await Organization.found();
  /** Answers of the server leave only once this has resolved. */
  let held: Promise<void> = Promise.resolve();
  const hold = (): (() => void) => {
    let release: () => void = () => {};
    held = new Promise((done) => (release = done));
    return release;
  };
  const asked = {
    from: [] as number[],
    get memberships(): number {
      return this.from.length;
    },
  };
  const fetch = (async (url: URL | string) => {
    const { pathname, searchParams } = new URL(url);
    if (pathname === '/api/v1/membership') asked.from.push(Number(searchParams.get('from')));
    const answer = Response.json(org.answer(url));
    if (!pathname.endsWith('/challenges')) await held;
    return answer;
  }) as typeof globalThis.fetch;
  const saved: Keyring[] = [];
  const open = (keyring = org.keyringOf(org.laptop)) =>
    LocalDevice.open(keyring, new Http(keyring.server, fetch), async (changed) => {
      saved.push(structuredClone(changed));
    });
  const enroll = async (): Promise<string> => (await org.addDevice(org.owner)).deviceId;
  return { org, local: await open(), open, saved, asked, enroll, hold };
}

/** The monotonic clock, moved on by hand. */
function heldClock() {
  let now = 1_000_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  return { moveOn: (ms: number) => void (now += ms) };
}

const speakerOf =
  (deviceId: string) =>
  async (membership: Membership): Promise<string> => {
    const device = membership.devices.get(deviceId);
    if (!device) throw new TrustError('trust.membership', 'nobody certified it');
    return device.record.deviceId;
  };

describe('The membership of a device at work', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is asked for once where 200 media are by a device that was just enrolled', async () => {
    const clock = heldClock();
    const { local, asked, enroll } = await deviceWithServer();
    await local.membership();
    const newcomer = await enroll();
    clock.moveOn(30_000);
    const found = await Promise.all(Array.from({ length: 200 }, () => local.withMembership(speakerOf(newcomer))));
    expect(new Set(found)).toEqual(new Set([newcomer]));
    expect(asked.memberships).toBe(2);
  });

  it('is asked for again where one is by a device that was enrolled right after it came', async () => {
    const { local, asked, enroll } = await deviceWithServer();
    await local.membership();
    const newcomer = await enroll();
    expect(await local.withMembership(speakerOf(newcomer))).toBe(newcomer);
    expect(asked.memberships).toBe(2);
  });

  it('is asked for once, and not again, where one is by nobody', async () => {
    const { local, asked } = await deviceWithServer();
    const nobody = crypto.randomUUID();
    await expect(local.withMembership(speakerOf(nobody))).rejects.toThrow('nobody certified it');
    expect(asked.memberships).toBe(1);
    await expect(local.withMembership(speakerOf(nobody))).rejects.toThrow('nobody certified it');
    expect(asked.memberships).toBe(2);
  });

  it('is asked for once by all that need it at the same time', async () => {
    const { local, asked } = await deviceWithServer();
    await Promise.all(Array.from({ length: 50 }, () => local.membership()));
    expect(asked.memberships).toBe(1);
  });

  it('is never older than the question where it must be fresh, and still shared', async () => {
    const { local, asked, enroll, hold } = await deviceWithServer();
    // However long it takes to enroll a device, the first answer is still under way when the others ask.
    const release = hold();
    const before = local.membership({ fresh: true });
    const newcomer = await enroll();
    const asking = Promise.all(Array.from({ length: 50 }, () => local.membership({ fresh: true })));
    release();
    const after = await asking;
    await before;
    expect(after.every(({ devices }) => devices.has(newcomer))).toBe(true);
    expect(asked.memberships).toBe(2);
  });

  it('is asked for again after a minute, wherever the clock on the wall was set to meanwhile', async () => {
    const clock = heldClock();
    const { local, asked } = await deviceWithServer();
    await local.membership();
    const yearsBack = Date.now() - 10 * 365 * 24 * 3600 * 1000;
    jest.spyOn(Date, 'now').mockImplementation(() => yearsBack);
    clock.moveOn(61_000);
    await local.membership();
    expect(asked.memberships).toBe(2);
  });
});

describe('The membership that a device has seen', () => {
  /** A device that has seen two devices enrolled, and then opens what it kept. */
  async function seenBefore() {
    const { org, local, open, saved, asked, enroll } = await deviceWithServer();
    const founded = org.entries.length;
    for (let device = 0; device < 2; device++) await enroll();
    await local.membership();
    asked.from.length = 0;
    const kept = saved.at(-1)!;
    /** In place of the last entries, the server shows those. */
    const show = (entries: readonly SignedRecord[], from = founded) => org.entries.splice(from, Infinity, ...entries);
    const again = await open(structuredClone(kept));
    return { org, local, again, kept, saved, asked, show, founded };
  }

  it('is kept in its keyring as far as it was read, and saved once for every change', async () => {
    const { org, local, saved, enroll } = await deviceWithServer();
    expect(local.keyring.membership).toBeNull();
    const heads: MembershipHead[] = [];
    for (let time = 0; time < 2; time++) {
      heads.push(org.membership.head);
      await local.membership({ fresh: true });
      await local.membership({ fresh: true });
      expect(local.keyring.membership).toEqual(org.membership.head);
      expect(saved.map(({ membership }) => membership)).toEqual(heads);
      await enroll();
    }
    expect(saved.every(({ deviceId }) => deviceId === org.laptop.deviceId)).toBe(true);
  });

  it('is not used where it could not be saved', async () => {
    const { org } = await deviceWithServer();
    const keyring = org.keyringOf(org.laptop);
    const fetch = (async (url: URL | string) => Response.json(org.answer(url))) as typeof globalThis.fetch;
    const local = await LocalDevice.open(keyring, new Http(keyring.server, fetch), async () => {
      throw new Error('the disk is full');
    });
    for (let attempt = 0; attempt < 2; attempt++) await expect(local.membership()).rejects.toThrow('the disk is full');
    expect(local.lastMembership).toBeUndefined();
  });

  it('is read on from where it was', async () => {
    const { org, local, asked, enroll } = await deviceWithServer();
    const { size } = org.membership;
    await local.membership();
    const newcomer = await enroll();
    expect((await local.membership({ fresh: true })).devices.has(newcomer)).toBe(true);
    expect((await local.membership({ fresh: true })).devices.has(newcomer)).toBe(true);
    expect(asked.from).toEqual([0, size, size + 1]);
  });

  it('is taken up again where the server shows the same, or more', async () => {
    const { org, again, kept, saved, asked } = await seenBefore();
    saved.length = 0;
    expect((await again.membership()).head).toEqual(kept.membership);
    expect(saved).toEqual([]);
    await org.addDevice(org.owner);
    expect((await again.membership({ fresh: true })).head).toEqual(org.membership.head);
    expect(asked.from).toEqual([0, kept.membership!.size]);
  });

  it('never becomes less: a server that shows fewer entries is refused', async () => {
    const { org, local, again, kept, saved, show } = await seenBefore();
    saved.length = 0;
    show([], org.entries.length - 1);
    // While it runs, and once it was started again.
    for (const device of [local, again]) {
      await expect(device.membership({ fresh: true })).rejects.toMatchObject({ code: 'trust.rollback' });
      await expect(device.membership()).rejects.toMatchObject({ code: 'trust.rollback' });
      expect(device.keyring.membership).toEqual(kept.membership);
    }
    expect(saved).toEqual([]);
  });

  it.each([
    ['as long', 0],
    ['longer', 1],
  ])('never becomes another: a server that shows another history, %s, is refused', async (_, longer) => {
    const { org, again, kept, saved, show, founded } = await seenBefore();
    saved.length = 0;
    const others = await anotherHistory(org, founded, 2 + longer);
    show(others);
    await expect(again.membership()).rejects.toMatchObject({ code: 'trust.fork' });
    await expect(again.membership()).rejects.toMatchObject({ code: 'trust.fork' });
    expect(again.keyring.membership).toEqual(kept.membership);
    expect(again.lastMembership).toBeUndefined();
    expect(saved).toEqual([]);
  });

  it('does not go on with another history while it runs', async () => {
    const { org, local, kept, show, founded } = await seenBefore();
    show(await anotherHistory(org, founded, 3));
    await expect(local.membership({ fresh: true })).rejects.toMatchObject({ code: 'trust.fork' });
    expect(local.keyring.membership).toEqual(kept.membership);
    expect(local.lastMembership!.head).toEqual(kept.membership);
  });
});

/** As many entries as the same people might have signed after the first ones, instead of those that they did. */
async function anotherHistory(org: Organization, after: number, count: number): Promise<SignedRecord[]> {
  const [first, ...others] = org.entries.slice(0, after).map(signedFromWire);
  let chain = await (await Membership.found(first!, org.rootFp)).with(others);
  const entries: SignedRecord[] = [];
  for (let place = 0; place < count; place++) {
    const entry = await org.sign(org.projectDraft(crypto.randomUUID()), chain.head);
    chain = await chain.with([signedFromWire(entry)]);
    entries.push(entry);
  }
  return entries;
}
