import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  adoptRenderer,
  createRendererIdentity,
  explain,
  offerRenderer,
  RendererIdentity,
  type Keyring,
} from '@aerie/sdk';
import { readKeyringFile, writeKeyringFile, writePrivateFile } from '@aerie/sdk/node';
import { log } from './log.js';
import type { Pause } from './pause.js';
import type { Settings } from './settings.js';

export const keyringFile = (home: string): string => join(home, 'keyring.pgp');

/** Only until an owner has signed this renderer in; then its key lives in the keyring, under the passphrase. */
const identityFile = (home: string): string => join(home, 'identity.json');

/**
 * Answers the keyring of this renderer once an owner has signed it in, and waits for that as long as it takes: for a
 * server that is not up, has no organization yet, or has no assisted project. Undefined where the process is to stop.
 * @throws CryptoError `passphrase`; errors of the file system.
 */
export async function enroll(settings: Settings, pause: Pause): Promise<Keyring | undefined> {
  const { server, home, passphrase, rendererToken } = settings;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const known = existsSync(keyringFile(home)) ? await readKeyringFile(keyringFile(home), passphrase) : undefined;
  const identity = known ? identityOf(known) : await readIdentity(home);
  let said = '';
  while (!pause.signal.aborted) {
    let state = 'waiting-for-owner';
    try {
      // Offered again after every start: a server that lost it must still be able to show it to an owner.
      const { enrolled } = await offerRenderer({ server, rendererToken, identity });
      // Where the server is now is the operator's word; that it is the same one, the pinned root shows.
      if (enrolled) return known ? { ...known, server } : await adopt(settings, identity);
    } catch (error) {
      state = explain(error).code;
    }
    if (state !== said) log('not-enrolled', { deviceId: identity.deviceId, state });
    said = state;
    await pause.wait();
  }
  return undefined;
}

async function adopt({ server, home, passphrase }: Settings, identity: RendererIdentity): Promise<Keyring> {
  const keyring = await adoptRenderer({ server, identity });
  await writeKeyringFile(keyringFile(home), keyring, passphrase);
  rmSync(identityFile(home));
  return keyring;
}

const identityOf = ({ deviceId, deviceSecretKey }: Keyring): RendererIdentity => ({
  v: 1,
  type: 'aerie-renderer',
  deviceId,
  secretKey: deviceSecretKey,
});

async function readIdentity(home: string): Promise<RendererIdentity> {
  const path = identityFile(home);
  if (existsSync(path)) return RendererIdentity.parse(JSON.parse(readFileSync(path, 'utf8')));
  const identity = await createRendererIdentity();
  await writePrivateFile(path, JSON.stringify(identity));
  return identity;
}
