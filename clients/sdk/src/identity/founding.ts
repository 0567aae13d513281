/**
 * How an organization is founded, in three steps that can each be repeated after an interruption: make everything and
 * keep it, send it, and try the recovery kit out. What was kept before the first octet left finishes the rest.
 */
import {
  FoundOrganization,
  canonicalJson,
  sha256,
  signedToWire,
  toBase64,
  type BackupContent,
  type OrganizationRecord,
  type ReplyOf,
  type routes,
} from '@aerie/protocol';
import { z } from 'zod';
import { Http } from '../api/http.js';
import { attemptsAtNewAddress } from '../api/retry.js';
import { generateSecretKey, sealWithPassphrase, writeSecretKey, type SecretKey } from '../crypto/openpgp.js';
import {
  accountKeyText,
  newAccountKey,
  parseRecoveryKit,
  printRecoveryKit,
  recoveryToken,
} from '../crypto/recovery-kit.js';
import { ServerProblem, ServerUnreachable } from '../errors.js';
import { signEntries, type EntryDraft } from './append.js';
import { fullDevice, proveDevice } from './device-records.js';
import { Keyring } from './keyring.js';
import { MemberKeys } from './member-keys.js';
import { keyringOf, openBackup } from './recovery.js';

export interface FoundOptions {
  readonly server: string;
  readonly organization: string;
  readonly memberName: string;
  readonly deviceLabel: string;
  readonly fetch?: typeof globalThis.fetch;
}

/** An organization on its way: all its keys, the kit, and the request, made once. Secret as a whole: stored only sealed. */
export const Founding = z.strictObject({
  v: z.literal(1),
  type: z.literal('aerie-founding'),
  organization: z.string(),
  memberName: z.string(),
  /** The text of the kit file. */
  kit: z.string(),
  keyring: Keyring,
  request: FoundOrganization.omit({ setupToken: true }),
});
export type Founding = z.infer<typeof Founding>;

export type ServerInfo = ReplyOf<typeof routes.describeServer>;

/** What a server tells without a session; `organizationId` is null before it is set up. @throws ServerUnreachable */
export const describeServer = (
  server: string,
  { fetch }: { fetch?: typeof globalThis.fetch } = {},
): Promise<ServerInfo> => new Http(server, fetch).call('describeServer', { attempts: attemptsAtNewAddress });

/**
 * Makes root, owner, first device and recovery kit, and signs everything; nothing of it is sent. Keep the answer, and the
 * kit, before `sendFounding`: from then on they may be all there is. @throws ServerUnreachable
 */
export async function beginFounding(options: FoundOptions): Promise<Founding> {
  const { server, organization, memberName, deviceLabel: label } = options;
  const { receiptKey, time: createdAt } = await describeServer(server, options);
  const keys = {
    root: await generateSecretKey(`${organization} (root)`, 'signing'),
    member: await generateSecretKey(memberName, 'encrypting'),
    recovery: await generateSecretKey(`${memberName} (recovery kit)`, 'encrypting'),
    device: await generateSecretKey(label, 'encrypting'),
  };
  const ids = { organizationId: crypto.randomUUID(), memberId: crypto.randomUUID(), deviceId: crypto.randomUUID() };
  const { organizationId } = ids;
  const drafts = await draftFounding({ ...ids, ...options, receiptKey }, keys);
  const entries = await signEntries(drafts, { organizationId, createdAt, after: null });
  const rootFp = keys.root.certificate.fingerprint;
  const accountKey = newAccountKey();
  return {
    v: 1,
    type: 'aerie-founding',
    organization,
    memberName,
    kit: await printRecoveryKit({ organization, organizationId, server, rootFp, accountKey }),
    keyring: keyringOf({ server, rootFp, ...ids }, keys.device, new MemberKeys([keys.member])),
    request: {
      entries: entries.map(signedToWire),
      sealedBackup: toBase64(await sealWithPassphrase(canonicalJson(backupOf(ids, keys)), accountKeyText(accountKey))),
      recoveryTokenDigest: toBase64(await sha256(await recoveryToken(accountKey))),
    },
  };
}

type FoundersKeys = Readonly<Record<'root' | 'member' | 'recovery' | 'device', SecretKey>>;
type Ids = Readonly<Record<'organizationId' | 'memberId' | 'deviceId', string>>;
type Stated = Ids & FoundOptions & Pick<OrganizationRecord, 'receiptKey'>;

/** The first of the chain: the root's word for the organization and its owner, and the kit's for the first device. */
async function draftFounding(stated: Stated, keys: FoundersKeys): Promise<EntryDraft[]> {
  const { organizationId, memberId, deviceId, memberName, deviceLabel: label, receiptKey } = stated;
  const octets = (key: SecretKey) => toBase64(key.certificate.bytes);
  const byRoot = { signer: { by: 'root' }, key: keys.root } as const;
  const founded = {
    type: 'organization',
    name: stated.organization,
    certificate: octets(keys.root),
    receiptKey,
  } as const;
  const owner = {
    type: 'member',
    memberId,
    name: memberName,
    role: 'owner',
    certificate: octets(keys.member),
    recoveryCertificate: octets(keys.recovery),
  } as const;
  const device = fullDevice({
    signer: { by: 'recovery', memberId },
    ...{ memberId, deviceId, label },
    certificate: keys.device.certificate,
    proof: await proveDevice(keys.device, organizationId, deviceId),
  });
  const { key, signer } = byRoot;
  return [
    { said: { ...founded, signer }, key },
    { said: { ...owner, signer }, key },
    { said: device, key: keys.recovery },
  ];
}

const backupOf = ({ organizationId, memberId }: Ids, { root, member, recovery }: FoundersKeys): BackupContent => ({
  v: 1,
  organizationId,
  memberId,
  rootFp: root.certificate.fingerprint,
  rootSecretKey: toBase64(writeSecretKey(root)),
  memberSecretKey: toBase64(writeSecretKey(member)),
  recoverySecretKey: toBase64(writeSecretKey(recovery)),
});

interface SendOptions {
  /** Where the server is now: it may have moved since the founding began. */
  readonly server: string;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Sends a founding; harmless to repeat. Where the server has an organization already, the kit shows whether it is this one.
 * @throws ServerProblem for which `wasRefused` holds where nothing was founded; anything else says that it may have been
 */
export async function sendFounding(
  { kit, request }: Founding,
  { server, setupToken, fetch }: SendOptions & { readonly setupToken: string },
): Promise<void> {
  const http = new Http(server, fetch);
  const { accountKey } = await parseRecoveryKit(kit);
  await http.call('foundOrganization', { body: { setupToken, ...request } }).catch(async (error: unknown) => {
    // The answer to an attempt that succeeded may have been lost: then our own kit opens our own backup.
    const isUncertain =
      error instanceof ServerUnreachable || (error instanceof ServerProblem && error.code === 'setup.already_done');
    if (!isUncertain || !(await knowsKit(http, accountKey))) throw error;
  });
}

/** Whether the server has a backup that this kit answers to. @throws what left that open */
async function knowsKit(http: Http, accountKey: Uint8Array): Promise<boolean> {
  try {
    await http.call('recover', { body: { recoveryToken: toBase64(await recoveryToken(accountKey)), from: 0 } });
    return true;
  } catch (error) {
    if (error instanceof ServerProblem && ['recovery.unknown', 'setup.needed'].includes(error.code)) return false;
    throw error;
  }
}

const refusalCodes = [
  'setup.already_done',
  'setup.token_invalid',
  'record.signature_invalid',
  'record.mismatch',
  'request.malformed',
  'request.too_large',
];

/** Whether an error of `sendFounding` says for certain that nothing was founded by it. */
export const wasRefused = (error: unknown): boolean =>
  error instanceof ServerProblem && refusalCodes.includes(error.code);

/**
 * Tries the recovery kit of an organization out that was just founded.
 * @returns the keyring of its first device
 * @throws ServerProblem; ServerUnreachable; TrustError; CryptoError: the organization is founded all the same
 */
export async function finishFounding({ kit, keyring }: Founding, { server, fetch }: SendOptions): Promise<Keyring> {
  await openBackup(new Http(server, fetch), await parseRecoveryKit(kit));
  return { ...keyring, server };
}

/** All three steps. @param options.keep is given everything before it is sent. @throws what the steps throw */
export async function foundOrganization({
  setupToken,
  keep,
  ...options
}: FoundOptions & {
  readonly setupToken: string;
  readonly keep?: (founding: Founding) => Promise<void>;
}): Promise<{ keyring: Keyring; kit: string }> {
  const founding = await beginFounding(options);
  await keep?.(founding);
  await sendFounding(founding, { ...options, setupToken });
  return { keyring: await finishFounding(founding, options), kit: founding.kit };
}
