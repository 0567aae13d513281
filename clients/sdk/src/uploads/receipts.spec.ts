import { generateKeyPairSync, sign } from 'node:crypto';
import { printReceipt, receiptText, toBase64, type Receipt } from '@aerie/protocol';
import { requireReceipt, type Committed } from './receipts.js';

const pair = generateKeyPairSync('ed25519');
const key = {
  origin: 'aerie.internal/test',
  publicKey: new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url')),
};
const digestOf = (octet: number): string => toBase64(new Uint8Array(32).fill(octet));
const receipt: Receipt = {
  mediaId: crypto.randomUUID(),
  projectId: crypto.randomUUID(),
  manifest: digestOf(1),
  bytes: 1000,
  committedAt: '2026-01-01T00:00:00.000Z',
  membership: 7,
};
const { mediaId, projectId } = receipt;
const sent: Committed = { mediaId, projectId, manifestDigests: [digestOf(1)], sealedBytes: 1000, membership: 7 };
const note = (stated = receipt): Promise<string> =>
  printReceipt(key, stated, sign(null, Buffer.from(receiptText(key.origin, stated)), pair.privateKey));

describe('A receipt', () => {
  it('is good for what was sent, and where less is known of that', async () => {
    expect(await requireReceipt(await note(), key, sent)).toEqual(receipt);
    expect(await requireReceipt(await note(), key, { ...sent, sealedBytes: null, membership: null })).toEqual(receipt);
    const either = [digestOf(2), digestOf(1)];
    expect(await requireReceipt(await note(), key, { ...sent, manifestDigests: either })).toEqual(receipt);
    expect(await requireReceipt(await note({ ...receipt, membership: 9 }), key, sent)).toMatchObject({ membership: 9 });
  });

  it.each<[string, Partial<Receipt>]>([
    ['another media', { mediaId: crypto.randomUUID() }],
    ['another project', { projectId: crypto.randomUUID() }],
    ['another manifest', { manifest: digestOf(3) }],
    ['fewer octets', { bytes: 999 }],
    ['a time at which the membership chain was shorter than its uploader has seen it', { membership: 6 }],
  ])('is refused where it is for %s: nobody would believe it later', async (_, change) => {
    const doubtful = await note({ ...receipt, ...change });
    await expect(requireReceipt(doubtful, key, sent)).rejects.toMatchObject({ code: 'trust.receipt' });
  });

  it('is refused where it was altered, or is by another key', async () => {
    const altered = (await note()).replace('membership 7', 'membership 8');
    await expect(requireReceipt(altered, key, sent)).rejects.toMatchObject({ code: 'trust.receipt' });
    const other = { ...key, publicKey: new Uint8Array(32).fill(9) };
    await expect(requireReceipt(await note(), other, sent)).rejects.toMatchObject({ code: 'trust.receipt' });
  });
});
