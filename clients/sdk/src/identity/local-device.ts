/** This device at work: its keys in memory, its session, and the membership it has verified. Shared by every service. */
import { fromBase64, toBase64, type Membership, type Signer } from '@aerie/protocol';
import type { Http } from '../api/http.js';
import { OneFlight } from '../api/one-flight.js';
import { Session } from '../api/session.js';
import { readSecretKey, writeSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { Refusal, TrustError } from '../errors.js';
import { readChain, requireAgrees } from './chain.js';
import type { Keyring } from './keyring.js';
import { MemberKeys } from './member-keys.js';

/** By the monotonic clock, which cannot be set. */
const msSince = (at: number): number => performance.now() - at;

/** How long a verified membership is used before it is asked for again: a revocation is seen within that time. */
const membershipMsMax = 60_000;

export class LocalDevice {
  readonly session: Session;
  #memberKeys: MemberKeys | null;
  readonly #memberships: OneFlight<Membership>;
  #membership: { readonly membership: Membership; readonly askedAt: number } | undefined;
  /** What the next answer goes on from. */
  #lastMembership: Membership | undefined;
  /** When a membership was asked for last; its answer may be under way. */
  #askedAt = -Infinity;

  private constructor(
    readonly keyring: Keyring,
    readonly http: Http,
    readonly deviceKey: SecretKey,
    memberKeys: MemberKeys | null,
    readonly onKeyringChanged: (keyring: Keyring) => Promise<void>,
  ) {
    this.#memberKeys = memberKeys;
    this.session = new Session(http, keyring.deviceId, deviceKey, keyring.organizationId);
    http.useTokens(this.session);
    this.#memberships = new OneFlight(() => this.#fetchMembership());
  }

  static async open(
    keyring: Keyring,
    http: Http,
    onKeyringChanged: (keyring: Keyring) => Promise<void> = async () => {},
  ): Promise<LocalDevice> {
    const deviceKey = await readSecretKey(fromBase64(keyring.deviceSecretKey));
    const { memberSecretKeys } = keyring;
    const read = (octets: string): Promise<SecretKey> => readSecretKey(fromBase64(octets));
    const memberKeys = memberSecretKeys && new MemberKeys(await Promise.all(memberSecretKeys.map(read)));
    return new LocalDevice(keyring, http, deviceKey, memberKeys, onKeyringChanged);
  }

  get organizationId(): string {
    return this.keyring.organizationId;
  }

  get signer(): Signer {
    return { memberId: this.keyring.memberId, deviceId: this.keyring.deviceId };
  }

  /** As this device signs entries of the membership chain. @throws Refusal `device.cannot` where none of its would count */
  get entrySigner() {
    if (this.keyring.kind !== 'full') throw new Refusal('device.cannot', 'Only a full device decides who belongs');
    return { by: 'device', ...this.signer } as const;
  }

  get holdsMemberKey(): boolean {
    return this.#memberKeys !== null;
  }

  /**
   * The keys of this device's member, as far as the membership that was verified last names them.
   * @throws Refusal `device.cannot` on upload-only and renderer devices
   */
  get memberKeys(): MemberKeys {
    if (!this.#memberKeys) throw new Refusal('device.cannot', 'This device does not hold the key of its member');
    return this.#memberKeys;
  }

  /** The newest of them. @throws Refusal `device.cannot` */
  get memberKey(): SecretKey {
    return this.memberKeys.newest;
  }

  /** What time it is by the server's clock, RFC 3339: what is dated for others to judge by is dated with it. */
  async time(): Promise<string> {
    return (await this.http.call('describeServer', {})).time;
  }

  /** How far this device's clock is ahead of the server's, in seconds; negative where it is behind. */
  async clockAheadSeconds(): Promise<number> {
    const asked = Date.now();
    const time = Date.parse(await this.time());
    return Math.round(((asked + Date.now()) / 2 - time) / 1000);
  }

  /** The verified membership, at most a minute old. @throws TrustError */
  async membership({ fresh = false }: { fresh?: boolean } = {}): Promise<Membership> {
    if (!fresh && this.#membership && msSince(this.#membership.askedAt) < membershipMsMax)
      return this.#membership.membership;
    return fresh ? this.#memberships.askAfter() : this.#memberships.join();
  }

  /** The membership that was verified last, however old; undefined where none was asked for. */
  get lastMembership(): Membership | undefined {
    return this.#lastMembership;
  }

  /**
   * Runs `work` with the membership, and where it distrusts something, once more with one that was asked for since the call: a
   * device that was enrolled a moment ago is no attack. Many that doubt at once share that request. @throws what `work` throws
   */
  async withMembership<T>(work: (membership: Membership) => Promise<T>): Promise<T> {
    const calledAt = performance.now();
    const membership = await this.membership();
    try {
      return await work(membership);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      const later = await this.#membershipSince(calledAt);
      if (later === membership) throw error;
      return work(later);
    }
  }

  async #membershipSince(at: number): Promise<Membership> {
    if (this.#askedAt < at) return this.#memberships.askAfter();
    return this.#membership?.membership ?? this.#memberships.join();
  }

  async #fetchMembership(): Promise<Membership> {
    const askedAt = (this.#askedAt = performance.now());
    this.#membership = undefined;
    const ask = (from: number) => this.http.call('readMembership', { query: { from } });
    const membership = await readChain(ask, this.#lastMembership, this.keyring.rootFp);
    const pinned = this.keyring.membership;
    if (pinned) requireAgrees(membership, pinned);
    await this.#keep(membership, await this.#withNewKeys(membership));
    this.#membership = { membership, askedAt };
    this.#lastMembership = membership;
    return membership;
  }

  /** The keys that this device's member was given since: whoever sealed them sealed them to this device as well. */
  async #withNewKeys(membership: Membership): Promise<MemberKeys | null> {
    const { memberId, deviceId } = this.keyring;
    const certificates = membership.members.get(memberId)?.certificates ?? [];
    const missing = this.#memberKeys?.missingOf(certificates) ?? [];
    if (!this.#memberKeys || missing.length === 0) return this.#memberKeys;
    const { keys } = await this.http.call('readMemberKeys', { query: { from: missing[0]!.since } });
    const named: Parameters<MemberKeys['with']>[2]['named'] = ({ rotation }) =>
      rotation?.keys.find((one) => one.deviceId === deviceId)?.sealed;
    return this.#memberKeys.with(certificates, keys, { key: this.deviceKey, named });
  }

  /** What was seen once is never unseen: a server that shows less, or something else, is found out. */
  async #keep(membership: Membership, memberKeys: MemberKeys | null): Promise<void> {
    const { membership: pinned, memberSecretKeys } = this.keyring;
    this.#memberKeys = memberKeys;
    // Another process of this device may have learned of more.
    const isNew = memberKeys !== null && memberKeys.all.length > (memberSecretKeys?.length ?? 0);
    if (pinned?.size === membership.size && !isNew) return;
    this.keyring.membership = membership.head;
    if (isNew) this.keyring.memberSecretKeys = memberKeys.all.map((key) => toBase64(writeSecretKey(key)));
    try {
      await this.onKeyringChanged(this.keyring);
    } catch (error) {
      // Or the next call would take for kept what was not.
      Object.assign(this.keyring, { membership: pinned, memberSecretKeys });
      throw error;
    }
  }
}
