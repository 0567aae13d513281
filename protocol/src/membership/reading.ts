/** What can be found out about an entry before its turn: all but whether it belongs where it stands. */
import { fromBase64, fromUtf8, toBase64 } from '../bytes.js';
import { sha256 } from '../digest.js';
import { recordBytesMax, signatureBytesMax } from '../limits.js';
import { RecordError, readCertificate, type Certificate, type SignedBytes } from '../records/verify.js';
import { EntryHead } from '../records/entries.js';
import { MembershipError } from './membership-error.js';

export interface ReadEntry {
  readonly signed: SignedBytes;
  /** What it claims, before anything of it is believed: its place, and whose signature to look for. */
  readonly head: EntryHead;
  /** In base64. */
  readonly digest: string;
  /** @returns the certificate in those octets, which the entry contains @throws MembershipError `signature` */
  certificate(octets: string): Certificate;
}

/**
 * @param isNew whether openpgp.js reads the certificates as well, so that none is ever in the chain that it refuses later
 * @returns a function, which throws what is wrong with the entry when its turn has come: until then others come first
 */
export async function readAhead(signed: SignedBytes, isNew: boolean): Promise<() => ReadEntry> {
  try {
    const head = headOf(signed);
    const [digest, certificate] = await Promise.all([entryDigest(signed), certificatesIn(head, isNew)]);
    const entry = { signed, head, digest, certificate };
    return () => entry;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** SHA-256 of an entry, in base64: of its record, then its signature. */
export const entryDigest = async ({ bytes, signature }: SignedBytes): Promise<string> => {
  const octets = new Uint8Array(bytes.length + signature.length);
  octets.set(bytes);
  octets.set(signature, bytes.length);
  return toBase64(await sha256(octets));
};

/** @throws MembershipError `signature` */
export function headOf({ bytes, signature }: SignedBytes): EntryHead {
  if (bytes.length > recordBytesMax || signature.length > signatureBytesMax)
    throw new MembershipError('signature', 'an entry is too large');
  try {
    return EntryHead.parse(JSON.parse(fromUtf8(bytes)));
  } catch (error) {
    throw new MembershipError('signature', 'the octets are no entry of a membership chain', { cause: error });
  }
}

export function asSignatureFault(error: unknown): never {
  if (!(error instanceof RecordError)) throw error;
  throw new MembershipError('signature', error.message, { cause: error });
}

/** Of those that types of this version have; a type that came later may call them what it likes. */
async function certificatesIn(head: EntryHead, isNew: boolean): Promise<ReadEntry['certificate']> {
  const texts = [head.certificate, head.recoveryCertificate].filter((one) => typeof one === 'string');
  const read = texts.map(async (text) => [text, await certificateIn(text, isNew)] as const);
  const found = new Map(await Promise.all(read));
  return (octets) => {
    const one = found.get(octets);
    if (!one) throw new MembershipError('signature', 'an entry lacks its certificate');
    return one();
  };
}

async function certificateIn(text: string, isNew: boolean): Promise<() => Certificate> {
  try {
    const certificate = await readCertificate(fromBase64(text));
    if (isNew) await certificate.whole();
    return () => certificate;
  } catch (error) {
    return () => {
      throw new MembershipError('signature', (error as Error).message, { cause: error });
    };
  }
}
