/**
 * Who is who, and who may do what: what the entries of an organization's membership chain come to, judged one by one from
 * the pinned root on. Server and clients replay it with this code. Authority goes by place in the chain, never by a date.
 */
import { equalBytes, fromBase64, fromUtf8, toBase64 } from '../bytes.js';
import { sha256 } from '../digest.js';
import { recordBytesMax, signatureBytesMax } from '../limits.js';
import { canonicalJson } from '../records/canonical.js';
import type { ReceiptKey } from '../records/receipt.js';
import type { Signer } from '../records/records.js';
import { RecordError, readCertificate, verifyDetached, verifyRecord, type SignedBytes } from '../records/verify.js';
import { EntryHead, entrySchemas, type EntryType, type MembershipHead } from '../records/entries.js';
import { MembershipError } from './membership-error.js';
import { applyEntry } from './rules.js';
import { authorOf, beginning, copyOf, type MembershipState, type TrustedDevice } from './state.js';

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

  /** Those entries after the ones that are here. @throws MembershipError where one does not belong; this view stays as it is */
  async with(entries: readonly SignedBytes[]): Promise<Membership> {
    if (entries.length === 0) return this;
    const state = copyOf(this.state);
    for (const entry of entries) await append(state, entry);
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

/** SHA-256 of an entry, in base64: of its record, then its signature. */
export const entryDigest = async ({ bytes, signature }: SignedBytes): Promise<string> => {
  const octets = new Uint8Array(bytes.length + signature.length);
  octets.set(bytes);
  octets.set(signature, bytes.length);
  return toBase64(await sha256(octets));
};

async function append(state: MembershipState, entry: SignedBytes): Promise<void> {
  const claimed = headOf(entry);
  if (claimed.seq !== state.digests.length || claimed.prev !== state.digests.at(-1))
    throw new MembershipError('order', `entry ${claimed.seq} does not follow entry ${state.digests.length - 1}`);
  if (claimed.organizationId !== state.organization.organizationId)
    throw new MembershipError('authority', `entry ${claimed.seq} is of another organization`);
  const author = authorOf(state, claimed.signer);
  if (isKnown(claimed)) {
    const record = await verifyRecord(claimed.type, entry, author.certificate).catch(asSignatureFault);
    await applyEntry(state, record, author);
  } else {
    await passOver(entry, claimed, author);
  }
  state.digests.push(await entryDigest(entry));
}

const isKnown = (head: EntryHead): head is EntryHead & { type: EntryType } =>
  head.v === 1 && Object.hasOwn(entrySchemas, head.type);

/** An entry of a type that came with a later version: signed by one of ours, and without effect here. */
async function passOver(
  entry: SignedBytes,
  claimed: EntryHead,
  { certificate }: { certificate: Parameters<typeof verifyDetached>[2] },
): Promise<void> {
  await verifyDetached(`${claimed.type}.v${claimed.v}`, entry, certificate).catch(asSignatureFault);
  if (!equalBytes(canonicalJson(claimed), entry.bytes))
    throw new MembershipError('signature', `entry ${claimed.seq} is not the canonical print of a record`);
  if (claimed.critical)
    throw new MembershipError(
      'unsupported',
      `entry ${claimed.seq}, "${claimed.type}", came with a later version than this one`,
    );
}

/** What an entry claims, before anything of it is believed: its place, and whose signature to look for. */
function headOf({ bytes, signature }: SignedBytes): EntryHead {
  if (bytes.length > recordBytesMax || signature.length > signatureBytesMax)
    throw new MembershipError('signature', 'an entry is too large');
  try {
    return EntryHead.parse(JSON.parse(fromUtf8(bytes)));
  } catch (error) {
    throw new MembershipError('signature', 'the octets are no entry of a membership chain', { cause: error });
  }
}

function asSignatureFault(error: unknown): never {
  if (!(error instanceof RecordError)) throw error;
  throw new MembershipError('signature', error.message, { cause: error });
}
