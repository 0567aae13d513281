import { randomInt } from 'node:crypto';

/** What a run draws at random comes from here. It is printed with the test; AERIE_SEED runs the same again. */
export const seed = Number(process.env.AERIE_SEED ?? randomInt(1, 2 ** 31));

/** The members in an order that the seed decides (mulberry32, Fisher and Yates). */
export function shuffled<T>(members: readonly T[], from = seed): T[] {
  const order = [...members];
  let state = from;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let i = order.length - 1; i > 0; i--) {
    const at = Math.floor(random() * (i + 1));
    [order[i], order[at]] = [order[at]!, order[i]!];
  }
  return order;
}
