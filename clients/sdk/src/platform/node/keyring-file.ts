import { fromUtf8, utf8 } from '@aerie/protocol';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { CryptoError } from '../../crypto/crypto-error.js';
import { openWithPassphrase, sealWithPassphrase } from '../../crypto/openpgp.js';
import { Refusal } from '../../errors.js';
import { Founding } from '../../identity/founding.js';
import { Keyring } from '../../identity/keyring.js';
import { lockInFolder } from './folder-lock.js';
import { writePrivateFile } from './private-file.js';

/**
 * Opens the keyring of this device: an OpenPGP message that a passphrase opens (Argon2, 64 MiB).
 * @throws Refusal `keyring.missing`; CryptoError `passphrase`, `malformed`, `weak_kdf`, `costly_kdf`
 */
export const readKeyringFile = (path: string, passphrase: string): Promise<Keyring> =>
  readSealed(Keyring, path, passphrase);

/** Seals the keyring of a new device and writes it, in place of any before: mode 0600, atomically. */
export const writeKeyringFile = (path: string, keyring: Keyring, passphrase: string): Promise<void> =>
  writeSealed(keyring, path, passphrase);

/**
 * Changes the keyring in the file, one process at a time: others work with copies of it, and what they saved meanwhile stays.
 * @param change is given what the file holds now
 * @throws as `readKeyringFile`; Refusal `journal.no_lock`; what `change` throws
 */
export async function changeKeyringFile(
  path: string,
  passphrase: string,
  change: (stored: Keyring) => Keyring,
): Promise<void> {
  const lock = await lockInFolder(dirname(path), 'keyring', true);
  try {
    await writeKeyringFile(path, change(await readKeyringFile(path, passphrase)), passphrase);
  } finally {
    await lock?.release();
  }
}

/** The same for an organization that is being founded: all its keys, from before they are sent. */
export const readFoundingFile = (path: string, passphrase: string): Promise<Founding> =>
  readSealed(Founding, path, passphrase);

export const writeFoundingFile = (path: string, founding: Founding, passphrase: string): Promise<void> =>
  writeSealed(founding, path, passphrase);

async function readSealed<T>(schema: z.ZodType<T>, path: string, passphrase: string): Promise<T> {
  const sealed = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Refusal('keyring.missing', `There is no keyring at ${path}`);
    throw error;
  });
  const plain = await openWithPassphrase(sealed, passphrase);
  try {
    return schema.parse(JSON.parse(fromUtf8(plain)));
  } catch {
    throw new CryptoError('malformed', 'the keyring is of another version, or damaged');
  }
}

async function writeSealed(content: Keyring | Founding, path: string, passphrase: string): Promise<void> {
  await writePrivateFile(path, await sealWithPassphrase(utf8(JSON.stringify(content)), passphrase));
}
