import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Journal } from '@aerie/sdk';
import { adapters, type JournalAdapter } from './journal.adapters.js';

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe.each(adapters)('Journal in %s', (_, makeAdapter) => {
  let adapter: JournalAdapter;
  let journal: Journal;
  let count = 0;
  const freshName = (): string => `upload-${count++}`;
  const records = async (name: string, from = journal) => (await from.read(name)).map((record) => [...record]);

  beforeAll(async () => {
    adapter = makeAdapter();
    journal = await adapter.open();
  });
  afterAll(() => adapter.close());

  it('has no records in a list that nobody wrote', async () => {
    expect(await records(freshName())).toEqual([]);
  });

  it('gives the records of a list in the order in which they were appended, empty ones too', async () => {
    const name = freshName();
    await journal.append(name, octets(1, 2));
    await journal.append(name, octets());
    await journal.append(name, octets(0, 255));
    expect(await records(name)).toEqual([[1, 2], [], [0, 255]]);
  });

  it('replaces a list by one record, and goes on from there', async () => {
    const name = freshName();
    for (const octet of [1, 2, 3]) await journal.append(name, octets(octet));
    await journal.write(name, octets(7));
    expect(await records(name)).toEqual([[7]]);
    await journal.append(name, octets(8));
    expect(await records(name)).toEqual([[7], [8]]);
  });

  it('keeps the order of calls that do not wait for each other', async () => {
    const name = freshName();
    const many = Array.from({ length: 150 }, (_, octet) => octet);
    await Promise.all([
      journal.append(name, octets(200)),
      journal.write(name, octets(201)),
      ...many.map((octet) => journal.append(name, octets(octet))),
    ]);
    expect(await records(name)).toEqual([[201], ...many.map((octet) => [octet])]);
  });

  it('keeps lists apart, also where one name begins with the other', async () => {
    const name = freshName();
    await Promise.all([journal.append(name, octets(1)), journal.append(`${name}0`, octets(2))]);
    await journal.write(`${name}-`, octets(3));
    await journal.remove(name);
    expect(await Promise.all([name, `${name}0`, `${name}-`].map((list) => records(list)))).toEqual([[], [[2]], [[3]]]);
  });

  it('removes a list, and one that is not there', async () => {
    const name = freshName();
    await journal.write(name, octets(1));
    await journal.remove(name);
    await journal.remove(name);
    expect(await records(name)).toEqual([]);
    await journal.append(name, octets(2));
    expect(await records(name)).toEqual([[2]]);
  });

  it('keeps what a view shows, not the memory behind it', async () => {
    const name = freshName();
    const memory = octets(1, 2, 3, 4, 5);
    const writing = journal.write(name, memory.subarray(1, 3));
    await writing;
    memory.fill(9);
    expect(await records(name)).toEqual([[2, 3]]);
    (await journal.read(name))[0]!.fill(9);
    expect(await records(name)).toEqual([[2, 3]]);
  });

  it('keeps a record of 1 MiB', async () => {
    const name = freshName();
    await journal.append(name, new Uint8Array(1024 * 1024).fill(5));
    const [record] = await journal.read(name);
    expect([record!.length, record!.every((octet) => octet === 5)]).toEqual([1024 * 1024, true]);
  });

  it.each(['../evil', 'a/b', 'A', '', 'a b', 'x'.repeat(121)])('takes no list called %j', async (name) => {
    await expect(journal.append(name, octets(1))).rejects.toThrow(RangeError);
    await expect(journal.write(name, octets(1))).rejects.toThrow(RangeError);
    await expect(journal.read(name)).rejects.toThrow(RangeError);
    await expect(journal.remove(name)).rejects.toThrow(RangeError);
    await expect(journal.lock(name)).rejects.toThrow(RangeError);
  });

  it('gives the lock of a list to one, and to the next once it is released', async () => {
    const name = freshName();
    const lock = await journal.lock(name);
    expect(lock).not.toBeNull();
    expect(await journal.lock(name)).toBeNull();
    const other = await journal.lock(`${name}-other`);
    expect(other).not.toBeNull();
    await Promise.all([lock!.release(), other!.release()]);
    const next = await journal.lock(name);
    expect(next).not.toBeNull();
    await next!.release();
  });

  it('gives it to those who wait for it, one after the other', async () => {
    const name = freshName();
    let holders = 0;
    const turns = Array.from({ length: 8 }, async () => {
      const lock = await journal.lock(name, { wait: true });
      expect(++holders).toBe(1);
      await journal.append(name, octets(1));
      holders--;
      await lock.release();
    });
    await Promise.all(turns);
    expect(await records(name)).toHaveLength(8);
  });

  it('gives it to one of many who ask at once, here and elsewhere', async () => {
    const other = await adapter.elsewhere?.();
    for (let round = 0; round < 20; round++) {
      const name = freshName();
      const asked = Array.from({ length: 4 }, (_, i) => (other && i % 2 ? other.lock(name) : journal.lock(name)));
      const got = (await Promise.all(asked)).filter((lock) => lock !== null);
      expect(got).toHaveLength(1);
      await got[0]!.release();
    }
    await other?.kill();
  });

  it('gives it to nobody else while another process or tab holds it, and after that one was killed', async () => {
    if (!adapter.elsewhere) return;
    const name = freshName();
    const other = await adapter.elsewhere();
    expect(await other.lock(name)).not.toBeNull();
    expect(await journal.lock(name)).toBeNull();
    const waiting = journal.lock(name, { wait: true });
    await other.kill();
    const lock = await waiting;
    expect(await journal.lock(name)).toBeNull();
    await lock.release();
    expect(await (await journal.lock(name))?.release()).toBeUndefined();
  });

  it('finds after a kill what had been acknowledged before it, and goes on from there', async () => {
    if (!adapter.reopenAfterKill) return;
    const [kept, removed] = [freshName(), freshName()];
    await journal.write(removed, octets(1));
    await journal.write(kept, octets(1));
    await journal.append(kept, octets(2));
    await journal.remove(removed);
    journal = await adapter.reopenAfterKill();
    expect([await records(kept), await records(removed)]).toEqual([[[1], [2]], []]);
    await journal.append(kept, octets(3));
    expect(await records(kept)).toEqual([[1], [2], [3]]);
  });
});
