import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { asSealed, type Sealed } from '@aerie/protocol';
import type { ObjectStore } from '../../src/platform/storage/object-store.port.js';

export const sealed = (bytes: number): Sealed => asSealed(randomBytes(bytes));
export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
export const freshKey = (): string => `${randomBytes(1).toString('hex')}/${randomBytes(16).toString('hex')}`;
export const read = async (stream: Readable): Promise<Buffer> => Buffer.concat(await stream.toArray());
export const keysOf = async (store: ObjectStore, prefix: string, after?: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix, after)) keys.push(key);
  return keys;
};
