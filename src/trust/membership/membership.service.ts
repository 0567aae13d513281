import { Injectable } from '@nestjs/common';
import {
  type ErrorCode,
  Membership,
  MembershipError,
  type MembershipFault,
  type MembershipPage,
  type SignedBytes,
  type SignedRecord,
  entryDigest,
  fromBase64,
  membershipPageMax,
  parseRecord,
  readCertificate,
  signedFromWire,
  signedToWire,
} from '@aerie/protocol';
import { DataSource, type EntityManager, In, MoreThanOrEqual } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';
import { MembershipEntry } from './membership-entry.entity.js';

/** The membership chain: one order of entries for everybody, appended under one lock and replayed in memory. */
@Injectable()
export class MembershipService {
  /** As of rows that are committed. Never of a transaction, which may roll back. */
  private known: Membership | null = null;
  private running: Promise<unknown> = Promise.resolve();
  private waiting: Promise<Membership | null> | undefined;

  constructor(private readonly database: DataSource) {}

  /**
   * The chain as it is now; null before the founding. Costs one small query, which many callers at once share: one that
   * begins after they have asked, since the one that is running may have looked before the last entry was there.
   */
  current(): Promise<Membership | null> {
    this.waiting ??= this.running.then(() => {
      this.waiting = undefined;
      const catchingUp = this.catchUp();
      this.running = catchingUp.catch(() => undefined);
      return catchingUp;
    });
    return this.waiting;
  }

  /** @throws ApiError setup.needed before the founding */
  async require(): Promise<Membership> {
    const membership = await this.current();
    if (!membership) throw new ApiError('setup.needed');
    return membership;
  }

  /** From `from` on, as many entries as fit in a page, and how many there are in all: both at one moment. */
  async page(from: number): Promise<MembershipPage> {
    const rows = await this.database.query<PageRow[]>(
      `SELECT size, record, signature
         FROM (SELECT ${sizeNow} AS size FROM membership_entry) AS chain
         LEFT JOIN (SELECT * FROM membership_entry WHERE seq >= $1::bigint ORDER BY seq LIMIT $2) AS entry ON true
        ORDER BY seq`,
      [from, membershipPageMax],
    );
    // Of a page without entries one row is left, which tells the size.
    const entries = rows.flatMap(({ record, signature }) =>
      record && signature ? [signedToWire({ bytes: record, signature })] : [],
    );
    return { size: rows[0]!.size, entries };
  }

  /** How many entries there are, as this transaction sees it. */
  async sizeIn(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<[{ size: number }]>(`SELECT ${sizeNow} AS size FROM membership_entry`);
    return row.size;
  }

  /**
   * Nobody else appends until the transaction ends; readers are not held up. Taken before any row is locked, by everyone
   * who appends: so whoever holds it also finds members, devices and their names as the chain says they are.
   */
  async hold(manager: EntityManager): Promise<void> {
    await manager.query('LOCK TABLE membership_entry IN SHARE ROW EXCLUSIVE MODE');
  }

  /**
   * Adds entries to the end of the chain, all or none, and holds it; the first ones found the organization.
   * @returns the chain with them; null where these very entries stand there already, because an answer was lost
   * @throws ApiError membership.moved where they do not follow the last one, record.signature_invalid,
   * record.not_authorized, record.conflict, record.mismatch
   */
  async append(manager: EntityManager, entries: readonly SignedRecord[]): Promise<Membership | null> {
    await this.hold(manager);
    const before = await extended(this.known, manager);
    const signed = entries.map(signedFromWire);
    const digests = (await Promise.all(signed.map(entryDigest))).map((digest) => Buffer.from(digest, 'base64'));
    // A digest is of one place.
    const standing = await manager.countBy(MembershipEntry, { digest: In(digests) });
    if (standing === entries.length) return null;
    const after = await replayed(before, signed, { isNew: true }).catch((error: unknown) =>
      refuse(error, before === null),
    );
    await manager.insert(
      MembershipEntry,
      signed.map(({ bytes, signature }, index) => ({
        seq: (before?.size ?? 0) + index,
        digest: digests[index]!,
        record: Buffer.from(bytes),
        signature: Buffer.from(signature),
      })),
    );
    return after;
  }

  private async catchUp(): Promise<Membership | null> {
    return (this.known = await extended(this.known, this.database.manager));
  }
}

interface PageRow {
  readonly size: number;
  readonly record: Buffer | null;
  readonly signature: Buffer | null;
}

const sizeNow = 'coalesce(max(seq) + 1, 0)';

/** That chain, and the rows behind it. @throws Error where they do not belong there: that is damage, and no refusal */
async function extended(known: Membership | null, manager: EntityManager): Promise<Membership | null> {
  const seq = MoreThanOrEqual(known?.size ?? 0);
  const rows = await manager.find(MembershipEntry, { where: { seq }, order: { seq: 'ASC' } });
  if (rows.length === 0) return known;
  const entries = rows.map(({ record, signature }) => ({ bytes: record, signature }));
  return replayed(known, entries).catch((cause: unknown) => {
    throw new Error('the membership chain in the database does not verify', { cause });
  });
}

/** @throws MembershipError; RecordError where the first entry is none of an organization */
async function replayed(
  before: Membership | null,
  entries: readonly SignedBytes[],
  how: { isNew?: boolean } = {},
): Promise<Membership> {
  if (before) return before.with(entries, how);
  const [first, ...others] = entries;
  // Who founds here is believed: the set-up token was the question. Clients pin this root.
  const { certificate } = parseRecord('organization', first!.bytes);
  const root = await readCertificate(fromBase64(certificate));
  return (await Membership.found(first!, root.fingerprint)).with(others, how);
}

const codes: Record<MembershipFault, ErrorCode> = {
  order: 'membership.moved',
  signature: 'record.signature_invalid',
  authority: 'record.not_authorized',
  conflict: 'record.conflict',
  unsupported: 'record.mismatch',
};

/** What a caller is told of its entry. At the founding nobody else was first, and none has an authority but the root. */
function refuse(error: unknown, isFounding: boolean): never {
  if (!(error instanceof MembershipError)) throw error;
  const code = isFounding && error.reason !== 'signature' ? 'record.mismatch' : codes[error.reason];
  throw new ApiError(code, { detail: error.message });
}
