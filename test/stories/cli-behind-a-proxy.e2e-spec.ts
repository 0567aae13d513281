import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startBadProxy, type BadProxy, type Badness } from '../support/bad-proxy.js';
import { Cli, finished } from '../support/cli.js';
import { foundBy, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

describe('A pilot works behind a proxy that is not made for it', () => {
  let server: RunningServer;
  let proxy: BadProxy;
  let pilot: Owner;
  let station: Cli;
  let folder: string;
  const file = (): string => join(folder, 'flight.bin');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-proxy-'));
    writeFileSync(file(), randomBytes(3_000_000));
    server = await startServer();
    proxy = await startBadProxy(server.url);
    pilot = await foundBy({ ...server, url: proxy.url });
    station = new Cli();
    await pilot.must('project', 'create', 'Survey');
  }, 180_000);

  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
    pilot?.remove();
    station?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  afterEach(() => void (proxy.badness = 'pass'));

  async function when(badness: Badness, ...args: string[]) {
    proxy.requests.length = 0;
    proxy.badness = badness;
    const { code, json } = await pilot.run(...args);
    return { code, json, requests: [...proxy.requests] };
  }

  it.each([
    ['moved', 'network.redirected', 'https://new.example (status 308)'],
    ['log-in', 'network.login', 'status 401'],
    ['page', 'network.page', 'web page'],
  ] as const)('is told at the first answer that the proxy is one that would give it for ever: %s', async (...row) => {
    const [badness, expected, words] = row;
    const { code, json, requests } = await when(badness, 'project', 'list');
    expect({ code, error: json.error }).toMatchObject({
      code: 1,
      error: { code: expected, title: expect.stringContaining(words) },
    });
    expect(requests).toHaveLength(1);
  });

  it('is told that bodies of such a size do not pass, and how large they must be able to be', async () => {
    const { code, json, requests } = await when('small-bodies', 'ingest', file(), '--project', 'Survey');
    const { status, problem } = [json].flat()[0];
    expect({ code, status, problem }).toMatchObject({
      code: 1,
      status: 'failed',
      problem: { code: 'network.too_large', message: expect.stringMatching(/3\.\d MB \(status 413\).* 16\.8 MB/) },
    });
    expect(requests.filter((line) => line.endsWith('/bundles'))).toHaveLength(1);
  });

  it('stores and gets files where every answer is compressed', async () => {
    const { code, json } = await when('gzip', 'ingest', file(), '--project', 'Survey');
    const [{ mediaId }] = [json].flat();
    expect(code).toBe(0);
    proxy.badness = 'gzip';
    expect(await pilot.must('get', mediaId, '--out', join(folder, 'back.bin'))).toMatchObject({ bytes: 3_000_000 });
  });

  it('goes through the proxy that HTTP_PROXY names, and past it where NO_PROXY says so', async () => {
    const enrollment = join(folder, 'station.json');
    await pilot.must('device', 'enroll', '--upload-only', '--project', 'Survey', '--out', enrollment);
    const moved = { ...JSON.parse(readFileSync(enrollment, 'utf8')), server: 'http://aerie.invalid' };
    writeFileSync(enrollment, JSON.stringify(moved));
    proxy.requests.length = 0;
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: undefined, no_proxy: undefined, http_proxy: undefined };
    const joined = await finished(station.start(['join', enrollment, '--json'], env));
    expect({ code: joined.code, json: joined.json }).toMatchObject({ code: 0, json: { kind: 'upload-only' } });
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(proxy.requests.filter((line) => !/^\w+ http:\/\/aerie\.invalid\//.test(line))).toEqual([]);
  });
});
