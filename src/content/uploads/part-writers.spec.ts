import { beforeEach, describe, expect, it } from '@jest/globals';
import { PartWriters, Superseded } from './part-writers.js';

describe('Attempts to write one part', () => {
  let writers: PartWriters;
  let log: string[];
  beforeEach(() => {
    writers = new PartWriters();
    log = [];
  });

  /** An attempt that goes on until `finish` or its signal, and then needs a moment to stop. */
  function begin(name: string, part = 'a') {
    let finish!: () => void;
    const finished = new Promise<void>((done) => (finish = done));
    const done = writers.write(part, async (signal) => {
      log.push(`${name} begins`);
      const ended = new Promise((stop) => signal.addEventListener('abort', stop));
      await Promise.race([finished, ended]);
      await new Promise((soon) => setImmediate(soon));
      log.push(`${name} stops`);
      if (signal.aborted) throw new Error('cut off');
      return name;
    });
    done.catch(() => undefined);
    return { done, finish };
  }

  it('are ended by a newer one, which begins only once nothing of the older is on its way', async () => {
    const older = begin('older');
    const newer = begin('newer');
    newer.finish();
    await expect(older.done).rejects.toThrow(Superseded);
    expect(await newer.done).toBe('newer');
    expect(log).toEqual(['older begins', 'older stops', 'newer begins', 'newer stops']);
  });

  it('are never two at once, however many come', async () => {
    const many = Array.from({ length: 5 }, (_, n) => begin(String(n)));
    many[4]!.finish();
    await writers.settled('a');
    const outcomes = await Promise.allSettled(many.map(({ done }) => done));
    expect(outcomes.map(({ status }) => status)).toEqual([...Array<string>(4).fill('rejected'), 'fulfilled']);
    expect(log).toEqual(['0 begins', '0 stops', '4 begins', '4 stops']);
  });

  it('keep what they answered before the newer one came to its turn', async () => {
    let finish!: (value: string) => void;
    const older = writers.write('a', () => new Promise<string>((done) => (finish = done)));
    const newer = begin('newer');
    finish('stored');
    expect(await older).toBe('stored');
    newer.finish();
    expect(await newer.done).toBe('newer');
  });

  it('do not concern other parts', async () => {
    const [one, other] = [begin('one', 'a'), begin('other', 'b')];
    one.finish();
    other.finish();
    expect(await Promise.all([one.done, other.done])).toEqual(['one', 'other']);
  });
});
