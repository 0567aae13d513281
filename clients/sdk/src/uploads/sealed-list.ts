/** A list in the journal that grows, shared by all processes of this device: each value sealed under its local key. */
import { fromBase64, toHex, utf8 } from '@aerie/protocol';
import type { z } from 'zod';
import { localToken } from '../crypto/commitment.js';
import type { LocalSeal } from '../crypto/local-seal.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { Journal } from './journal.js';

/** The name of a project's list; tells nothing without the local key. */
export async function listName({ keyring }: LocalDevice, purpose: string, projectId: string): Promise<string> {
  const token = await localToken(fromBase64(keyring.localKey), purpose, utf8(projectId));
  return `${purpose}-${toHex(fromBase64(token))}`;
}

export class SealedList<T> {
  readonly #byKey = new Map<string, T>();

  private constructor(
    readonly journal: Journal,
    readonly seal: LocalSeal,
    readonly name: string,
    readonly keyOf: (value: T) => string,
  ) {}

  static async open<T>(
    journal: Journal,
    seal: LocalSeal,
    name: string,
    schema: z.ZodType<T>,
    keyOf: (value: T) => string,
  ): Promise<SealedList<T>> {
    const list = new SealedList(journal, seal, name, keyOf);
    for (const record of await journal.read(name)) list.#keep(schema.parse(await seal.open(name, record)));
    return list;
  }

  /** The last one that was added under that key. */
  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  /** Kept once it resolves. */
  async add(value: T): Promise<void> {
    const sealed = await this.seal.seal(this.name, value);
    // Another process may be adding at the same time.
    const lock = await this.journal.lock(this.name, { wait: true });
    await this.journal.append(this.name, sealed).finally(() => lock.release());
    this.#keep(value);
  }

  #keep(value: T): void {
    this.#byKey.set(this.keyOf(value), value);
  }
}
