import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Http } from './http.js';

describe('A client whose server does not answer', () => {
  let requests: string[];
  let http: Http;
  let isDown: boolean;
  const minute = 60_000;

  beforeEach(() => {
    jest.useFakeTimers();
    requests = [];
    isDown = true;
    http = new Http('http://aerie.invalid', async (input) => {
      requests.push(new URL(input as URL).pathname);
      if (isDown) throw new Error('connect ECONNREFUSED');
      return Response.json({ organizationId: null, receiptKey: { origin: 'a', publicKey: 'b' } });
    });
    const token = async (): Promise<string> => {
      await http.call('askChallenge', { body: { deviceId: crypto.randomUUID() } });
      return 'token';
    };
    http.useTokens({ token, forget: () => {} });
  });
  afterEach(() => void jest.useRealTimers());

  /** Runs the clock until the work is done. @returns how long that took by the clock, and how it ended */
  async function ended(work: Promise<unknown>): Promise<{ ms: number; code: unknown }> {
    const startedAt = performance.now();
    let code: unknown;
    const done = work.then(
      () => (code = 'fine'),
      (error: { code: unknown }) => (code = error.code),
    );
    while (code === undefined) await jest.advanceTimersByTimeAsync(100);
    await done;
    return { ms: performance.now() - startedAt, code };
  }

  it('asks for about a minute in all, also where it would have to log in first', async () => {
    const { ms, code } = await ended(http.call('listProjects', {}));
    expect(code).toBe('network.unreachable');
    expect(requests).toHaveLength(8);
    expect(ms).toBeLessThan(minute);
  });

  it('has one such minute for all of its calls, not one for each', async () => {
    const calls = async (): Promise<void> => {
      for (let call = 0; call < 20; call++) await http.call('listProjects', {}).catch(() => {});
    };
    const { ms } = await ended(calls());
    expect(ms).toBeLessThan(1.5 * minute);
    expect(requests.length).toBeLessThan(60);
  });

  it('has a new minute once the server has answered', async () => {
    await ended(http.call('listProjects', {}));
    isDown = false;
    await ended(http.call('describeServer', {}));
    isDown = true;
    requests.length = 0;
    await ended(http.call('listProjects', {}));
    expect(requests).toHaveLength(8);
  });
});
