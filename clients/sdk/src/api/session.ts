import { signedToWire } from '@aerie/protocol';
import { signRecord, type SecretKey } from '../crypto/openpgp.js';
import { TrustError } from '../errors.js';
import type { Http, TokenSource } from './http.js';

/** A log-in of one device: the token stays in memory and opens ciphertext only. */
export class Session implements TokenSource {
  #token: Promise<string> | undefined;
  #held: string | undefined;

  constructor(
    readonly http: Http,
    readonly deviceId: string,
    readonly deviceKey: SecretKey,
    /** Null only for a renderer that has no organization yet. */
    readonly organizationId: string | null,
  ) {}

  token(): Promise<string> {
    this.#token ??= this.#logIn().catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  forget(token: string): void {
    // Several requests may come back with the same old token; only the first of them ends the session.
    if (this.#held !== token) return;
    this.#held = undefined;
    this.#token = undefined;
  }

  async end(): Promise<void> {
    if (!this.#token) return;
    await this.http.call('endSession', {});
    this.#token = undefined;
  }

  async #logIn(): Promise<string> {
    const { challenge, organizationId } = await this.http.call('askChallenge', { body: { deviceId: this.deviceId } });
    // The organization is part of what is signed: a challenge of another server cannot be passed on to this device.
    if (this.organizationId !== null && organizationId !== this.organizationId) {
      throw new TrustError('trust.root', 'This server belongs to another organization');
    }
    const record = { v: 1, type: 'session', organizationId, deviceId: this.deviceId, challenge } as const;
    const signed = await signRecord('session', record, this.deviceKey);
    const { token } = await this.http.call('openSession', { body: { record: signedToWire(signed) } });
    this.#held = token;
    return token;
  }
}
