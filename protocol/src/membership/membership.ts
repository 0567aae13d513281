/**
 * Who is who, and who may do what: what the entries of an organization's membership chain come to, judged one by one from
 * the pinned root on. Server and clients replay it with this code. Authority goes by place in the chain, never by a date.
 */
import { equalBytes, fromBase64 } from '../bytes.js';
import { canonicalJson } from '../records/canonical.js';
import { entrySchemas, type EntryHead, type EntryOf, type EntryType, type MembershipHead } from '../records/entries.js';
import type { ReceiptKey } from '../records/receipt.js';
import type { Signer } from '../records/records.js';
import { readCertificate, readRecord, verifyDetached, verifyRecord, type SignedBytes } from '../records/verify.js';
import { Checks } from './checks.js';
import { MembershipError } from './membership-error.js';
import { asSignatureFault, entryDigest, headOf, readAhead, type ReadEntry } from './reading.js';
import { applyEntry } from './rules.js';
import {
  authorOf,
  beginning,
  copyOf,
  fullDevicesOf,
  type MemberCertificate,
  type MembershipState,
  type TrustedDevice,
} from './state.js';

/** So many are read at once, while the signatures of those before them are verified. */
const readAheadCount = 64;
/** Enough that other threads do not run dry meanwhile; more would only hold up whoever else waits for them. */
const checksMax = 256;

/** An immutable view of the chain after so many entries. */
export class Membership {
  private constructor(private readonly state: MembershipState) {}

  /**
   * @param entry the first one
   * @param rootFp fingerprint of the root that is trusted
   * @throws MembershipError unless that root founded an organization with it
   */
  static async found(entry: SignedBytes, rootFp: string): Promise<Membership> {
    const claimed = headOf(entry);
    if (claimed.seq !== 0 || claimed.prev !== null || claimed.type !== 'organization')
      throw new MembershipError('order', 'the chain does not begin with the organization');
    const root = await readCertificate(fromBase64(String(claimed.certificate))).catch(asSignatureFault);
    if (root.fingerprint !== rootFp) throw new MembershipError('authority', 'another root founded this organization');
    const record = await verifyRecord('organization', entry, root).catch(asSignatureFault);
    return new Membership(beginning(record, root, await entryDigest(entry)));
  }

  /**
   * Those entries after the ones that are here.
   * @param how.isNew for whoever adds them to the chain: reads their certificates with openpgp.js as well
   * @throws MembershipError where one does not belong: of the first such entry; this view stays as it is
   */
  async with(entries: readonly SignedBytes[], { isNew = false } = {}): Promise<Membership> {
    if (entries.length === 0) return this;
    const state = copyOf(this.state);
    const checks = new Checks();
    try {
      for (let from = 0; from < entries.length; from += readAheadCount) {
        const next = entries.slice(from, from + readAheadCount).map((entry) => readAhead(entry, isNew));
        for (const turn of await Promise.all(next)) append(state, turn(), checks);
        await checks.hold(checksMax);
      }
    } finally {
      // Whatever was thrown: a signature that came before it and does not hold is what is wrong.
      await checks.hold();
    }
    return new Membership(state);
  }

  get organization() {
    return this.state.organization;
  }
  get root() {
    return this.state.root;
  }
  get members() {
    return this.state.members;
  }
  get devices() {
    return this.state.devices;
  }
  get projects() {
    return this.state.projects;
  }
  get size(): number {
    return this.state.digests.length;
  }
  get head(): MembershipHead {
    return { size: this.size, head: this.state.digests.at(-1)! };
  }

  get receiptKey(): ReceiptKey {
    const { origin, publicKey } = this.organization.receiptKey;
    return { origin, publicKey: fromBase64(publicKey) };
  }

  /** Whether the first entries of this chain are the ones that somebody else has seen; undefined where that were more. */
  agreesWith({ size, head }: MembershipHead): boolean | undefined {
    return size > this.size ? undefined : this.state.digests[size - 1] === head;
  }

  /** The certificate that a member had when the chain had that many entries; undefined before it was a member. */
  certificateOf(memberId: string, size: number = this.size): MemberCertificate | undefined {
    return this.members.get(memberId)?.certificates.findLast(({ since }) => since < size);
  }

  /** The full devices of a member in good standing, by id. */
  fullDevicesOf(memberId: string): TrustedDevice[] {
    return fullDevicesOf(this.state, memberId);
  }

  /**
   * The device that speaks, if it could when the chain had that many entries.
   * @throws MembershipError `authority`
   */
  speaker({ memberId, deviceId }: Signer, size: number): TrustedDevice {
    const device = this.devices.get(deviceId);
    if (!device || device.record.memberId !== memberId || device.since >= size)
      throw new MembershipError('authority', `no member certified the device ${deviceId}`);
    if (device.until !== null && device.until < size)
      throw new MembershipError('authority', `the device "${device.label}" was revoked before that`);
    return device;
  }
}

/** What its signature covers is judged first and verified meanwhile: `checks` says whether any of it counts. */
function append(state: MembershipState, entry: ReadEntry, checks: Checks): void {
  const { head: claimed, signed } = entry;
  if (claimed.seq !== state.digests.length || claimed.prev !== state.digests.at(-1))
    throw new MembershipError('order', `entry ${claimed.seq} does not follow entry ${state.digests.length - 1}`);
  if (claimed.organizationId !== state.organization.organizationId)
    throw new MembershipError('authority', `entry ${claimed.seq} is of another organization`);
  const author = authorOf(state, claimed.signer);
  const context = `${claimed.type}.v${claimed.v}`;
  checks.add(verifyDetached(context, signed, author.certificate, true).catch(asSignatureFault));
  if (isKnown(claimed)) applyEntry(state, recordIn(claimed.type, signed), author, { entry, checks });
  else passOver(entry);
  state.digests.push(entry.digest);
}

const isKnown = (head: EntryHead): head is EntryHead & { type: EntryType } =>
  head.v === 1 && Object.hasOwn(entrySchemas, head.type);

function recordIn<T extends EntryType>(type: T, { bytes }: SignedBytes): EntryOf<T> {
  try {
    return readRecord(type, bytes);
  } catch (error) {
    return asSignatureFault(error);
  }
}

/** An entry of a type that came with a later version: signed by one of ours, and without effect here. */
function passOver({ head, signed }: ReadEntry): void {
  if (!equalBytes(canonicalJson(head), signed.bytes))
    throw new MembershipError('signature', `entry ${head.seq} is not the canonical print of a record`);
  if (head.critical)
    throw new MembershipError(
      'unsupported',
      `entry ${head.seq}, "${head.type}", came with a later version than this one`,
    );
}
