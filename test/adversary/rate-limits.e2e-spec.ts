import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fullProfile, hasFullProfile, type Profile } from '../support/profiles.js';
import { send, type Answer } from '../support/raw.js';
import { RawSocket } from '../support/raw-socket.js';
import { startProcess, startServer, type RunningServer, type ServerProcess } from '../support/server.js';

const perAddress = 12;
const perSubject = 5;
const limits = { AERIE_REQUESTS_PER_ADDRESS: String(perAddress), AERIE_REQUESTS_PER_SUBJECT: String(perSubject) };

/** Who asks, as a proxy says it; each test is another client, so that none has used up another's requests. */
const as = (address: string) => ({ headers: { 'x-forwarded-for': address } });

const codesOf = (answers: readonly Answer[]) => answers.map(({ code }) => code);
async function times(count: number, ask: (i: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < count; i++) answers.push(await ask(i));
  return answers;
}

describe('Routes that need no session', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ env: { ...limits, AERIE_TRUSTED_PROXIES: '127.0.0.0/8, ::1' } });
  }, 60_000);
  afterAll(() => server?.stop());

  const describeServer = (address: string) => send(server.url, 'describeServer', as(address));

  it('are answered so often for one address, which then hears when to come back; others are answered', async () => {
    const answers = await times(perAddress + 1, () => describeServer('203.0.113.1'));
    expect(codesOf(answers)).toEqual([...Array<string>(perAddress).fill('ok'), 'request.too_many']);
    const after = Number(answers.at(-1)!.headers.get('retry-after'));
    expect([after >= 1, after <= 60]).toEqual([true, true]);
    expect((await describeServer('203.0.113.2')).code).toBe('ok');
  });

  it('count the addresses of one IPv6 network together', async () => {
    const answers = await times(perAddress + 1, (i) => describeServer(`2001:db8:0:1::${i + 1}`));
    expect(answers.at(-1)!.code).toBe('request.too_many');
    expect((await describeServer('2001:db8:0:2::1')).code).toBe('ok');
  });

  it('are answered so often about one device or pairing, whoever asks', async () => {
    const [deviceId, other, pairingId] = [randomUUID(), randomUUID(), randomUUID()];
    const challenge = (i: number, about = deviceId) =>
      send(server.url, 'askChallenge', { body: { deviceId: about }, ...as(`198.51.100.${i}`) });
    expect(codesOf(await times(perSubject + 1, challenge))).toEqual([
      ...Array<string>(perSubject).fill('setup.needed'),
      'request.too_many',
    ]);
    expect((await challenge(99, other)).code).toBe('setup.needed');
    const pairing = (i: number) =>
      send(server.url, 'readPairing', { params: { pairingId }, ...as(`198.51.100.${100 + i}`) });
    expect((await times(perSubject + 1, pairing)).at(-1)!.code).toBe('request.too_many');
  });

  it('do not limit those that need one, nor the probes', async () => {
    const answers = await times(2 * perAddress, () => send(server.url, 'listProjects', as('203.0.113.9')));
    expect(new Set(codesOf(answers))).toEqual(new Set(['session.missing']));
    for (let i = 0; i < 2 * perAddress; i++) expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  it('say nothing of probes in the log', async () => {
    expect(server.logs()).not.toContain('/health/');
  });
});

describe('A server that trusts no proxy', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ env: { ...limits, AERIE_CONNECTIONS_PER_ADDRESS: '8' } });
  }, 60_000);
  afterAll(() => server?.stop());

  it('counts the connection, whatever a header says', async () => {
    const answers = await times(perAddress + 1, (i) => send(server.url, 'describeServer', as(`203.0.113.${i}`)));
    expect(answers.at(-1)!.code).toBe('request.too_many');
  });

  it('closes what one address opens beyond its share, and takes connections from others', async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => RawSocket.open(server, '127.0.0.7')));
    await Promise.race(opened.map((socket) => socket.closed()));
    const other = await RawSocket.open(server, '127.0.0.8');
    expect((await other.request('GET', '/health/live').answer())?.status).toBe(200);
    await Promise.all(opened.slice(8).map((socket) => socket.closed()));
    opened.forEach((socket) => socket.destroy());
    other.destroy();
  });
});

(hasFullProfile() ? describe : describe.skip)('Two servers on one Redis', () => {
  let profile: Profile;
  const servers: ServerProcess[] = [];
  beforeAll(async () => {
    profile = await fullProfile();
    const env = { ...profile.env, ...limits, AERIE_TRUSTED_PROXIES: '127.0.0.1' };
    servers.push(await startProcess({ env }));
    servers.push(await startProcess({ env: { ...env, AERIE_ROLE: 'api' } }));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await profile?.remove();
  }, 60_000);

  it('count together', async () => {
    const answers = await times(perAddress + 1, (i) => send(servers[i % 2]!.url, 'describeServer', as('203.0.113.77')));
    expect(codesOf(answers)).toEqual([...Array<string>(perAddress).fill('ok'), 'request.too_many']);
  });
});
