/** Entries for the membership chain: drafted by what is to be said, signed for the place that is free. */
import {
  entryDigest,
  entrySchemas,
  signedToWire,
  type EntryOf,
  type EntryType,
  type Membership,
  type MembershipHead,
  type SignedBytes,
  type SignedRecord,
} from '@aerie/protocol';
import { signRecord, type SecretKey } from '../crypto/openpgp.js';
import { ServerProblem, TrustError } from '../errors.js';

type Placed = 'v' | 'critical' | 'organizationId' | 'seq' | 'prev' | 'createdAt';
type Said<T extends EntryType> = T extends EntryType ? Omit<EntryOf<T>, Placed> : never;

/** What an entry is to say, and the key of whoever its `signer` names. */
export interface EntryDraft {
  readonly said: Said<EntryType>;
  readonly key: SecretKey;
}

/** Whoever may append: a device at work, or the kit. */
export interface ChainWriter {
  readonly organizationId: string;
  membership(how: { fresh: true }): Promise<Membership>;
  /** The server's, RFC 3339. */
  time(): Promise<string>;
}

/** Others append as well; that one of them is first so often in a row does not happen. */
const attemptsMax = 20;

/**
 * Signs drafts as the entries that follow.
 * @param after the head of the chain; null for the first entries of an organization
 */
export async function signEntries(
  drafts: readonly EntryDraft[],
  { after, ...stated }: { organizationId: string; createdAt: string; after: MembershipHead | null },
): Promise<SignedBytes[]> {
  const entries: SignedBytes[] = [];
  let [seq, prev] = after ? [after.size, after.head] : [0, null];
  for (const { said, key } of drafts) {
    const critical = entrySchemas[said.type].shape.critical.value;
    const record = { v: 1, critical, ...stated, seq, prev, ...said } as EntryOf<EntryType>;
    const entry = await signRecord(said.type, record, key);
    entries.push(entry);
    prev = await entryDigest(entry);
    seq++;
  }
  return entries;
}

/**
 * Appends to the chain. Where somebody else was first, looks at what they did, and drafts and signs again.
 * @param draft what to say, by the chain as it is and the server's time; null where there is nothing left to say
 * @param send to the route that takes it
 * @returns what the server answered; null where there was nothing to say
 * @throws what `draft` and `send` throw
 */
export async function append<T>(
  writer: ChainWriter,
  draft: (chain: Membership, now: string) => Promise<readonly EntryDraft[] | null>,
  send: (entries: SignedRecord[]) => Promise<T>,
): Promise<T | null> {
  for (let attempt = 1; ; attempt++) {
    const chain = await writer.membership({ fresh: true });
    const createdAt = await writer.time();
    const drafts = await draft(chain, createdAt);
    if (!drafts) return null;
    const { organizationId } = writer;
    const entries = await signEntries(drafts, { organizationId, createdAt, after: chain.head });
    try {
      const answer = await send(entries.map(signedToWire));
      await readBack(writer);
      return answer;
    } catch (error) {
      const isMoved = error instanceof ServerProblem && error.code === 'membership.moved';
      if (!isMoved || attempt === attemptsMax) throw error;
    }
  }
}

/** What was appended stands, also where the network goes away before it is read. A device may have revoked itself. */
async function readBack(writer: ChainWriter): Promise<void> {
  await writer.membership({ fresh: true }).catch((error: unknown) => {
    if (error instanceof TrustError) throw error;
  });
}
