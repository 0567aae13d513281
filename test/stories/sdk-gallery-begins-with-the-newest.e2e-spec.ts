import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, type MediaOrder } from '@aerie/sdk';
import { foundBy, type Owner } from '../support/people.js';
import { RawDevice } from '../support/raw.js';
import { startServer, type RunningServer } from '../support/server.js';

/** Small, so that a few media make several pages. */
const limit = 2;

describe('A gallery', () => {
  let server: RunningServer;
  let owner: Owner;
  let ada: RawDevice;
  let projectId: string;
  const committed: string[] = [];

  beforeAll(async () => {
    server = await startServer();
    owner = await foundBy(server);
    ada = await RawDevice.of(owner);
    ({ projectId } = await ada.aerie.projects.create('Harbour'));
    for (let i = 0; i < 5; i++) await add();
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    owner?.remove();
  }, 60_000);

  async function add(): Promise<void> {
    const file = await ada.seal(projectId, randomBytes(50));
    expect((await ada.bundle(projectId, [file])).code).toBe('ok');
    committed.push(file.mediaId);
  }

  /** A client whose pages are small, on a server that says `next` as it likes. */
  const client = (nextOf: (next: string | null) => string | null = (next) => next): Promise<Aerie> =>
    Aerie.open(ada.aerie.keyring, {
      fetch: async (input, init) => {
        const url = new URL(input as URL);
        if (!url.pathname.endsWith('/media')) return fetch(url, init);
        url.searchParams.set('limit', String(limit));
        const answer = await (await fetch(url, init)).json();
        return Response.json({ ...answer, next: nextOf(answer.next) });
      },
    });

  async function pagesOf(aerie: Aerie, order?: MediaOrder): Promise<string[][]> {
    const pages: string[][] = [];
    for await (const page of aerie.media.pages(projectId, { order }))
      pages.push(page.map(({ listed }) => listed.mediaId));
    return pages;
  }

  it('begins with the oldest unless asked', async () => {
    const [a, b, c, d, e] = committed;
    expect(await pagesOf(await client())).toEqual([[a, b], [c, d], [e]]);
  });

  it('begins with the newest, and goes on backwards', async () => {
    const [a, b, c, d, e] = committed;
    expect(await pagesOf(await client(), 'newest')).toEqual([[e, d], [c, b], [a]]);
  });

  it('going backwards, is not disturbed by what is added meanwhile', async () => {
    const before = [...committed].reverse();
    const seen: string[] = [];
    for await (const page of (await client()).media.pages(projectId, { order: 'newest' })) {
      seen.push(...page.map(({ listed }) => listed.mediaId));
      if (seen.length === limit) await add();
    }
    expect(seen).toEqual(before);
  });

  it.each(['oldest', 'newest'] as const)(
    'is refused by a server that lists the %s first in a circle',
    async (order) => {
      let first: string | null = null;
      const stuck = await client((next) => (first ??= next));
      await expect(pagesOf(stuck, order)).rejects.toMatchObject({ code: 'trust.manifest' });
    },
  );

  it.each([
    ['oldest', '1'],
    ['newest', '999999'],
  ] as const)('is refused by a server that turns round while it lists the %s first', async (order, wrong) => {
    let asked = 0;
    const turning = await client((next) => (++asked === 2 ? wrong : next));
    await expect(pagesOf(turning, order)).rejects.toMatchObject({ code: 'trust.manifest' });
  });
});
