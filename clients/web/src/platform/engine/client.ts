/** This browser as a device: its keyring at rest, and the SDK client while it is unlocked. Lives in the engine. */
import { Aerie, Refusal, describeServer, type Journal, type Keyring, type ServerInfo } from '@aerie/sdk';
import { watchedFetch } from '../network/reach.js';
import { KeyringVault, openIndexedDbJournal, type VaultLabel } from '@aerie/sdk/browser';

export class Client {
  /** The API is where the page came from, unless the build names another origin. */
  readonly server: string = import.meta.env.VITE_AERIE_SERVER ?? self.location.origin;
  readonly vault: Promise<KeyringVault> = KeyringVault.open('aerie-keyring');
  #journal: Promise<Journal> = openIndexedDbJournal('aerie-journal');
  readonly #fetch = watchedFetch();
  #aerie: Aerie | undefined;

  /** @throws Refusal `keyring.locked` */
  get aerie(): Aerie {
    if (!this.#aerie) throw new Refusal('keyring.locked', 'Aerie is locked in this browser');
    return this.#aerie;
  }

  /** What uploads need to go on where they stopped. */
  get journal(): Promise<Journal> {
    return this.#journal;
  }

  get isOpen(): boolean {
    return this.#aerie !== undefined;
  }

  describeServer(): Promise<ServerInfo> {
    return describeServer(this.server, { fetch: this.#fetch });
  }

  /** Keeps a new keyring under that passphrase and goes to work with it. */
  async adopt(keyring: Keyring, passphrase: string, label: VaultLabel): Promise<void> {
    await (await this.vault).keep(keyring, passphrase, label);
    await this.#work(keyring);
  }

  /** @throws CryptoError `passphrase`; Refusal `keyring.missing` */
  async unlock(passphrase: string): Promise<void> {
    await this.#work(await (await this.vault).unlock(passphrase));
  }

  /** Changes what this browser tells of itself while it is locked. */
  async relabel(change: Partial<VaultLabel>): Promise<void> {
    const vault = await this.vault;
    if (await vault.label()) await vault.relabel(change);
  }

  /** Ends the log-in at the server. The keys are still in memory until this worker ends. */
  async signOut(): Promise<void> {
    await this.#aerie?.close();
  }

  /** Forgets keys and traces of unfinished uploads. */
  async forget(): Promise<void> {
    await this.#aerie?.close().catch(() => {});
    this.#aerie = undefined;
    await (await this.vault).forget();
    // Closes the journal in this worker and in other tabs; a new one is empty.
    indexedDB.deleteDatabase('aerie-journal');
    indexedDB.deleteDatabase('aerie-folders');
    this.#journal = openIndexedDbJournal('aerie-journal');
  }

  /** The server may have moved since the keys were made: it is where the page comes from, and the pinned root proves it. */
  async #work(keyring: Keyring): Promise<void> {
    const vault = await this.vault;
    const here = { ...keyring, server: this.server };
    this.#aerie = await Aerie.open(here, {
      fetch: this.#fetch,
      onKeyringChanged: (changed) => vault.update(changed),
    });
  }
}
