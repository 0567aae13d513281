/** The membership chain as the server shows it, believed entry by entry, and held against what was seen before. */
import {
  Membership,
  MembershipError,
  RecordError,
  signedFromWire,
  type MembershipHead,
  type MembershipPage,
  type SignedBytes,
} from '@aerie/protocol';
import { Refusal, TrustError } from '../errors.js';

/**
 * Reads on from where the chain was last verified.
 * @param ask for the entries from that place on, as many as come in one answer
 * @param known what was verified before; undefined at first
 * @throws TrustError `trust.root`, `trust.membership`, `trust.rollback`, `trust.fork`; Refusal `client.too_old`
 */
export async function readChain(
  ask: (from: number) => Promise<MembershipPage>,
  known: Membership | undefined,
  rootFp: string,
): Promise<Membership> {
  for (let chain = known; ;) {
    const page = await ask(chain?.size ?? 0);
    if (chain && page.size < chain.size) throw rollback(page.size, chain.size);
    const next = await extend(chain, page.entries.map(signedFromWire), rootFp);
    if (next.size >= page.size) return next;
    if (next === chain)
      throw new TrustError('trust.membership', 'The server shows fewer entries than it says there are');
    chain = next;
  }
}

async function extend(
  chain: Membership | undefined,
  entries: readonly SignedBytes[],
  rootFp: string,
): Promise<Membership> {
  try {
    if (chain) return await chain.with(entries).catch(asFork);
    const [first, ...others] = entries;
    if (!first) throw new MembershipError('order', 'the server shows no organization');
    const founded = await Membership.found(first, rootFp).catch(asOtherRoot);
    return await founded.with(others);
  } catch (error) {
    return distrusted(error);
  }
}

/** What was read before is not what these follow. */
function asFork(error: unknown): never {
  if (!(error instanceof MembershipError) || error.reason !== 'order') throw error;
  throw new TrustError('trust.fork', 'The server goes on from another history than the one that was seen before', {
    cause: error,
  });
}

function asOtherRoot(error: unknown): never {
  if (!(error instanceof MembershipError) || error.reason !== 'authority') throw error;
  throw new TrustError('trust.root', 'The server shows an organization with another root', { cause: error });
}

/** An entry that only a later version knows is no attack. */
function distrusted(error: unknown): never {
  if (error instanceof MembershipError && error.reason === 'unsupported')
    throw new Refusal('client.too_old', `This program is too old for this organization: ${error.message}`);
  if (error instanceof MembershipError || error instanceof RecordError)
    throw new TrustError('trust.membership', `The server shows something that nobody signed: ${error.message}`, {
      cause: error,
    });
  throw error;
}

/**
 * Holds the chain against a head that was seen before, or that somebody else has seen.
 * @throws TrustError `trust.rollback` where the server shows less than that, `trust.fork` where it shows something else
 */
export function requireAgrees(chain: Membership, seen: MembershipHead): void {
  const agrees = chain.agreesWith(seen);
  if (agrees === undefined) throw rollback(chain.size, seen.size);
  if (!agrees)
    throw new TrustError(
      'trust.fork',
      `Entry ${seen.size - 1} of who belongs to the organization is not the one that was seen before`,
    );
}

/** @throws TrustError `trust.rollback` where somebody was shown more entries than these */
export function requireSize(chain: Membership, size: number): void {
  if (size > chain.size) throw rollback(chain.size, size);
}

const rollback = (shown: number, seen: number): TrustError =>
  new TrustError(
    'trust.rollback',
    `The server shows ${shown} entries of who belongs to the organization; ${seen} were seen before`,
  );
