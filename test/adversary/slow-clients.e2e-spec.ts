import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
// eslint-disable-next-line no-restricted-imports -- the pace of a sender is what this file is about
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bodyBytesPerSecondMin, routes, segmentBytes, type RouteName } from '@aerie/protocol';
import { enrollDrone } from '../support/drone.js';
import { foundBy, type Owner } from '../support/people.js';
import { RawDevice, send, type SealedFile } from '../support/raw.js';
import { RawSocket } from '../support/raw-socket.js';
import { startProcess, type ServerProcess } from '../support/server.js';

/** In place of the usual 15 s, so that the tests do not wait; the rate that is asked for is the real one. */
const slowSeconds = 2;
const MiB = 1024 * 1024;
/** What a route takes from whom it does not know (src/platform/http/bodies.ts). */
const strangerBytesMax = 256 * 1024;
const crowd = 250;
/** Each on a connection of its own, from one of several addresses. */
const addressOf = (client: number) => `127.0.0.${10 + (client % 5)}`;

describe('Clients that send slowly or not at all', () => {
  let server: ServerProcess;
  let owner: Owner;
  let ada: RawDevice;
  let projectId: string;
  /** Another device, with an upload of its own that is never finished. */
  let file: SealedFile;
  let token: string;
  const sockets: RawSocket[] = [];

  beforeAll(async () => {
    server = await startProcess({
      env: { AERIE_SLOW_SECONDS: String(slowSeconds), AERIE_REQUESTS_PER_ADDRESS: '100000' },
    });
    owner = await foundBy(server);
    ada = await RawDevice.of(owner);
    projectId = (await ada.aerie.projects.create('Harbour')).projectId;
    const drone = await enrollDrone(ada, projectId);
    file = await drone.seal(projectId, randomBytes(segmentBytes + 1000), { inParts: true });
    expect((await drone.create(file)).code).toBe('ok');
    token = await drone.token();
  }, 120_000);

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  afterAll(async () => {
    await server?.stop();
    owner?.remove();
  }, 60_000);

  async function open(from?: string): Promise<RawSocket> {
    const socket = await RawSocket.open(server, from);
    sockets.push(socket);
    return socket;
  }

  const pathOf = (name: RouteName, params: Record<string, string | number> = {}) =>
    routes[name].path.replace(/:(\w+)/g, (_, key: string) => String(params[key]));

  /** The head of a request that sends a part, and its first `bytes` octets. */
  async function beginPart(of: SealedFile, bytes: number, from?: string, by = token): Promise<RawSocket> {
    const octets = of.original.subarray(0, segmentBytes);
    const socket = await open(from);
    return socket
      .request('PUT', pathOf('putPart', { mediaId: of.mediaId, blobId: of.originalId, partNumber: 0 }), {
        authorization: `Bearer ${by}`,
        'content-type': 'application/octet-stream',
        'content-length': octets.length,
        'content-digest': `sha-256=:${createHash('sha256').update(octets).digest('base64')}:`,
      })
      .write(octets.subarray(0, bytes));
  }

  /** The head of a log-in of an unknown sender, and its first `bytes` octets. */
  const beginLogIn = async (bytes: number, from?: string): Promise<RawSocket> =>
    (await open(from))
      .request('POST', pathOf('openSession'), {
        'content-type': 'application/json',
        'content-length': strangerBytesMax,
      })
      .write(Buffer.alloc(bytes, ' '));

  /** Sends each at that rate. What is due goes by the clock, so that a busy machine is not a slower link. */
  async function trickle(
    bodies: readonly { readonly octets: Uint8Array; readonly socket: RawSocket }[],
    bytesPerSecond: number,
  ): Promise<void> {
    const startedAt = performance.now();
    const longest = Math.max(...bodies.map(({ octets }) => octets.length));
    for (let sent = 0; sent < longest; await sleep(100)) {
      const due = Math.ceil(((performance.now() - startedAt) / 1000 + 0.1) * bytesPerSecond);
      for (const { octets, socket } of bodies) socket.write(octets.subarray(sent, due));
      sent = due;
    }
  }

  /** What an honest person does meanwhile: logs in again, and stores a file. */
  async function works(): Promise<void> {
    const device = await RawDevice.of(owner);
    const small = await device.seal(projectId, randomBytes(200_000), { inParts: true });
    for (const step of [() => device.create(small), () => device.putPart(small, 0), () => device.commit(small)])
      expect((await step()).code).toBe('ok');
  }

  async function areLetGo(slow: readonly RawSocket[]): Promise<void> {
    const answers = await Promise.all(slow.map((socket) => socket.answer()));
    expect([...new Set(answers.map((answer) => answer?.code))]).toEqual(['request.timeout']);
    await Promise.all(slow.map((socket) => socket.closed()));
  }

  /** Memory of the server process that is its own, in octets. */
  const residentBytes = () =>
    1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))![1]);

  it('hold no buffer before they have sent anything: four bodies of one octet stop no upload', async () => {
    const idle = await Promise.all(Array.from({ length: 4 }, () => beginPart(file, 1)));
    await works();
    await areLetGo(idle);
  });

  it('give their buffers back when they stop in the middle', async () => {
    const stopped = await Promise.all(Array.from({ length: 8 }, () => beginPart(file, MiB)));
    await areLetGo(stopped);
    await works();
  });

  it('still succeed on a link that is slow and moves, at four times the least rate', async () => {
    const slow = await ada.seal(projectId, randomBytes(150_000), { inParts: true });
    expect((await ada.create(slow)).code).toBe('ok');
    const socket = await beginPart(slow, 0, undefined, await ada.token());
    await trickle([{ octets: slow.original, socket }], 4 * bodyBytesPerSecondMin);
    expect((await socket.answer())?.status).toBe(204);
    expect((await ada.commit(slow)).code).toBe('ok');
  });

  it('may spread one such link over several bodies of a device', async () => {
    const bodies = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const slow = await ada.seal(projectId, randomBytes(10_000), { inParts: true });
        expect((await ada.create(slow)).code).toBe('ok');
        return { octets: slow.original, socket: await beginPart(slow, 0, undefined, await ada.token()) };
      }),
    );
    // Each below the least rate, all together well above it.
    await trickle(bodies, 0.8 * bodyBytesPerSecondMin);
    for (const { socket } of bodies) expect((await socket.answer())?.status).toBe(204);
  });

  it('keep no buffer from others while they are slow, however many devices they are; and all of them succeed', async () => {
    const begin: (() => Promise<{ octets: Buffer; sent: number; socket: RawSocket }>)[] = [];
    for (let device = 0; device < 4; device++) {
      const drone = await enrollDrone(ada, projectId);
      const large = await drone.seal(projectId, randomBytes(segmentBytes + 1000), { inParts: true });
      expect((await drone.create(large)).code).toBe('ok');
      const octets = Buffer.from(large.original.subarray(0, segmentBytes));
      const by = await drone.token();
      begin.push(async () => ({ octets, sent: MiB, socket: await beginPart(large, MiB, undefined, by) }));
    }
    const slow = await Promise.all(begin.map((one) => one()));
    const sendUpTo = (one: (typeof slow)[number], end: number) => {
      if (end <= one.sent) return;
      one.socket.write(one.octets.subarray(one.sent, end));
      one.sent = end;
    };
    const startedAt = performance.now();
    const timer = setInterval(() => {
      const seconds = (performance.now() - startedAt) / 1000;
      for (const one of slow) sendUpTo(one, MiB + Math.round(4 * bodyBytesPerSecondMin * seconds));
    }, 100);
    try {
      await works();
      for (const { octets, sent, socket } of slow) expect([socket.isOpen, sent < octets.length]).toEqual([true, true]);
    } finally {
      clearInterval(timer);
    }
    for (const one of slow) sendUpTo(one, segmentBytes);
    for (const { socket } of slow) expect((await socket.answer())?.status).toBe(204);
  });

  it('are let go while they trickle below the least rate', async () => {
    const trickling = [await beginPart(file, 1), await beginLogIn(1)];
    const timer = setInterval(() => trickling.forEach((socket) => socket.write(' ')), 100);
    await areLetGo(trickling).finally(() => clearInterval(timer));
  });

  it('are let go before they have sent a head', async () => {
    const silent = await Promise.all([open(), open(), open()]);
    silent[1]!.write('POST /api/v1/sess');
    silent[2]!.write('POST /api/v1/sessions HTTP/1.1\r\nhost: a\r\nx-a');
    await areLetGo(silent);
  });

  it('are asked who they are before anything of a body is read', async () => {
    for (const name of Object.keys(routes) as RouteName[]) {
      const { access, body, method } = routes[name] as { access: unknown; body?: unknown; method: string };
      if (access === 'public' || body === undefined) continue;
      const path = pathOf(name).replaceAll('undefined', '0b5b7a3e-8a3c-4c5f-9d55-0e5c4c8f6a11');
      const type = body === 'octets' ? 'application/octet-stream' : 'application/json';
      const socket = (await open()).request(method, path, { 'content-type': type, 'content-length': 1000 });
      expect([name, (await socket.answer())?.code]).toEqual([name, 'session.missing']);
      socket.destroy();
    }
  });

  it.each([
    ['log in with all but an octet', (client: number) => beginLogIn(strangerBytesMax - 1, addressOf(client))],
    ['stop in the middle of a part', (client: number) => beginPart(file, MiB, addressOf(client))],
    ['send one octet of a part', (client: number) => beginPart(file, 1, addressOf(client))],
  ])(`cost little and stop nobody, where ${crowd} of them %s`, async (_, begin) => {
    await works();
    const before = residentBytes();
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, residentBytes())), 50);
    try {
      const slow = await Promise.all(Array.from({ length: crowd }, (_unused, client) => begin(client)));
      await works();
      await Promise.all(slow.map((socket) => socket.closed()));
      await works();
    } finally {
      clearInterval(timer);
    }
    expect((most - before) / MiB).toBeLessThan(64);
  });

  it('may not begin more than so many connections from one address', async () => {
    const many = await Promise.all(Array.from({ length: 300 }, () => open('127.0.0.99')));
    await Promise.all(many.slice(256).map((socket) => socket.closed()));
    expect(many.filter(({ isOpen }) => isOpen).length).toBeLessThanOrEqual(256);
    expect((await send(server.url, 'describeServer', {})).code).toBe('ok');
  });
});
