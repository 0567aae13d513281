/** This device at work: its keys in memory, its session, and the roster it has verified. Shared by every service. */
import { fromBase64, type Signer } from '@aerie/protocol';
import type { Http } from '../api/http.js';
import { OneFlight } from '../api/one-flight.js';
import { Session } from '../api/session.js';
import { readSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { Refusal, TrustError } from '../errors.js';
import type { Keyring } from './keyring.js';
import { Roster } from './roster.js';

/** By the monotonic clock, which cannot be set. */
const msSince = (at: number): number => performance.now() - at;

/** How long a verified roster is used before it is asked for again: a revocation is seen within that time. */
const rosterMsMax = 60_000;

export class LocalDevice {
  readonly session: Session;
  readonly #memberKey: SecretKey | null;
  readonly #rosters: OneFlight<Roster>;
  #roster: { readonly roster: Roster; readonly askedAt: number } | undefined;
  /** When a roster was asked for last; its answer may be under way. */
  #askedAt = -Infinity;

  private constructor(
    readonly keyring: Keyring,
    readonly http: Http,
    readonly deviceKey: SecretKey,
    memberKey: SecretKey | null,
    readonly onKeyringChanged: (keyring: Keyring) => Promise<void>,
  ) {
    this.#memberKey = memberKey;
    this.session = new Session(http, keyring.deviceId, deviceKey, keyring.organizationId);
    http.useTokens(this.session);
    this.#rosters = new OneFlight(() => this.#fetchRoster());
  }

  static async open(
    keyring: Keyring,
    http: Http,
    onKeyringChanged: (keyring: Keyring) => Promise<void> = async () => {},
  ): Promise<LocalDevice> {
    const deviceKey = await readSecretKey(fromBase64(keyring.deviceSecretKey));
    const memberKey =
      keyring.memberSecretKey === null ? null : await readSecretKey(fromBase64(keyring.memberSecretKey));
    return new LocalDevice(keyring, http, deviceKey, memberKey, onKeyringChanged);
  }

  get signer(): Signer {
    return { memberId: this.keyring.memberId, deviceId: this.keyring.deviceId };
  }

  get holdsMemberKey(): boolean {
    return this.#memberKey !== null;
  }

  /** @throws Refusal `device.cannot` on upload-only and renderer devices */
  get memberKey(): SecretKey {
    if (!this.#memberKey) throw new Refusal('device.cannot', 'This device does not hold the key of its member');
    return this.#memberKey;
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

  /** The verified roster, at most a minute old. @throws TrustError */
  async roster({ fresh = false }: { fresh?: boolean } = {}): Promise<Roster> {
    if (!fresh && this.#roster && msSince(this.#roster.askedAt) < rosterMsMax) return this.#roster.roster;
    return fresh ? this.#rosters.askAfter() : this.#rosters.join();
  }

  /** The roster that was verified last, however old; undefined where none was asked for. */
  get lastRoster(): Roster | undefined {
    return this.#roster?.roster;
  }

  /**
   * Runs `work` with the roster, and where it distrusts something, once more with one that was asked for since the call: a
   * device that was enrolled a moment ago is no attack. Many that doubt at once share that request. @throws what `work` throws
   */
  async withRoster<T>(work: (roster: Roster) => Promise<T>): Promise<T> {
    const calledAt = performance.now();
    const roster = await this.roster();
    try {
      return await work(roster);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      const later = await this.#rosterSince(calledAt);
      if (later === roster) throw error;
      return work(later);
    }
  }

  async #rosterSince(at: number): Promise<Roster> {
    if (this.#askedAt < at) return this.#rosters.askAfter();
    return this.#roster?.roster ?? this.#rosters.join();
  }

  async #fetchRoster(): Promise<Roster> {
    const askedAt = (this.#askedAt = performance.now());
    this.#roster = undefined;
    const roster = await Roster.verify(await this.http.call('readRoster', {}), this.keyring.rootFp);
    this.#roster = { roster, askedAt };
    return roster;
  }

  /**
   * Remembers the highest epoch seen of a project.
   * @throws TrustError `trust.rollback` where this one is lower
   */
  async pin(projectId: string, epoch: number): Promise<void> {
    const pinned = this.keyring.pins[projectId] ?? 0;
    if (epoch < pinned)
      throw new TrustError(
        'trust.rollback',
        `The server shows epoch ${epoch} of the project; epoch ${pinned} was seen before`,
      );
    if (epoch === pinned) return;
    this.keyring.pins[projectId] = epoch;
    await this.onKeyringChanged(this.keyring);
  }
}
