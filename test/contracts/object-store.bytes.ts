import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { asSealed, type Sealed } from '@aerie/protocol';
import type { ObjectStore, Relayed } from '../../src/platform/storage/object-store.port.js';

export const sealed = (bytes: number): Sealed => asSealed(randomBytes(bytes));
export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
export const freshKey = (): string => `${randomBytes(1).toString('hex')}/${randomBytes(16).toString('hex')}`;
export const read = async (stream: Readable): Promise<Buffer> => Buffer.concat(await stream.toArray());
export const keysOf = async (store: ObjectStore, prefix: string, after?: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix, after)) keys.push(key);
  return keys;
};

/** Content that comes in pieces of 64 KiB; `before` is awaited before each, and may throw. */
export const relayed = (
  octets: Uint8Array,
  before: (at: number) => unknown = () => undefined,
  bytes = octets.length,
): Relayed => ({
  bytes,
  pieces: (async function* () {
    for (let at = 0; at < octets.length; at += 65_536) {
      await before(at);
      yield octets.subarray(at, at + 65_536);
    }
  })(),
});
