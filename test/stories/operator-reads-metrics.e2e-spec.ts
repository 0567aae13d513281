import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { leaveOut } from '../support/left-out.js';
import { until } from '../support/people.js';
import { fullProfile, hasFullProfile, type Profile } from '../support/profiles.js';
import { freePort, run, type Process } from '../support/server.js';

const token = 'a token of the operator';

describe('An operator who reads metrics', () => {
  let harbor: Harbor;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    harbor = await openHarbor({ env: { AERIE_METRICS_PORT: String(port), AERIE_METRICS_TOKEN: token } });
  }, 120_000);

  afterAll(() => harbor?.close(), 60_000);

  const scrape = async (): Promise<string> => {
    const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/plain; version=0.0.4'),
    ]);
    return response.text();
  };
  /** The value of one series, as it is printed. */
  const valueOf = (text: string, series: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? NaN : Number(line.slice(series.length + 1));
  };

  it('learns how much is asked, how the store answers, what waits, and what is left of the disk', async () => {
    const { ada, projectId } = harbor;
    const bundles = 'aerie_requests_total{method="POST",route="/api/v1/projects/:projectId/bundles",status="200"}';
    const before = valueOf(await scrape(), bundles) || 0;
    const file = await ada.seal(projectId, randomBytes(50_000));
    expect((await ada.bundle(projectId, [file])).code).toBe('ok');
    const text = await until(scrape, (found) => valueOf(found, bundles) > before, 30_000);
    const bytesIn = valueOf(
      text,
      'aerie_request_bytes_total{route="/api/v1/projects/:projectId/bundles",direction="in"}',
    );
    expect(bytesIn).toBeGreaterThanOrEqual(50_000);
    expect(valueOf(text, 'aerie_store_seconds_count{operation="put",outcome="good"}')).toBeGreaterThan(0);
    expect(valueOf(text, 'aerie_store_disk_bytes{what="free"}')).toBeGreaterThan(0);
    expect(valueOf(text, 'aerie_jobs{kind="media.check-media",state="later"}')).toBeGreaterThan(0);
    expect(valueOf(text, 'aerie_job_oldest_seconds{kind="media.check-media"}')).toBe(0);
    expect(valueOf(text, 'aerie_ready{part="store"}')).toBe(1);
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    // An id, a path or a name in a label would tell what is stored, and grow without end.
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  }, 60_000);

  it('counts what the framework refuses under one name, however many paths are tried', async () => {
    for (const path of ['/api/v1/no-such', '/api/v1/none/1', '/api/v1/none/2'])
      await fetch(`${harbor.server.url}${path}`);
    const text = await scrape();
    expect(text).not.toContain('no-such');
  });

  it('is told nothing without the token, and clients nothing at all', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer another' } })).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${url}/api/v1/server`)).status).toBe(404);
    expect(await (await fetch(`${harbor.server.url}/metrics`)).text()).not.toContain('aerie_requests_total');
  });

  it('asks there for health as well, without a token', async () => {
    expect([(await fetch(`${url}/health/live`)).status, (await fetch(`${url}/health/ready`)).status]).toEqual([
      200, 200,
    ]);
    expect(await (await fetch(`${url}/health/ready`)).text()).toContain('store: ok');
  });
});

const full = hasFullProfile();
if (!full)
  leaveOut(
    'health and metrics of a worker',
    'set what `infra/dev/parts.sh env` prints, after `infra/dev/parts.sh install` and `start`',
  );

(full ? describe : describe.skip)('A worker, which serves no clients', () => {
  let profile: Profile;
  let worker: Process;

  afterAll(async () => {
    worker?.child.kill('SIGTERM');
    await worker?.ended;
    await profile?.remove();
  }, 60_000);

  it('tells its health and its metrics all the same', async () => {
    profile = await fullProfile();
    const port = await freePort();
    const own = { AERIE_ROLE: 'worker', AERIE_METRICS_PORT: String(port), AERIE_METRICS_TOKEN: token };
    // The schema is there once an API has started; a worker alone brings it as well.
    worker = run('dist/main.js', { ...profile.env, ...own });
    const ready = () =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        ({ status }) => status,
        () => 0,
      );
    await until(ready, (status) => status === 200, 60_000);
    const headers = { authorization: `Bearer ${token}` };
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
    expect(text).toContain('aerie_jobs{kind="objects.delete-objects"');
  }, 120_000);
});
