import { Http } from '../api/http.js';
import { Refusal } from '../errors.js';
import type { Keyring } from './keyring.js';
import { LocalDevice } from './local-device.js';

/** The origin in an address that a person typed. @throws Refusal `server.address` */
export function serverOrigin(address: string): string {
  if (URL.canParse(address)) {
    const { protocol, origin, pathname } = new URL(address);
    if (/^https?:$/.test(protocol) && pathname === '/') return origin;
  }
  throw new Refusal('server.address', `"${address}" is not the address of a server`);
}

/**
 * The keyring for the same server under another address. That it is the same is shown by what it serves: this device can
 * log in, and the membership verifies up to the root that the keyring has pinned.
 * @throws Refusal `server.address`; TrustError `trust.root` where another organization lives there; ServerProblem
 */
export async function moveServer(
  keyring: Keyring,
  address: string,
  { fetch }: { fetch?: typeof globalThis.fetch } = {},
): Promise<Keyring> {
  const moved = { ...keyring, server: serverOrigin(address) };
  const local = await LocalDevice.open(moved, new Http(moved.server, fetch));
  await local.membership();
  await local.session.end();
  return moved;
}
