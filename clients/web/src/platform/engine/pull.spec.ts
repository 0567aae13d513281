import { jest } from '@jest/globals';
import { pull } from './pull.js';

async function* pieces(...sizes: number[]): AsyncGenerator<Uint8Array> {
  let octet = 0;
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => octet++ % 251);
}
async function all(source: AsyncIterable<Uint8Array>) {
  const pulled = pull(source);
  const taken: Uint8Array[] = [];
  for (let piece = await pulled.next(); piece; piece = await pulled.next()) taken.push(piece);
  return taken;
}
const mebi = 1024 * 1024;

describe('Octets pulled from the engine', () => {
  it.each([
    [[], []],
    [[3], [3]],
    [[mebi], [mebi]],
    [
      [mebi - 1, 2],
      [mebi, 1],
    ],
    [
      [256 * 1024, 256 * 1024, 256 * 1024, 256 * 1024, 5],
      [mebi, 5],
    ],
    [[3 * mebi + 7], [mebi, mebi, mebi, 7]],
    [[0, 1, 0], [1]],
  ])('in pieces of %j arrive in pieces of %j, each in a buffer of its own', async (sizes, expected) => {
    const taken = await all(pieces(...sizes));
    expect(taken.map(({ length }) => length)).toEqual(expected);
    for (const piece of taken) expect(piece.buffer.byteLength).toBe(piece.length);
    const sent: Uint8Array[] = [];
    for await (const piece of pieces(...sizes)) sent.push(piece);
    expect(Buffer.concat(taken).equals(Buffer.concat(sent))).toBe(true);
  });

  it('end in the fault of their source, after what came before it', async () => {
    async function* faulty(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(mebi);
      throw new Error('not what was signed');
    }
    const pulled = pull(faulty());
    expect(await pulled.next()).toHaveLength(mebi);
    await expect(pulled.next()).rejects.toThrow('not what was signed');
  });

  it('are not read further ahead than one piece, and no more once stopped', async () => {
    const read = jest.fn();
    async function* watched(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read();
        yield new Uint8Array(mebi);
      }
    }
    const pulled = pull(watched());
    await pulled.next();
    // Nothing here waits for anything outside: a turn of the event loop later, all that can happen has.
    await new Promise(setImmediate);
    expect(read).toHaveBeenCalledTimes(2);
    await pulled.stop();
    expect(await pulled.next()).toHaveLength(mebi);
    expect(await pulled.next()).toBeNull();
  });
});
