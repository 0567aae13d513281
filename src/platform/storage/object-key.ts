import { randomBytes } from 'node:crypto';

/** A new object key: random hex, fanned out over 256 folders. It says nothing about what it names. */
export function newObjectKey(): string {
  const name = randomBytes(20).toString('hex');
  return `${name.slice(0, 2)}/${name.slice(2)}`;
}
