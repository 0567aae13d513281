import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, run, startProcess, type ServerProcess } from '../support/server.js';

describe('An operator starts two servers on one data directory', () => {
  let server: ServerProcess;
  beforeAll(async () => void (server = await startProcess()), 60_000);
  afterAll(() => server?.stop(), 60_000);

  it('is refused by the second, which says why, and keeps the first', async () => {
    const second = run('dist/main.js', { PORT: String(await freePort()), AERIE_DATA_DIR: server.dataDir });
    expect(await second.ended).toBeGreaterThan(0);
    expect(second.logs()).toContain(server.dataDir);
    expect(second.logs()).toMatch(/belongs to process \d+, which is running/);
    expect((await fetch(`${server.url}/health/ready`)).ok).toBe(true);
  }, 60_000);
});
