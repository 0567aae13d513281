/**
 * The keyring of a browser, at rest in IndexedDB. Two locks stand before it: a passphrase (OpenPGP, Argon2, 64 MiB), and
 * an AES key that WebCrypto keeps and never gives out, so that a copy of the database alone is not worth guessing at.
 */
import { concatBytes } from '@aerie/protocol';
import { CryptoError } from '../../crypto/crypto-error.js';
import { LocalSeal } from '../../crypto/local-seal.js';
import { openWithPassphrase, sealWithPassphrase } from '../../crypto/openpgp.js';
import { Refusal } from '../../errors.js';
import { Founding } from '../../identity/founding.js';
import { Keyring, learned } from '../../identity/keyring.js';

/** What a locked browser may tell about itself: what the server knows anyway. */
export interface VaultLabel {
  readonly organization: string;
  readonly device: string;
  /** False until its owner has shown to have the recovery kit; nothing is uploaded before. */
  readonly isKitConfirmed: boolean;
  /** The organization was being founded and may not be: what lies here is its founding, to be finished, and no keyring. */
  readonly isFounding?: true;
}

interface Row {
  readonly label: VaultLabel;
  /** AES-GCM, 256 bits, not extractable. */
  readonly boundKey: CryptoKey;
  /** nonce || AES-GCM(boundKey, OpenPGP message(passphrase, 32 octets)). */
  readonly lockedKey: Uint8Array;
  /** The keyring, or the founding, sealed with those 32 octets. */
  readonly keyring: Uint8Array;
}

const nonceBytes = 12;
const store = 'keyring';
const only = 'this-browser';

export class KeyringVault {
  /** Seals the keyring while it is unlocked. */
  #seal: LocalSeal | undefined;

  private constructor(readonly database: IDBDatabase) {}

  static async open(name: string): Promise<KeyringVault> {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore(store);
    return new KeyringVault(await settled(opening));
  }

  /** Null where there is no keyring. */
  async label(): Promise<VaultLabel | null> {
    return (await this.#read())?.label ?? null;
  }

  /** Keeps a keyring, in place of any before. */
  async keep(keyring: Keyring | Founding, passphrase: string, label: VaultLabel): Promise<void> {
    const parameters = { name: 'AES-GCM', length: 256 };
    const boundKey = await crypto.subtle.generateKey(parameters, false, ['encrypt', 'decrypt']);
    const keyringKey = crypto.getRandomValues(new Uint8Array(32));
    const iv = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const locked = await sealWithPassphrase(keyringKey, passphrase);
    const bound = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, boundKey, locked as BufferSource);
    const lockedKey = concatBytes([iv, new Uint8Array(bound)]);
    const seal = await LocalSeal.of(keyringKey);
    const row = { label, boundKey, lockedKey, keyring: await seal.seal(only, keyring) };
    await this.#alone(() => this.#write(row));
    this.#seal = seal;
  }

  /** @throws Refusal `keyring.missing`; CryptoError `passphrase`, `malformed` */
  async unlock(passphrase: string): Promise<Keyring> {
    return Keyring.parse(await this.#opened(passphrase));
  }

  /** What was kept of a founding that is not finished. @throws as `unlock` */
  async unlockFounding(passphrase: string): Promise<Founding> {
    return Founding.parse(await this.#opened(passphrase));
  }

  async #opened(passphrase: string): Promise<unknown> {
    const row = await this.#read();
    if (!row) throw new Refusal('keyring.missing', 'This browser holds no keys');
    const seal = await LocalSeal.of(await openWithPassphrase(await unbind(row), passphrase));
    const content = await seal.open(only, row.keyring);
    this.#seal = seal;
    return content;
  }

  /**
   * Saves what the keyring has learned, beside what other tabs have saved meanwhile.
   * @throws Refusal `keyring.locked`; `keyring.replaced` where another tab has made new keys
   */
  update(keyring: Keyring): Promise<void> {
    return this.#alone(async () => {
      const row = await this.#read();
      const seal = this.#seal;
      if (!row || !seal) throw new Refusal('keyring.locked', 'The keyring is locked in this browser');
      const stored = await seal.open(only, row.keyring).catch((error: unknown) => {
        throw new Refusal('keyring.replaced', 'This browser has new keys', { cause: error });
      });
      await this.#write({ ...row, keyring: await seal.seal(only, learned(keyring, Keyring.parse(stored))) });
    });
  }

  /** @throws Refusal `keyring.missing` */
  relabel(change: Partial<VaultLabel>): Promise<void> {
    return this.#alone(async () => {
      const row = await this.#read();
      if (!row) throw new Refusal('keyring.missing', 'This browser holds no keys');
      await this.#write({ ...row, label: { ...row.label, ...change } });
    });
  }

  /** Removes the keyring and the key that bound it to this browser. */
  async forget(): Promise<void> {
    this.#seal = undefined;
    await this.#alone(() =>
      settled(this.database.transaction(store, 'readwrite', { durability: 'strict' }).objectStore(store).clear()),
    );
  }

  /** One tab at a time: between reading and writing a row lies work that no transaction of IndexedDB outlasts. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    return navigator.locks.request(this.database.name, work) as Promise<T>;
  }

  #read(): Promise<Row | undefined> {
    return settled(this.database.transaction(store).objectStore(store).get(only) as IDBRequest<Row | undefined>);
  }

  async #write(row: Row): Promise<void> {
    const transaction = this.database.transaction(store, 'readwrite', { durability: 'strict' });
    transaction.objectStore(store).put(row, only);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () =>
        reject(transaction.error ?? new Error('the browser keeps nothing'));
    });
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing'));
  });
}

async function unbind({ boundKey, lockedKey }: Row): Promise<Uint8Array> {
  const parameters = { name: 'AES-GCM', iv: lockedKey.subarray(0, nonceBytes) as BufferSource };
  try {
    const octets = await crypto.subtle.decrypt(parameters, boundKey, lockedKey.subarray(nonceBytes) as BufferSource);
    return new Uint8Array(octets);
  } catch {
    throw new CryptoError('malformed', 'the keyring of this browser is damaged');
  }
}
