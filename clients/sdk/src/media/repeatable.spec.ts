import { repeatable } from './repeatable.js';

const mebi = 1024 * 1024;

describe('Content that is written several times', () => {
  const fetching = (bytes: number) => {
    let fetches = 0;
    const content = repeatable(bytes, async function* () {
      fetches++;
      for (const digit of [1, 2, 3]) yield new Uint8Array([digit]);
    });
    const take = async () => {
      const taken: number[] = [];
      // As a stream of bytes does with what it is given.
      for await (const piece of content()) taken.push(...structuredClone(piece, { transfer: [piece.buffer] }));
      return taken;
    };
    return { content, take, fetches: () => fetches };
  };

  it('is fetched once, and whole each time, though its takers pass its memory on', async () => {
    const { take, fetches } = fetching(3);
    for (let n = 0; n < 3; n++) expect(await take()).toEqual([1, 2, 3]);
    expect(fetches()).toBe(1);
  });

  it('is fetched again where it was not taken to its end', async () => {
    const { content, take, fetches } = fetching(3);
    for await (const _ of content()) break;
    expect([await take(), fetches()]).toEqual([[1, 2, 3], 2]);
  });

  it('is fetched each time where it is too large to be kept', async () => {
    const { take, fetches } = fetching(33 * mebi);
    for (let n = 0; n < 2; n++) expect(await take()).toEqual([1, 2, 3]);
    expect(fetches()).toBe(2);
  });
});
