import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aerie, type IngestInput } from '@aerie/sdk';
import { BlobSealer } from '../../clients/sdk/src/crypto/seal.js';
import { MediaLibrary } from '../../clients/sdk/src/media/library.js';
import { Previews } from '../../clients/sdk/src/previews/previews.js';
import { foundBy, type Owner } from '../support/people.js';
import { picture } from '../support/pictures.js';
import { RawDevice } from '../support/raw.js';
import { startServer, type RunningServer } from '../support/server.js';

const mebibyte = 1024 * 1024;
const count = 12;

describe('An analyst', () => {
  let server: RunningServer;
  let owner: Owner;
  let ada: Aerie;
  let projectId: string;
  const mediaIds: string[] = [];

  beforeAll(async () => {
    server = await startServer();
    owner = await foundBy(server);
    ada = (await RawDevice.of(owner)).aerie;
    ({ projectId } = await ada.projects.create('Harbour'));
    const thumb = await picture(64, 48);
    for await (const { mediaId } of ada.uploads.ingest(files(thumb), { projectId })) mediaIds.push(mediaId!);
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    owner?.remove();
  }, 60_000);

  /** With a memory that holds far less than there is. */
  async function forgetful() {
    const library = new MediaLibrary(ada.local, ada.projects, { media: 2, thumbs: count });
    for await (const page of library.pages(projectId)) expect(page).toHaveLength(count);
    return { library, previews: new Previews(library) };
  }

  it('sees the thumbnails of any place of a listed project with a single request', async () => {
    const { previews } = await forgetful();
    const before = ada.traffic.requests;
    const pictures = await previews.page(projectId, mediaIds);
    expect(pictures.size).toBe(count);
    expect(ada.traffic.requests - before).toBe(1);
  });

  it('has one media checked whole, and hears how far it is', async () => {
    const { library } = await forgetful();
    const told: number[] = [];
    const found = await Promise.all(mediaIds.map((mediaId) => library.inspect(mediaId)));
    const { listed } = found.find(({ listed }) => listed.bytes === 2 * mebibyte)!;
    const check = await library.check(listed.mediaId, { onProgress: (bytesDone) => told.push(bytesDone) });
    expect(check).toMatchObject({
      ok: true,
      name: '0.bin',
      checks: ['manifest', 'receipt', 'meta', 'original', 'pictures'],
    });
    expect(told.at(-1)).toBe(2 * mebibyte);
    expect(told.length).toBeGreaterThan(4);
    expect(told).toEqual([...told].sort((a, b) => a - b));

    const stop = new AbortController();
    const stopped = library.check(listed.mediaId, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
  });

  it('is given no range of what a member forged with the key of the file', async () => {
    const { media, reader, meta } = await ada.media.open(mediaIds[0]!);
    const original = media.blobs.get('original')!;
    const sessionKey = await reader.sessionKey(media, original);
    const sealer = await BlobSealer.of({ plainBytes: meta.bytes, sessionKey, salt: randomBytes(32) });
    const plain = randomBytes(meta.bytes);
    const forgery = await sealer.sealPart(0, { bytes: plain.length, read: async (a, b) => plain.subarray(a, b) });
    const fetch = (async (url: URL, init: RequestInit) => {
      if (!url.pathname.endsWith(original.blobId)) return globalThis.fetch(url, init);
      const [, first, last] = /bytes=(\d+)-(\d+)/.exec(new Headers(init.headers).get('range') ?? '') ?? [];
      if (first === undefined) return new Response(forgery.sealed as BodyInit);
      return new Response(forgery.sealed.slice(Number(first), Number(last) + 1) as BodyInit, { status: 206 });
    }) as typeof globalThis.fetch;
    const misled = await Aerie.open(ada.keyring, { fetch });
    const { content } = await misled.media.download(mediaIds[0]!, { start: 10, end: 20 });
    await expect(content[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: 'segment' });
    await misled.close();

    const honest = await ada.media.download(mediaIds[0]!, { start: 10, end: 20 });
    const octets = [];
    for await (const piece of honest.content) octets.push(...piece);
    expect(octets).toHaveLength(10);
  });
});

async function* files(thumb: Uint8Array): AsyncGenerator<IngestInput> {
  for (let i = 0; i < count; i++) {
    const octets = randomBytes(i === 0 ? 2 * mebibyte : 100);
    const sha256 = async () => new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
    const read = async (start: number, end: number) => Uint8Array.from(octets.subarray(start, end));
    const source = { bytes: octets.length, read, sha256, assertUnchanged: async () => {}, close: async () => {} };
    const made = { captureFacts: async () => ({}), makePictures: async () => ({ thumb }) };
    yield {
      path: `${i}`,
      name: `${i}.bin`,
      folder: '',
      mime: 'image/jpeg',
      modifiedAt: null,
      resumeKey: null,
      source,
      ...made,
    };
  }
}
