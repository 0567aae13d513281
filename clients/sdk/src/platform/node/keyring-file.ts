import { fromUtf8, utf8 } from '@aerie/protocol';
import { readFile } from 'node:fs/promises';
import { CryptoError } from '../../crypto/openpgp.js';
import { Refusal } from '../../errors.js';
import { Keyring } from '../../identity/keyring.js';
import { withPassphrase } from './passphrase-process.js';
import { writePrivateFile } from './private-file.js';

/**
 * Opens the keyring of this device: an OpenPGP message that a passphrase opens (Argon2, 64 MiB).
 * @throws Refusal `keyring.missing`; CryptoError `passphrase`, `malformed`, `weak_kdf`
 */
export async function readKeyringFile(path: string, passphrase: string): Promise<Keyring> {
  const sealed = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Refusal('keyring.missing', `There is no keyring at ${path}`);
    throw error;
  });
  const plain = await withPassphrase('open', sealed, passphrase);
  try {
    return Keyring.parse(JSON.parse(fromUtf8(plain)));
  } catch {
    throw new CryptoError('malformed', 'the keyring is of another version, or damaged');
  }
}

/** Seals the keyring and writes it: mode 0600, atomically. */
export async function writeKeyringFile(path: string, keyring: Keyring, passphrase: string): Promise<void> {
  await writePrivateFile(path, await withPassphrase('seal', utf8(JSON.stringify(keyring)), passphrase));
}
