import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Aerie, Pairing, foundOrganization, newPairingCode, recover, type IngestInput, type Keyring } from '@aerie/sdk';
import { startServer, type RunningServer } from '../support/server.js';

const [minute, hour, year] = [60_000, 3_600_000, 365 * 24 * 3_600_000];
const offsets: [string, number][] = [
  ['90 s fast', 1.5 * minute],
  ['90 s slow', -1.5 * minute],
  ['10 minutes fast', 10 * minute],
  ['an hour slow', -hour],
  ['30 hours fast', 30 * hour],
  ['three years fast', 3 * year],
  ['three years slow', -3 * year],
];

/** Sets the clock of this process, which is that of the client; the server is another process. */
const setClock = (offsetMs: number): void =>
  void jest.useFakeTimers({
    now: realNow() + offsetMs,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
const realNow = (): number => {
  jest.useRealTimers();
  return Date.now();
};

describe.each<[string, number]>([
  ['two years fast', 2 * year],
  ['two years slow', -2 * year],
])('In an organization that was founded on a clock %s', (_, foundedAt) => {
  let server: RunningServer;
  let ada: Keyring;
  let kit: string;

  beforeAll(async () => {
    server = await startServer();
    setClock(foundedAt);
    const names = { organization: 'Harbour', memberName: 'Ada', deviceLabel: 'laptop' };
    ({ keyring: ada, kit } = await foundOrganization({ server: server.url, setupToken: server.setupToken, ...names }));
    jest.useRealTimers();
  }, 120_000);
  afterEach(() => void jest.useRealTimers());
  afterAll(() => server?.stop(), 60_000);

  /** Does something with the keys of a device whose clock is off. */
  async function on<T>(keyring: Keyring, offsetMs: number, work: (aerie: Aerie) => Promise<T>): Promise<T> {
    setClock(offsetMs);
    const aerie = await Aerie.open(keyring);
    try {
      return await work(aerie);
    } finally {
      await aerie.close();
      jest.useRealTimers();
    }
  }

  async function paired(kind: 'full' | 'upload-only', offsetMs: number, projectId?: string): Promise<Keyring> {
    const code = newPairingCode();
    setClock(offsetMs);
    const pairing = await Pairing.offer({ server: server.url, code, label: `a ${kind} device`, kind });
    await on(ada, 0, async (aerie) => {
      const offer = await aerie.devices.readOffer(code);
      await aerie.devices.approve(code, offer!, { projectId, days: 1 });
    });
    setClock(offsetMs);
    const keyring = await pairing.answered();
    jest.useRealTimers();
    return keyring;
  }

  const stored = async (keyring: Keyring, offsetMs: number, projectId: string): Promise<string> =>
    on(keyring, offsetMs, async (aerie) => {
      for await (const { status, problem, mediaId } of aerie.uploads.ingest(oneFile(), { projectId })) {
        expect([status, problem]).toEqual(['stored', undefined]);
        return mediaId!;
      }
      throw new Error('nothing was stored');
    });

  /** Stores one content under two names. @returns its id */
  const storedTwice = async (keyring: Keyring, offsetMs: number, projectId: string): Promise<string> =>
    on(keyring, offsetMs, async (aerie) => {
      const results = new Map<string, string | null>();
      for await (const { status, mediaId } of aerie.uploads.ingest(oneFileTwice(), { projectId }))
        results.set(status, mediaId);
      expect(results.get('already-stored')).toBe(results.get('stored'));
      return results.get('stored')!;
    });

  const readBy = (keyring: Keyring, offsetMs: number, projectId: string): Promise<boolean[]> =>
    on(keyring, offsetMs, async (aerie) => {
      const found: boolean[] = [];
      for await (const check of aerie.media.verify(projectId)) found.push(check.ok);
      return found;
    });

  it.each(offsets)(
    'a device that is %s is approved, makes a project, and everybody uses it',
    async (_, offsetMs) => {
      const newcomer = await paired('full', offsetMs);
      const { projectId } = await on(newcomer, offsetMs, (aerie) => aerie.projects.create('Quay'));
      const controller = await paired('upload-only', -offsetMs, projectId);
      await stored(ada, 0, projectId);
      await stored(newcomer, offsetMs, projectId);
      await stored(controller, -offsetMs, projectId);
      for (const [keyring, at] of [
        [ada, 0],
        [ada, -offsetMs],
        [newcomer, offsetMs],
      ] as const)
        expect(await readBy(keyring, at, projectId)).toEqual([true, true, true]);

      const named = await storedTwice(newcomer, offsetMs, projectId);
      const namedOnceMore = await storedTwice(controller, -offsetMs, projectId);
      const aliasesOf = (mediaId: string) =>
        on(ada, 0, async (aerie) => (await aerie.media.read(mediaId)).aliases.length);
      for (const mediaId of [named, namedOnceMore]) expect(await aliasesOf(mediaId)).toBe(1);

      // What was stored before a device went stays good, whichever device revokes it and whatever its clock says.
      await on(newcomer, offsetMs, (aerie) => aerie.devices.revoke(controller.deviceId));
      expect(await readBy(ada, 0, projectId)).toEqual([true, true, true, true, true]);
      expect(await aliasesOf(namedOnceMore)).toBe(1);
      await expect(on(controller, -offsetMs, (aerie) => aerie.projects.list())).rejects.toMatchObject({
        code: 'device.revoked',
      });
      expect(await on(newcomer, offsetMs, (aerie) => aerie.clockAheadSeconds())).toBeCloseTo(offsetMs / 1000, -2);
    },
    120_000,
  );

  it('the kit makes a device of one that is a year slow, which reads and writes', async () => {
    setClock(-year);
    const { keyring } = await recover({ server: server.url, kit, deviceLabel: 'another laptop' });
    const { projectId } = await on(keyring, -year, (aerie) => aerie.projects.create('Pier'));
    await stored(keyring, -year, projectId);
    expect(await readBy(ada, foundedAt, projectId)).toEqual([true]);
  }, 120_000);
});

async function* oneFileTwice(): AsyncGenerator<IngestInput> {
  const octets = randomBytes(2_000);
  for (const name of ['1.bin', '2.bin']) yield* oneFile(octets, name);
}

async function* oneFile(octets = randomBytes(2_000), name = '1.bin'): AsyncGenerator<IngestInput> {
  const sha256 = async () => new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
  const read = async (start: number, end: number) => Uint8Array.from(octets.subarray(start, end));
  const source = { bytes: octets.length, read, sha256, assertUnchanged: async () => {}, close: async () => {} };
  const made = { captureFacts: async () => ({}), makePictures: async () => ({}) };
  yield {
    path: '1',
    name,
    folder: '',
    mime: 'image/jpeg',
    modifiedAt: null,
    resumeKey: null,
    source,
    ...made,
  };
}
