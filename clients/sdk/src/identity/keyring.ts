import { DeviceKind, Fingerprint, Id, MembershipHead, base64, toBase64 } from '@aerie/protocol';
import { z } from 'zod';
import { Refusal } from '../errors.js';

const SecretKeyBytes = base64(8 * 1024);
/** Origin of a server: scheme, host and port; no path, so that routes can be appended. */
const Server = z.url({ protocol: /^https?$/ });

/**
 * Everything a device is and knows, as plain JSON. Secret as a whole: stored only sealed.
 * `membership` is what makes a rollback visible: how far the membership chain was ever seen.
 */
export const Keyring = z.strictObject({
  v: z.literal(1),
  type: z.literal('aerie-keyring'),
  server: Server,
  organizationId: Id,
  rootFp: Fingerprint,
  memberId: Id,
  deviceId: Id,
  kind: DeviceKind,
  /** Transferable secret key of the device. */
  deviceSecretKey: SecretKeyBytes,
  /** Of the member, for each certificate that it has had, the newest last; null on devices that open nothing. */
  memberSecretKeys: z.array(SecretKeyBytes).min(1).nullable(),
  /** 32 octets: seals local state, and leaves this file never. */
  localKey: base64(32),
  /** Null before the chain was read for the first time. */
  membership: MembershipHead.nullable(),
  /** An upload-only device cannot open the name of its project; it came with the enrollment. */
  projectNames: z.record(Id, z.string()),
  /**
   * On a full device: which devices of its member it knows of. One that is not here is announced to the person at this
   * device, who did not approve it here. `announced` was said once and not yet seen in the list.
   */
  knownDevices: z.record(Id, z.enum(['announced', 'known'])),
});
export type Keyring = z.infer<typeof Keyring>;

/** What an owner hands to a device that may only add. Secret: it holds the device's signing key. */
export const Enrollment = z.strictObject({
  v: z.literal(1),
  type: z.literal('aerie-enrollment'),
  server: Server,
  organizationId: Id,
  rootFp: Fingerprint,
  memberId: Id,
  deviceId: Id,
  projectId: Id,
  projectName: z.string().min(1).max(200),
  deviceSecretKey: SecretKeyBytes,
});
export type Enrollment = z.infer<typeof Enrollment>;

/** What a renderer keeps of itself before an owner has signed it in. */
export const RendererIdentity = z.strictObject({
  v: z.literal(1),
  type: z.literal('aerie-renderer'),
  deviceId: Id,
  secretKey: SecretKeyBytes,
});
export type RendererIdentity = z.infer<typeof RendererIdentity>;

/**
 * What is to be saved of a keyring at work: two processes or tabs may work with copies of one. Both copies then know what
 * either has learned, and nothing is unlearned: the longest chain stays pinned, a known device stays known, and no key of
 * the member is lost. Where the server is, is the word of the stored one.
 * @param keyring also learns what `stored` knows
 * @throws Refusal `keyring.replaced` where `stored` is of another device
 */
export function learned(keyring: Keyring, stored: Keyring): Keyring {
  if (stored.deviceId !== keyring.deviceId)
    throw new Refusal('keyring.replaced', 'The keys of another device have taken the place of the ones in use');
  if ((stored.membership?.size ?? 0) > (keyring.membership?.size ?? 0)) keyring.membership = stored.membership;
  // Both are in the order of the chain; what one lacks that the other has, it asks for again.
  if ((stored.memberSecretKeys?.length ?? 0) > (keyring.memberSecretKeys?.length ?? 0))
    keyring.memberSecretKeys = stored.memberSecretKeys;
  for (const [deviceId, state] of Object.entries(stored.knownDevices))
    if (keyring.knownDevices[deviceId] !== 'known') keyring.knownDevices[deviceId] = state;
  return { ...keyring, server: stored.server };
}

type Learned = 'membership' | 'projectNames' | 'knownDevices';
type Given = Omit<Keyring, 'v' | 'type' | 'localKey' | Learned>;

/** A keyring without anything learned yet. */
export function newKeyring(known: Given): Keyring {
  const localKey = toBase64(crypto.getRandomValues(new Uint8Array(32)));
  const learned = { membership: null, projectNames: {}, knownDevices: {} };
  return { v: 1, type: 'aerie-keyring', ...known, localKey, ...learned };
}
