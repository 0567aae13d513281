import { listReplyBytesMax, problemBytesMax, replyBytesMaxDefault, routes, type Route } from '@aerie/protocol';
import { TrustError } from '../errors.js';
import { Http } from './http.js';

/** A server that never stops talking: counts what was taken from it. */
function endless(status = 200, headers: Record<string, string> = {}) {
  const piece = new Uint8Array(64 * 1024).fill(0x20);
  const told = { bytes: 0, isCanceled: false };
  const body = () =>
    new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          told.bytes += piece.length;
          controller.enqueue(piece);
        },
        cancel: () => void (told.isCanceled = true),
      },
      { highWaterMark: 0 },
    );
  const fetch = (async () => new Response(body(), { status, headers })) as typeof globalThis.fetch;
  return { told, http: new Http('http://127.0.0.1:1', fetch) };
}
const id = crypto.randomUUID();
const oneTry = { attempts: 1 };

describe('What a server answers', () => {
  it.each([
    ['a JSON reply', replyBytesMaxDefault, (http: Http) => http.call('describeServer', oneTry)],
    ['a list', listReplyBytesMax, (http: Http) => http.call('listProjects', oneTry)],
    ['nothing', problemBytesMax, (http: Http) => http.call('abortUpload', { params: { mediaId: id }, ...oneTry })],
    [
      'the octets that were asked for',
      96,
      (http: Http) => http.call('readSegments', { params: { mediaId: id, blobId: id }, bytesMax: 96, ...oneTry }),
    ],
  ])('is read no further than its limit where it should be %s', async (_, bytesMax, call) => {
    const { told, http } = endless();
    await expect(call(http)).rejects.toMatchObject({ code: 'trust.reply' });
    expect(told.bytes).toBeLessThanOrEqual(bytesMax + 128 * 1024);
    expect(told.isCanceled).toBe(true);
  });

  it('is not read at all where its head states too much', async () => {
    const { told, http } = endless(200, { 'content-length': String(500_000_000) });
    await expect(http.call('describeServer', oneTry)).rejects.toBeInstanceOf(TrustError);
    expect(told.bytes).toBe(0);
  });

  it('is not tried again', async () => {
    let calls = 0;
    const fetch = (async () => {
      calls++;
      return new Response(new Uint8Array(replyBytesMaxDefault + 1));
    }) as typeof globalThis.fetch;
    await expect(new Http('http://127.0.0.1:1', fetch).call('describeServer', {})).rejects.toBeInstanceOf(TrustError);
    expect(calls).toBe(1);
  });

  it('is read to a limit where it is a refusal, too', async () => {
    const { told, http } = endless(500);
    await expect(http.call('describeServer', oneTry)).rejects.toThrow();
    expect(told.bytes).toBeLessThanOrEqual(problemBytesMax + 128 * 1024);
  });

  it('may have octets only where the caller says how many', async () => {
    const { http } = endless();
    const params = { mediaId: id, blobId: id };
    await expect(http.call('readSegments', { params, ...oneTry })).rejects.toThrow(TypeError);
  });

  it('has a limit in every row of the route table', () => {
    for (const row of Object.values(routes) as Route[])
      if (typeof row.reply !== 'string')
        expect(row.replyBytesMax ?? replyBytesMaxDefault).toBeLessThanOrEqual(listReplyBytesMax);
  });
});
