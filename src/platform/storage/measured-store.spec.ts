import { onMeasure, type Measures } from '../measures/measures.js';
import { measuredStore } from './measured-store.js';
import type { ObjectStore } from './object-store.port.js';

class Fake {
  readonly kept = new Map<string, number>();
  async put(key: string): Promise<void> {
    if (key === 'bad') throw new Error('it is full');
    this.kept.set(key, 1);
  }
  async *list(): AsyncGenerator<string> {
    yield* this.kept.keys();
  }
}

describe('A store that is measured', () => {
  it('does and answers the same, and tells how each operation went', async () => {
    const seen: Measures['store'][] = [];
    const store = new Fake();
    const measured = measuredStore(store as unknown as ObjectStore) as unknown as Fake;
    const stop = onMeasure('store', (one) => seen.push(one));
    await measured.put('a');
    await expect(measured.put('bad')).rejects.toThrow('it is full');
    const listed: string[] = [];
    for await (const key of measured.list()) listed.push(key);
    stop();
    await measured.put('b');
    expect([listed, [...store.kept.keys()]]).toEqual([['a'], ['a', 'b']]);
    expect(seen.map(({ operation, isGood }) => [operation, isGood])).toEqual([
      ['put', true],
      ['put', false],
    ]);
    expect(seen.every(({ seconds }) => seconds >= 0)).toBe(true);
  });
});
