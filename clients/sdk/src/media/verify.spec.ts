import { createHash, randomBytes } from 'node:crypto';
import { toBase64 } from '@aerie/protocol';
import type { OpenedMedia } from './media.js';
import { checkOriginal } from './verify.js';

const octets = randomBytes(1_000);
const library = {
  async *whole() {
    for (let at = 0; at < octets.length; at += 300) yield octets.subarray(at, at + 300);
  },
};
const stating = (sha256: Uint8Array) => ({ meta: { sha256: toBase64(sha256) } }) as OpenedMedia;
const digest = createHash('sha256').update(octets).digest();

describe('Checking an original', () => {
  it('says how far it is, and that it is the file that its uploader read', async () => {
    const seen: number[] = [];
    await checkOriginal(library, stating(digest), { onProgress: (bytesDone) => seen.push(bytesDone) });
    expect(seen).toEqual([300, 600, 900, 1000]);
  });

  it('finds an uploader that states the SHA-256 of another file, although every octet is what it signed for', async () => {
    const other = createHash('sha256').update('another file').digest();
    await expect(checkOriginal(library, stating(other))).rejects.toMatchObject({ code: 'trust.blob' });
  });

  it('ends where it is told to', async () => {
    const stop = new AbortController();
    const checking = checkOriginal(library, stating(digest), {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(checking).rejects.toThrow('enough');
  });
});
