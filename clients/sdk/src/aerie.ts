import { Http } from './api/http.js';
import { armorCertificate, lockSecretKey } from './crypto/openpgp.js';
import { Devices } from './identity/devices.js';
import type { Keyring } from './identity/keyring.js';
import { LocalDevice } from './identity/local-device.js';
import { Sessions } from './identity/sessions.js';
import { MediaLibrary } from './media/library.js';
import { Previews } from './previews/previews.js';
import { Renderings } from './previews/renderings.js';
import { Projects } from './projects/projects.js';
import { Server } from './server/server.js';
import { Uploads } from './uploads/ingest.js';

export interface AerieOptions {
  readonly fetch?: typeof globalThis.fetch;
  /** Called after `keyring.membership`, or `keyring.knownDevices`, has changed: save the keyring. */
  readonly onKeyringChanged?: (keyring: Keyring) => Promise<void>;
}

/** A device's way into its organization: everything one can do with a keyring. */
export class Aerie {
  readonly projects: Projects;
  readonly devices: Devices;
  readonly sessions: Sessions;
  readonly uploads: Uploads;
  readonly media: MediaLibrary;
  readonly previews: Previews;
  readonly renderings: Renderings;
  /** For owners: how the service is. */
  readonly server: Server;

  private constructor(readonly local: LocalDevice) {
    this.projects = new Projects(local);
    this.devices = new Devices(local, this.projects);
    this.sessions = new Sessions(local);
    this.media = new MediaLibrary(local, this.projects);
    this.uploads = new Uploads(local, this.projects, this.media);
    this.previews = new Previews(this.media);
    this.renderings = new Renderings(local, this.projects, this.media);
    this.server = new Server(local, this.projects);
  }

  /** Makes no request: the first one that needs a session logs in. @throws CryptoError `malformed` for a damaged keyring */
  static async open(keyring: Keyring, { fetch, onKeyringChanged }: AerieOptions = {}): Promise<Aerie> {
    return new Aerie(await LocalDevice.open(keyring, new Http(keyring.server, fetch), onKeyringChanged));
  }

  get keyring(): Keyring {
    return this.local.keyring;
  }

  /** The name of the organization, as its root signed it. @throws TrustError */
  async organization(): Promise<string> {
    return (await this.local.membership()).organization.name;
  }

  /** How far this device's clock is ahead of the server's, in seconds. No key and no signature depends on it. */
  clockAheadSeconds(): Promise<number> {
    return this.local.clockAheadSeconds();
  }

  /** Octets and requests of this process so far. */
  get traffic(): Readonly<Http['traffic']> {
    return this.local.http.traffic;
  }

  /**
   * The member's OpenPGP key, armored, for any program of RFC 9580.
   * @param options.passphrase locks the secret key (Argon2, AEAD); null leaves it open
   * @throws Refusal `device.cannot` on devices that do not hold it
   */
  async exportKey({ secret, passphrase = null }: { secret: boolean; passphrase?: string | null }): Promise<string> {
    const { memberKey } = this.local;
    return secret ? lockSecretKey(memberKey, passphrase) : armorCertificate(memberKey.certificate);
  }

  /** Ends the session. */
  async close(): Promise<void> {
    await this.local.session.end();
  }
}
