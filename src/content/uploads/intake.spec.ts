import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { segmentBytes } from '@aerie/protocol';
import { Intake } from './intake.js';

const headBytes = 64 * 1024;
const device = (deviceId: string) => ({ deviceId });
/** Long enough for whatever can happen without a further octet. */
const settled = () => new Promise((done) => setImmediate(() => setImmediate(() => setImmediate(done))));

describe('The intake of bodies', () => {
  let intake: Intake;
  let taken: string[];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-intake-'));
    // As often as that, nothing is ever looked at in these tests: who holds a buffer keeps it.
    intake = new Intake(folder, 2 ** 30);
    taken = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A part of which that many octets came; `finish` brings the rest. */
  function begin(deviceId: string, bytes: number, label = deviceId) {
    const body = new PassThrough({ highWaterMark: 2 * segmentBytes });
    body.write(Buffer.alloc(bytes, 1));
    const done = intake.take(device(deviceId), body, segmentBytes, async (octets) => {
      taken.push(label);
      return octets.length;
    });
    const finish = () => body.end(Buffer.alloc(segmentBytes - bytes, 2));
    return { done, finish, lose: () => body.destroy(), body };
  }

  it('gives no buffer to a body of which next to nothing came', async () => {
    const idle = Array.from({ length: 20 }, (_, i) => begin(`idle-${i}`, 1));
    const whole = begin('busy', headBytes + 1);
    whole.finish();
    expect(await whole.done).toBe(segmentBytes);
    for (const { finish } of idle) finish();
    expect(await Promise.all(idle.map(({ done }) => done))).toEqual(idle.map(() => segmentBytes));
  });

  it('keeps a share for others, however many bodies one device has begun', async () => {
    const stalled = Array.from({ length: 9 }, () => begin('greedy', headBytes + 1));
    await settled();
    await expect(begin('greedy', headBytes + 1).done).rejects.toMatchObject({ code: 'request.too_many' });
    const whole = begin('other', headBytes + 1);
    whole.finish();
    expect(await whole.done).toBe(segmentBytes);
    for (const { finish } of stalled) finish();
    await Promise.all(stalled.map(({ done }) => done));
  });

  it('lets the device go first that holds the least', async () => {
    const held = [...'abc'].map((name) => begin(name, headBytes + 1));
    const last = begin('d', headBytes + 1);
    await settled();
    const again = begin('a', headBytes + 1, 'a again');
    await settled();
    const newcomer = begin('e', headBytes + 1);
    await settled();
    again.finish();
    newcomer.finish();
    last.finish();
    await Promise.all([last.done, again.done, newcomer.done]);
    expect(taken).toEqual(['d', 'e', 'a again']);
    for (const { finish } of held) finish();
    await Promise.all(held.map(({ done }) => done));
  });

  it('has its buffer again when a sender goes away', async () => {
    const lost = ['a', 'b', 'c', 'd'].map((name) => begin(name, headBytes + 1));
    await settled();
    for (const { lose } of lost) lose();
    for (const { done } of lost) await expect(done).rejects.toMatchObject({ code: 'request.malformed' });
    const whole = begin('e', headBytes + 1);
    whole.finish();
    expect(await whole.done).toBe(segmentBytes);
  });

  it('reads away a body that it refuses, so that its connection is good for more', async () => {
    const stalled = Array.from({ length: 9 }, () => begin('greedy', headBytes + 1));
    const { done, finish, body } = begin('greedy', headBytes + 1);
    await expect(done).rejects.toMatchObject({ code: 'request.too_many' });
    finish();
    await finished(body);
    for (const one of stalled) one.finish();
    await Promise.all(stalled.map((one) => one.done));
  });

  describe('where bodies come in slowly', () => {
    const names = ['a', 'b', 'c', 'd'];
    beforeEach(() => {
      intake = new Intake(folder, 20);
    });

    it('lets them keep no buffer from others, and takes every octet of them', async () => {
      const slow = names.map((name) => begin(name, headBytes + 1));
      await settled();
      const whole = begin('e', headBytes + 1);
      whole.finish();
      expect(await whole.done).toBe(segmentBytes);
      expect(taken).toEqual(['e']);
      for (const { finish } of slow) finish();
      expect(await Promise.all(slow.map(({ done }) => done))).toEqual(names.map(() => segmentBytes));
    });

    it('hands out the same octets that came, whenever they came', async () => {
      const content = Buffer.from(Array.from({ length: segmentBytes }, (_, i) => i % 251));
      const slow = names.map((name) => {
        const body = new PassThrough();
        body.write(content.subarray(0, 100_000));
        return { body, whole: intake.take(device(name), body, segmentBytes, async (octets) => Buffer.from(octets)) };
      });
      const other = begin('e', headBytes + 1);
      other.finish();
      await other.done;
      for (const { body } of slow) {
        body.write(content.subarray(100_000, 700_000));
        body.end(content.subarray(700_000));
      }
      for (const { whole } of slow) expect((await whole).equals(content)).toBe(true);
    });

    it('leaves no file behind, and has its disk space again', async () => {
      for (let round = 0; round < 3; round++) {
        const slow = names.flatMap((name) => [begin(name, headBytes + 1), begin(name, headBytes + 1)]);
        const whole = begin('e', headBytes + 1);
        whole.finish();
        await whole.done;
        for (const { finish } of slow) finish();
        await Promise.all(slow.map(({ done }) => done));
        expect(readdirSync(folder)).toEqual([]);
      }
    });

    it('refuses one that turns out to be too long', async () => {
      const long = new PassThrough();
      long.write(Buffer.alloc(headBytes + 1));
      const refused = intake.take(device('a'), long, segmentBytes, async () => 0);
      const slow = [...'bcd'].map((name) => begin(name, headBytes + 1));
      const whole = begin('e', headBytes + 1);
      whole.finish();
      await whole.done;
      long.end(Buffer.alloc(segmentBytes));
      await expect(refused).rejects.toMatchObject({ code: 'request.too_large' });
      for (const { finish } of slow) finish();
      await Promise.all(slow.map(({ done }) => done));
    });

    it('refuses those of a device that has as much on disk as it may, and no others', async () => {
      const slow = [...'abc'].map((name) => begin(name, headBytes + 1));
      const greedy: ReturnType<typeof begin>[] = [];
      const refusals: unknown[] = [];
      // Each waits for a buffer, gets it from a slow one, and is slow itself, until the device may have no more.
      while (refusals.length === 0) {
        const one = begin('greedy', headBytes + 1);
        one.done.catch((error: unknown) => refusals.push(error));
        greedy.push(one);
        const next = begin('other', headBytes + 1);
        next.finish();
        await next.done;
      }
      expect(refusals[0]).toMatchObject({ code: 'request.too_many' });
      for (const { finish } of [...slow, ...greedy]) finish();
      await Promise.allSettled(greedy.map(({ done }) => done));
      expect(await Promise.all(slow.map(({ done }) => done))).toEqual(slow.map(() => segmentBytes));
    });
  });

  it('takes what fits exactly, nothing that is longer, and hands out every octet', async () => {
    for (const bytesMax of [1, headBytes - 1, headBytes, headBytes + 1, segmentBytes]) {
      const content = Buffer.from(Array.from({ length: bytesMax }, (_, i) => i % 251));
      const take = (octets: Buffer) => {
        const body = new PassThrough();
        body.end(octets);
        return intake.take(device('a'), body, bytesMax, async (whole) => Buffer.from(whole));
      };
      expect((await take(content)).equals(content)).toBe(true);
      await expect(take(Buffer.concat([content, Buffer.alloc(1)]))).rejects.toMatchObject({
        code: 'request.too_large',
      });
      expect((await take(content.subarray(1))).length).toBe(bytesMax - 1);
    }
  });
});
