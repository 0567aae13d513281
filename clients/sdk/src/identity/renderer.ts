import { fromBase64, parseRecord, readCertificate, toBase64, type MembershipPage } from '@aerie/protocol';
import { Http } from '../api/http.js';
import { Session } from '../api/session.js';
import { generateSecretKey, readSecretKey, writeSecretKey } from '../crypto/openpgp.js';
import { TrustError } from '../errors.js';
import { readChain } from './chain.js';
import { proveDevice } from './device-records.js';
import { newKeyring, type Keyring, type RendererIdentity } from './keyring.js';

interface RendererOptions {
  readonly server: string;
  readonly identity: RendererIdentity;
  readonly fetch?: typeof globalThis.fetch;
}

/** A new key for a renderer. It has no rights until an owner has certified it. */
export async function createRendererIdentity(): Promise<RendererIdentity> {
  const key = await generateSecretKey('renderer', 'encrypting');
  return { v: 1, type: 'aerie-renderer', deviceId: crypto.randomUUID(), secretKey: toBase64(writeSecretKey(key)) };
}

/** Offers the certificate for an owner to sign in; harmless to repeat until `enrolled`. */
export async function offerRenderer(
  options: RendererOptions & { readonly rendererToken: string },
): Promise<{ enrolled: boolean }> {
  const key = await readSecretKey(fromBase64(options.identity.secretKey));
  const http = new Http(options.server, options.fetch);
  const { organizationId } = await http.call('describeServer', {});
  if (organizationId === null) return { enrolled: false };
  const { rendererToken, identity } = options;
  const { deviceId } = identity;
  const proof = await proveDevice(key, organizationId, deviceId);
  const body = { rendererToken, deviceId, certificate: toBase64(key.certificate.bytes), proof };
  const { enrolled } = await http.call('offerRenderer', { body });
  return { enrolled };
}

/**
 * The keyring of a renderer that an owner has certified. Nobody has told it the organization's root, so it keeps the
 * first one it sees: it works for its operator, and clients trust it only as far as their own membership says.
 * @throws ServerProblem `device.unknown` before it is certified; TrustError
 */
export async function adoptRenderer({ server, identity, fetch }: RendererOptions): Promise<Keyring> {
  const http = new Http(server, fetch);
  const key = await readSecretKey(fromBase64(identity.secretKey));
  const session = new Session(http, identity.deviceId, key, null);
  http.useTokens(session);
  const ask = (from: number) => http.call('readMembership', { query: { from } });
  const rootFp = await rootOf(await ask(0));
  const membership = await readChain(ask, undefined, rootFp);
  const device = membership.devices.get(identity.deviceId);
  if (device?.record.kind !== 'renderer' || device.certificate.fingerprint !== key.certificate.fingerprint) {
    throw new TrustError('trust.membership', 'No owner has certified this renderer');
  }
  await session.end();
  return newKeyring({
    server,
    organizationId: membership.organization.organizationId,
    rootFp,
    memberId: device.record.memberId,
    deviceId: identity.deviceId,
    kind: 'renderer',
    deviceSecretKey: identity.secretKey,
    memberSecretKeys: null,
  });
}

/** Of the first entry, which nobody has vouched for. @throws TrustError `trust.membership` */
async function rootOf({ entries: [first] }: MembershipPage): Promise<string> {
  if (!first) throw new TrustError('trust.membership', 'The server shows no organization');
  const { certificate } = parseRecord('organization', fromBase64(first.bytes));
  return (await readCertificate(fromBase64(certificate))).fingerprint;
}
