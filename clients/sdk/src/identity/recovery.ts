/** The recovery kit at work: it opens the backup that the server keeps sealed, and makes a new device of its member. */
import { BackupContent, fromBase64, fromUtf8, toBase64, type Membership } from '@aerie/protocol';
import { Http } from '../api/http.js';
import { attemptsAtNewAddress } from '../api/retry.js';
import {
  generateSecretKey,
  openWithPassphrase,
  readSecretKey,
  writeSecretKey,
  type SecretKey,
} from '../crypto/openpgp.js';
import { accountKeyText, readKitOrKey, recoveryToken, type KeyOfKit } from '../crypto/recovery-kit.js';
import { Refusal, TrustError } from '../errors.js';
import { append, type ChainWriter } from './append.js';
import { readChain } from './chain.js';
import { DeviceNames } from './device-names.js';
import { fullDevice, proveDevice } from './device-records.js';
import { newKeyring, type Keyring } from './keyring.js';
import { MemberKeys } from './member-keys.js';
import { keepKnown } from './newcomers.js';

export interface Recovered {
  readonly keyring: Keyring;
  /** What the device is called now. */
  readonly label: string;
}

/**
 * The member's keys on a new device, from the kit alone.
 * @param options.kit the text of the kit file, or the account key in it
 * @param options.isProposed the name is nobody's choice: one that is taken gets a number
 * @throws Refusal `kit.malformed`, `device.name_taken`; ServerProblem `recovery.unknown`; TrustError; CryptoError
 */
export async function recover(options: {
  server: string;
  kit: string;
  deviceLabel: string;
  isProposed?: boolean;
  fetch?: typeof globalThis.fetch;
}): Promise<Recovered> {
  const http = new Http(options.server, options.fetch);
  const opened = await openBackup(http, await readKitOrKey(options.kit));
  const { organizationId, memberId, rootFp } = opened.backup;
  const deviceId = crypto.randomUUID();
  const key = await generateSecretKey(options.deviceLabel, 'encrypting');
  const known = { memberId, deviceId, certificate: key.certificate };
  const proof = await proveDevice(key, organizationId, deviceId);
  let label = options.deviceLabel;
  let { memberKeys } = opened;
  const draft = async (chain: Membership, now: string) => {
    // All that the member has by now: what comes later is sealed to this device as well.
    memberKeys = await opened.memberKeysIn(chain);
    const names = new DeviceNames(chain, memberId, now);
    label = options.isProposed ? names.propose(options.deviceLabel) : names.require(options.deviceLabel);
    const said = fullDevice({ signer: { by: 'recovery', memberId }, ...known, label, proof });
    return [{ said, key: opened.recoveryKey }];
  };
  await append(opened.writer, draft, ([entry]) => http.call('enrollDevice', { body: { entry: entry! } }));
  const membership = await opened.writer.membership({ fresh: true });
  const ids = { server: options.server, rootFp, organizationId, memberId, deviceId };
  const keyring = keyringOf(ids, key, memberKeys);
  keyring.membership = membership.head;
  keepKnown(keyring, membership);
  return { keyring, label };
}

/**
 * Tries out a recovery kit: its account key must open the backup that the server holds of this very member.
 * @param kit the text of the kit file, or the account key in it
 * @throws Refusal `kit.malformed`; ServerProblem `recovery.unknown`; TrustError; CryptoError
 */
export async function tryRecoveryKit(
  { server, rootFp, organizationId, memberId }: Keyring,
  kit: string,
  { fetch }: { fetch?: typeof globalThis.fetch } = {},
): Promise<void> {
  const { accountKey } = await readKitOrKey(kit);
  const { backup } = await openBackup(new Http(server, fetch), { accountKey, rootFp, organizationId });
  if (backup.memberId !== memberId) throw new Refusal('kit.malformed', 'This recovery kit is of another member');
}

export interface OpenedBackup {
  readonly backup: BackupContent;
  /** All that the member had when the backup was opened. */
  readonly memberKeys: MemberKeys;
  /** All that it has in that chain. @throws TrustError `trust.envelope` */
  readonly memberKeysIn: (chain: Membership) => Promise<MemberKeys>;
  readonly recoveryKey: SecretKey;
  /** The kit may append to the chain. */
  readonly writer: ChainWriter;
}

/**
 * Fetches the sealed backup, opens it, and checks it against the root that the kit pins. Of an account key alone the
 * backup is the pin: only who knows that key can have sealed it.
 */
export async function openBackup(http: Http, kit: KeyOfKit): Promise<OpenedBackup> {
  const token = toBase64(await recoveryToken(kit.accountKey));
  const recover = (from: number) =>
    http.call('recover', { body: { recoveryToken: token, from }, attempts: attemptsAtNewAddress });
  const first = await recover(0);
  const opened = await openWithPassphrase(fromBase64(first.sealedBackup), accountKeyText(kit.accountKey));
  const backup = BackupContent.parse(JSON.parse(fromUtf8(opened)));
  const { rootFp = backup.rootFp, organizationId = backup.organizationId } = kit;
  if (backup.rootFp !== rootFp || backup.organizationId !== organizationId) {
    throw new TrustError(
      'trust.root',
      'The backup on the server belongs to another organization than the recovery kit',
    );
  }
  let membership: Membership | undefined;
  const ask = async (from: number) => (from === 0 ? first : await recover(from)).membership;
  const writer: ChainWriter = {
    organizationId,
    membership: async () => (membership = await readChain(ask, membership, rootFp)),
    time: async () => (await http.call('describeServer', {})).time,
  };
  const chain = await writer.membership({ fresh: true });
  const { memberKey, recoveryKey } = await keysOf(backup, first.memberId, chain);
  let { backups } = first;
  const memberKeysIn = async (membership: Membership): Promise<MemberKeys> => {
    const keys = new MemberKeys([memberKey]);
    const certificates = membership.members.get(backup.memberId)?.certificates ?? [];
    const isLater = keys.missingOf(certificates).some(({ since }) => !backups.some(({ seq }) => seq === since));
    if (isLater) ({ backups } = await recover(0));
    return keys.with(certificates, backups, { key: recoveryKey, named: ({ rotation }) => rotation?.backup });
  };
  return { backup, memberKeys: await memberKeysIn(chain), memberKeysIn, recoveryKey, writer };
}

/** The keys in the backup, if they are those that the chain has for this very member. @throws TrustError `trust.membership` */
async function keysOf(backup: BackupContent, memberId: string, { members }: Membership) {
  const memberKey = await readSecretKey(fromBase64(backup.memberSecretKey));
  const recoveryKey = await readSecretKey(fromBase64(backup.recoverySecretKey));
  const member = members.get(backup.memberId);
  const isThat =
    backup.memberId === memberId &&
    member?.certificates[0]?.certificate.fingerprint === memberKey.certificate.fingerprint &&
    member.recovery.fingerprint === recoveryKey.certificate.fingerprint;
  if (!isThat)
    throw new TrustError('trust.membership', 'The member in the backup is not the one that the server shows');
  return { memberKey, recoveryKey };
}

type Known = Pick<Keyring, 'server' | 'rootFp' | 'organizationId' | 'memberId' | 'deviceId'>;

export const keyringOf = (known: Known, device: SecretKey, memberKeys: MemberKeys): Keyring =>
  newKeyring({
    ...known,
    kind: 'full',
    deviceSecretKey: toBase64(writeSecretKey(device)),
    memberSecretKeys: memberKeys.all.map((one) => toBase64(writeSecretKey(one))),
  });
