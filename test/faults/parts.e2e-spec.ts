import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { routes, segmentBytes } from '@aerie/protocol';
import { openHarbor, type Harbor } from '../support/harbor.js';
import { everyProfile, type Profile } from '../support/profiles.js';
import type { RawDevice, SealedFile } from '../support/raw.js';
import { RawSocket } from '../support/raw-socket.js';

/** More than comes before a body gets a buffer, and less than a part. */
const halfBytes = segmentBytes / 2;

describe.each(everyProfile())('Parts of a large file on %s', (_, openProfile) => {
  let profile: Profile;
  let harbor: Harbor;
  let ada: RawDevice;
  const sockets: RawSocket[] = [];

  beforeAll(async () => {
    profile = await openProfile();
    ({ ada } = harbor = await openHarbor({ env: profile.env }));
  }, 120_000);
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    await harbor?.close();
    await profile?.remove();
  }, 60_000);

  /** An upload of two parts, none of which is there. */
  async function created(): Promise<SealedFile> {
    const file = await ada.seal(harbor.projectId, randomBytes(segmentBytes + 100_000), { inParts: true });
    expect((await ada.create(file)).code).toBe('ok');
    return file;
  }
  const firstOf = (file: SealedFile) => Buffer.from(file.original.subarray(0, segmentBytes));
  const sha256 = (octets: Uint8Array) => createHash('sha256').update(octets).digest('base64');

  /** The head of a request that sends these octets as the first part, and the first half of them. */
  async function beginFirst(file: SealedFile, octets: Uint8Array): Promise<RawSocket> {
    const socket = await RawSocket.open(harbor.server);
    sockets.push(socket);
    const path = routes.putPart.path
      .replace(':mediaId', file.mediaId)
      .replace(':blobId', file.originalId)
      .replace(':partNumber', '0');
    return socket
      .request('PUT', path, {
        authorization: `Bearer ${await ada.token()}`,
        'content-type': 'application/octet-stream',
        'content-length': octets.length,
        'content-digest': `sha-256=:${sha256(octets)}:`,
      })
      .write(octets.subarray(0, halfBytes));
  }
  /** Digests of the parts that the server says it has, by number. */
  async function partsOf({ mediaId }: SealedFile): Promise<Record<number, string>> {
    const { json } = await ada.send('readUpload', { params: { mediaId } });
    const parts = json.blobs[0].parts as { number: number; digest: string }[];
    return Object.fromEntries(parts.map(({ number, digest }) => [number, digest]));
  }
  /** The file is committed, and comes back octet for octet. */
  async function isStored(file: SealedFile): Promise<void> {
    expect((await ada.commit(file)).code).toBe('ok');
    const back = await ada.send('readBlob', { params: { mediaId: file.mediaId, blobId: file.originalId } });
    expect(sha256(back.octets)).toBe(sha256(file.original));
  }
  it('leave nothing where their sender goes away in the middle', async () => {
    const file = await created();
    const socket = await beginFirst(file, firstOf(file));
    socket.hangUp();
    await socket.closed();
    expect(await partsOf(file)).toEqual({});
    for (const part of [1, 0]) expect((await ada.putPart(file, part)).code).toBe('ok');
    await isStored(file);
  }, 60_000);

  it('change nothing that was acknowledged where a wrong one is sent again', async () => {
    const file = await created();
    for (const part of [0, 1]) expect((await ada.putPart(file, part)).code).toBe('ok');
    const wrong = randomBytes(segmentBytes);
    const digest = `sha-256=:${sha256(firstOf(file))}:`;
    // The digest is that of the part, so it is answered without a look at the octets.
    expect((await ada.putPart(file, 0, { octets: wrong, digest })).code).toBe('ok');
    expect((await ada.putPart(file, 0, { octets: wrong })).code).toBe('upload.part_conflict');
    await isStored(file);
  }, 60_000);

  it('claim nothing by a digest that they do not have', async () => {
    const file = await created();
    const digest = `sha-256=:${sha256(randomBytes(9))}:`;
    expect((await ada.putPart(file, 0, { digest })).code).toBe('upload.digest_mismatch');
    for (const part of [0, 1]) expect((await ada.putPart(file, part)).code).toBe('ok');
    await isStored(file);
  }, 60_000);

  it.each([
    ['the same octets are answered alike', (file: SealedFile) => firstOf(file), 204],
    ['other octets are refused', () => randomBytes(segmentBytes), 409],
  ])(
    'may be begun anew while an older attempt hangs; the later is stored, %s',
    async (_, octetsOf, status) => {
      const file = await created();
      const octets = octetsOf(file);
      const older = await beginFirst(file, octets);
      const newer = await beginFirst(file, firstOf(file));
      newer.write(firstOf(file).subarray(halfBytes));
      expect((await newer.answer())?.status).toBe(204);
      older.write(octets.subarray(halfBytes));
      expect((await older.answer())?.status).toBe(status);
      expect(await partsOf(file)).toEqual({ 0: sha256(firstOf(file)) });
      expect((await ada.putPart(file, 1)).code).toBe('ok');
      await isStored(file);
    },
    60_000,
  );

  it('take nothing from an older attempt where they come to nothing themselves', async () => {
    const file = await created();
    const older = await beginFirst(file, firstOf(file));
    const newer = await beginFirst(file, firstOf(file));
    newer.write(randomBytes(segmentBytes - halfBytes));
    expect((await newer.answer())?.code).toBe('upload.digest_mismatch');
    older.write(firstOf(file).subarray(halfBytes));
    expect((await older.answer())?.status).toBe(204);
    expect((await ada.putPart(file, 1)).code).toBe('ok');
    await isStored(file);
  }, 60_000);
});
