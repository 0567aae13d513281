import { PassThrough } from 'node:stream';
import { segmentBytes } from '@aerie/protocol';
import { Intake } from './intake.js';

const headBytes = 64 * 1024;
const device = (deviceId: string) => ({ deviceId });
/** Long enough for whatever can happen without a further octet. */
const settled = () => new Promise((done) => setImmediate(() => setImmediate(() => setTimeout(done, 0))));

describe('The intake of bodies', () => {
  let intake: Intake;
  let taken: string[];
  beforeEach(() => {
    intake = new Intake();
    taken = [];
  });

  /** A part of which that many octets came; `finish` brings the rest. */
  function begin(deviceId: string, bytes: number, label = deviceId) {
    const body = new PassThrough({ highWaterMark: 2 * segmentBytes });
    body.write(Buffer.alloc(bytes, 1));
    const done = intake.take(device(deviceId), body, segmentBytes, async (octets) => {
      taken.push(label);
      return octets.length;
    });
    return { done, finish: () => body.end(Buffer.alloc(segmentBytes - bytes, 2)), lose: () => body.destroy() };
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
