import { createHmac } from 'node:crypto';
import { contentToken, keyCommitment, requireCommitment } from './commitment.js';
import { LocalSeal } from './local-seal.js';

const mediaId = '00000000-0000-4000-8000-000000000001';
const blobId = '00000000-0000-4000-8000-000000000002';
const sessionKey = new Uint8Array(32).fill(9);

describe('The commitment to a session key', () => {
  it('is HMAC-SHA256 over context, media id and blob id as they are printed', async () => {
    const expected = createHmac('sha256', sessionKey)
      .update(`aerie/key-commitment/v1${mediaId}${blobId}`)
      .digest('base64');
    expect(await keyCommitment(sessionKey, mediaId, blobId)).toBe(expected);
    await expect(requireCommitment(expected, sessionKey, mediaId, blobId)).resolves.toBeUndefined();
  });

  it('refuses another key, another media and another blob', async () => {
    const committed = await keyCommitment(sessionKey, mediaId, blobId);
    const other = Uint8Array.from(sessionKey, (octet, i) => (i === 31 ? octet ^ 1 : octet));
    await expect(requireCommitment(committed, other, mediaId, blobId)).rejects.toMatchObject({ reason: 'commitment' });
    await expect(requireCommitment(committed, sessionKey, blobId, mediaId)).rejects.toMatchObject({
      reason: 'commitment',
    });
    await expect(requireCommitment(committed, sessionKey, mediaId, mediaId)).rejects.toMatchObject({
      reason: 'commitment',
    });
  });

  it('gives a content another token in every project', async () => {
    const sha256 = new Uint8Array(32).fill(1);
    expect(await contentToken(new Uint8Array(32).fill(2), sha256)).not.toBe(
      await contentToken(new Uint8Array(32).fill(3), sha256),
    );
  });
});

describe('Sealed local state', () => {
  it('opens under its own name and key only, and not once it was altered', async () => {
    const seal = await LocalSeal.of(new Uint8Array(32).fill(4));
    const sealed = await seal.seal('upload-1', { secret: 'key' });
    expect(Buffer.from(sealed).includes('secret')).toBe(false);
    expect(await seal.open('upload-1', sealed)).toEqual({ secret: 'key' });
    await expect(seal.open('upload-2', sealed)).rejects.toMatchObject({ reason: 'malformed' });
    await expect((await LocalSeal.of(new Uint8Array(32).fill(5))).open('upload-1', sealed)).rejects.toMatchObject({
      reason: 'malformed',
    });
    const altered = Uint8Array.from(sealed, (octet, i) => (i === 20 ? octet ^ 1 : octet));
    await expect(seal.open('upload-1', altered)).rejects.toMatchObject({ reason: 'malformed' });
  });
});
