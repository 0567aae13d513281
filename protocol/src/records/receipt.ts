import { z } from 'zod';
import { publicPrimitives } from '#public-primitives';
import { concatBytes, fromBase64, toBase64, utf8 } from '../bytes.js';
import { sha256 } from '../digest.js';
import { Digest, Id, Timestamp } from '../ids.js';

/**
 * A receipt: the server's signed word that it keeps a media. A C2SP signed note (signed-note v1.0.0), a few lines that a
 * person can read, so it can be printed, pasted and checked years later with any Ed25519 program.
 */
export const Receipt = z.strictObject({
  mediaId: Id,
  projectId: Id,
  /** SHA-256 of the manifest's octets. */
  manifest: Digest,
  /** Octets of ciphertext, all blobs of the manifest together. */
  bytes: z.int().positive(),
  committedAt: Timestamp,
  /** Entries that the membership chain had by then: who might add a file is judged at that place. */
  membership: z.int().positive(),
});
export type Receipt = z.infer<typeof Receipt>;

export interface ReceiptKey {
  /** Key name of the note: no spaces, no plus sign. */
  readonly origin: string;
  /** Raw Ed25519 public key, 32 octets. */
  readonly publicKey: Uint8Array;
}

const ed25519 = 0x01;
const fields = ['media', 'project', 'manifest', 'bytes', 'committed', 'membership'] as const;

/** The text that is signed, with its closing newline. */
export function receiptText(origin: string, receipt: Receipt): string {
  const { mediaId, projectId, manifest, bytes, committedAt, membership } = receipt;
  const values = [mediaId, projectId, manifest, String(bytes), committedAt, String(membership)];
  return `${origin}/receipt/v1\n${fields.map((field, index) => `${field} ${values[index]}\n`).join('')}`;
}

/** Text, blank line, signature line: `— <origin> base64(key id || signature)`. */
export async function printReceipt(key: ReceiptKey, receipt: Receipt, signature: Uint8Array): Promise<string> {
  const line = toBase64(concatBytes([await keyId(key), signature]));
  return `${receiptText(key.origin, receipt)}\n— ${key.origin} ${line}\n`;
}

/**
 * Checks a receipt and returns what it says.
 * @throws Error where the note is malformed, is by another key, or does not verify.
 */
export async function verifyReceipt(note: string, key: ReceiptKey): Promise<Receipt> {
  const [text, signatures] = splitNote(note);
  const id = await keyId(key);
  const line = signatures.find((candidate) => candidate.startsWith(`— ${key.origin} `));
  if (!line) throw new Error('the receipt carries no signature by this server');
  const octets = fromBase64(line.slice(`— ${key.origin} `.length));
  if (toBase64(octets.subarray(0, 4)) !== toBase64(id)) throw new Error('the receipt is signed by another key');
  const verify = await publicPrimitives.verifier(key.publicKey);
  if (!(await verify(utf8(text), octets.subarray(4)))) throw new Error('the signature of the receipt does not verify');
  return parseReceipt(text, key.origin);
}

function splitNote(note: string): [text: string, signatures: string[]] {
  const end = note.lastIndexOf('\n\n');
  if (end < 0) throw new Error('the receipt is not a signed note');
  return [
    note.slice(0, end + 1),
    note
      .slice(end + 2)
      .split('\n')
      .filter((line) => line !== ''),
  ];
}

function parseReceipt(text: string, origin: string): Receipt {
  const [head, ...lines] = text.trimEnd().split('\n');
  if (head !== `${origin}/receipt/v1` || lines.length !== fields.length) throw new Error('the note is not a receipt');
  const values = fields.map((field, index) => {
    const line = lines[index]!;
    if (!line.startsWith(`${field} `)) throw new Error(`the receipt lacks its line "${field}"`);
    return line.slice(field.length + 1);
  });
  const [mediaId, projectId, manifest, bytes, committedAt, membership] = values;
  return Receipt.parse({
    ...{ mediaId, projectId, manifest, committedAt },
    ...{ bytes: Number(bytes), membership: Number(membership) },
  });
}

/** C2SP signed-note: the first four octets of SHA-256(name || LF || algorithm || public key). */
async function keyId(key: ReceiptKey): Promise<Uint8Array> {
  const digest = await sha256(concatBytes([utf8(key.origin), Uint8Array.of(0x0a, ed25519), key.publicKey]));
  return digest.subarray(0, 4);
}

/** The digest a receipt names: SHA-256 of the manifest's exact octets. */
export const manifestDigest = async (bytes: Uint8Array): Promise<string> => toBase64(await sha256(bytes));
