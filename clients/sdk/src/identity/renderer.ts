import { fromBase64, readCertificate, toBase64 } from '@aerie/protocol';
import { Http } from '../api/http.js';
import { Session } from '../api/session.js';
import { generateSecretKey, readSecretKey, writeSecretKey } from '../crypto/openpgp.js';
import { TrustError } from '../errors.js';
import { newKeyring, type Keyring, type RendererIdentity } from './keyring.js';
import { Roster } from './roster.js';

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
  const { certificate } = await readSecretKey(fromBase64(options.identity.secretKey));
  const body = {
    rendererToken: options.rendererToken,
    deviceId: options.identity.deviceId,
    certificate: toBase64(certificate.bytes),
  };
  const { enrolled } = await new Http(options.server, options.fetch).call('offerRenderer', { body });
  return { enrolled };
}

/**
 * The keyring of a renderer that an owner has certified. Nobody has told it the organization's root, so it keeps the
 * first one it sees: it works for its operator, and clients trust it only as far as their own roster says.
 * @throws ServerProblem `device.unknown` before it is certified; TrustError
 */
export async function adoptRenderer({ server, identity, fetch }: RendererOptions): Promise<Keyring> {
  const http = new Http(server, fetch);
  const key = await readSecretKey(fromBase64(identity.secretKey));
  const session = new Session(http, identity.deviceId, key, null);
  http.useTokens(session);
  const view = await http.call('readRoster', {});
  const { fingerprint } = await readCertificate(fromBase64(view.organization.certificate));
  const roster = await Roster.verify(view, fingerprint);
  const device = roster.devices.get(identity.deviceId);
  if (device?.record.kind !== 'renderer' || device.certificate.fingerprint !== key.certificate.fingerprint) {
    throw new TrustError('trust.roster', 'No owner has certified this renderer');
  }
  await session.end();
  return newKeyring({
    server,
    organizationId: roster.organization.organizationId,
    rootFp: fingerprint,
    memberId: device.record.memberId,
    deviceId: identity.deviceId,
    kind: 'renderer',
    deviceSecretKey: identity.secretKey,
    memberSecretKey: null,
  });
}
