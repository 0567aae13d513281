import {
  BackupContent,
  canonicalJson,
  fromBase64,
  fromUtf8,
  sha256,
  signedToWire,
  toBase64,
  type DeviceRecord,
  type Introduction,
  type OrganizationRecord,
  type RecordOf,
  type ReplyOf,
  type routes,
} from '@aerie/protocol';
import { attemptsAtNewAddress } from '../api/retry.js';
import { Http } from '../api/http.js';
import {
  generateSecretKey,
  openWithPassphrase,
  readSecretKey,
  sealWithPassphrase,
  signRecord,
  writeSecretKey,
  type SecretKey,
} from '../crypto/openpgp.js';
import {
  accountKeyText,
  newAccountKey,
  parseRecoveryKit,
  printRecoveryKit,
  readKitOrKey,
  recoveryToken,
  type KeyOfKit,
  type RecoveryKit,
} from '../crypto/recovery-kit.js';
import { Refusal, ServerProblem, ServerUnreachable, TrustError } from '../errors.js';
import { fullDevice } from './device-records.js';
import { newKeyring, type Keyring } from './keyring.js';
import { Roster } from './roster.js';

export interface FoundOptions {
  readonly server: string;
  readonly setupToken: string;
  readonly organization: string;
  readonly memberName: string;
  readonly deviceLabel: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Called with the text of the kit before anything is sent: if all else is lost from then on, the kit recovers it. */
  readonly keepKit?: (kit: string) => Promise<void>;
}

/** Signs a record that introduces a certificate. */
export async function introduce<T extends 'organization' | 'member' | 'device'>(
  type: T,
  record: RecordOf<T>,
  subject: Pick<SecretKey, 'certificate'>,
  signer: SecretKey,
): Promise<Introduction> {
  return {
    record: signedToWire(await signRecord(type, record, signer)),
    certificate: toBase64(subject.certificate.bytes),
  };
}

interface Owner {
  readonly organizationId: string;
  readonly memberId: string;
  readonly createdAt: string;
  readonly receiptKey: OrganizationRecord['receiptKey'];
  readonly options: FoundOptions;
  readonly root: SecretKey;
  readonly member: SecretKey;
}

/** The root's two statements: this is the organization, and this is its owner. */
async function introduceOwner({ organizationId, memberId, createdAt, receiptKey, options, root, member }: Owner) {
  const common = { v: 1, organizationId, createdAt } as const;
  const rootFp = root.certificate.fingerprint;
  const certificateFp = member.certificate.fingerprint;
  const organization = { ...common, type: 'organization', name: options.organization, rootFp, receiptKey } as const;
  const owner = {
    ...common,
    type: 'member',
    memberId,
    name: options.memberName,
    role: 'owner',
    certificateFp,
  } as const;
  return {
    organization: await introduce('organization', organization, root, root),
    member: await introduce('member', owner, member, root),
  };
}

export type ServerInfo = ReplyOf<typeof routes.describeServer>;

/** What a server says of itself to anybody; `organizationId` is null before it is set up. @throws ServerUnreachable */
export const describeServer = (
  server: string,
  { fetch }: { fetch?: typeof globalThis.fetch } = {},
): Promise<ServerInfo> => new Http(server, fetch).call('describeServer', { attempts: attemptsAtNewAddress });

/**
 * Founds the organization of a new server: root, owner, first device, and the recovery kit, tried out before this returns.
 * @returns the keyring of this device and the text of the kit file
 * @throws ServerProblem `setup.already_done`, `setup.token_invalid`; ServerUnreachable; TrustError
 */
export async function foundOrganization(options: FoundOptions): Promise<{ keyring: Keyring; kit: string }> {
  const http = new Http(options.server, options.fetch);
  const { receiptKey } = await http.call('describeServer', { attempts: attemptsAtNewAddress });
  const root = await generateSecretKey(`${options.organization} (root)`, 'signing');
  const member = await generateSecretKey(options.memberName, 'encrypting');
  const device = await generateSecretKey(options.deviceLabel, 'encrypting');
  const [organizationId, memberId, createdAt] = [crypto.randomUUID(), crypto.randomUUID(), new Date().toISOString()];
  const deviceRecord = fullDevice({
    organizationId,
    memberId,
    deviceId: crypto.randomUUID(),
    label: options.deviceLabel,
    certificateFp: device.certificate.fingerprint,
  });
  const accountKey = newAccountKey();
  const kit: RecoveryKit = {
    organization: options.organization,
    organizationId,
    server: options.server,
    rootFp: root.certificate.fingerprint,
    accountKey,
  };
  const kitText = await printRecoveryKit(kit);
  const backup: BackupContent = {
    v: 1,
    organizationId,
    memberId,
    rootFp: kit.rootFp,
    rootSecretKey: toBase64(writeSecretKey(root)),
    memberSecretKey: toBase64(writeSecretKey(member)),
  };
  await options.keepKit?.(kitText);
  const body = {
    setupToken: options.setupToken,
    ...(await introduceOwner({ organizationId, memberId, createdAt, receiptKey, options, root, member })),
    device: await introduce('device', deviceRecord, device, member),
    sealedBackup: toBase64(await sealWithPassphrase(canonicalJson(backup), accountKeyText(accountKey))),
    recoveryTokenDigest: toBase64(await sha256(await recoveryToken(accountKey))),
  };
  await http.call('foundOrganization', { body }).catch(async (error: unknown) => {
    // The answer to a first attempt that succeeded may have been lost: then our own kit opens our own backup below.
    const isUncertain =
      error instanceof ServerUnreachable || (error instanceof ServerProblem && error.code === 'setup.already_done');
    if (!isUncertain || !(await answersTo(http, accountKey))) throw error;
  });
  await openBackup(http, await parseRecoveryKit(kitText));
  return { keyring: keyringOf(options.server, kit.rootFp, deviceRecord, device, member), kit: kitText };
}

const answersTo = (http: Http, accountKey: Uint8Array): Promise<boolean> =>
  recoveryToken(accountKey)
    .then((token) => http.call('recover', { body: { recoveryToken: toBase64(token) } }))
    .then(
      () => true,
      () => false,
    );

/**
 * The member's keys on a new device, from the kit alone.
 * @param options.kit the text of the kit file, or the account key in it
 * @throws Refusal `kit.malformed`; ServerProblem `recovery.unknown`; TrustError; CryptoError
 */
export async function recover(options: {
  server: string;
  kit: string;
  deviceLabel: string;
  fetch?: typeof globalThis.fetch;
}): Promise<Keyring> {
  const http = new Http(options.server, options.fetch);
  const { backup, memberKey } = await openBackup(http, await readKitOrKey(options.kit));
  const device = await generateSecretKey(options.deviceLabel, 'encrypting');
  const { organizationId, memberId } = backup;
  const record = fullDevice({
    organizationId,
    memberId,
    deviceId: crypto.randomUUID(),
    label: options.deviceLabel,
    certificateFp: device.certificate.fingerprint,
  });
  await http.call('enrollDevice', { body: { device: await introduce('device', record, device, memberKey) } });
  return keyringOf(options.server, backup.rootFp, record, device, memberKey);
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

/**
 * Fetches the sealed backup, opens it, and checks it against the root that the kit pins. Of an account key alone the
 * backup is the pin: only who knows that key can have sealed it.
 */
async function openBackup(http: Http, kit: KeyOfKit): Promise<{ backup: BackupContent; memberKey: SecretKey }> {
  const token = await recoveryToken(kit.accountKey);
  const {
    sealedBackup,
    roster: view,
    memberId,
  } = await http.call('recover', {
    body: { recoveryToken: toBase64(token) },
    attempts: attemptsAtNewAddress,
  });
  const opened = await openWithPassphrase(fromBase64(sealedBackup), accountKeyText(kit.accountKey));
  const backup = BackupContent.parse(JSON.parse(fromUtf8(opened)));
  const { rootFp = backup.rootFp, organizationId = backup.organizationId } = kit;
  if (backup.rootFp !== rootFp || backup.organizationId !== organizationId) {
    throw new TrustError(
      'trust.root',
      'The backup on the server belongs to another organization than the recovery kit',
    );
  }
  const roster = await Roster.verify(view, rootFp);
  const memberKey = await readSecretKey(fromBase64(backup.memberSecretKey));
  const member = roster.members.get(backup.memberId);
  if (backup.memberId !== memberId || member?.certificate.fingerprint !== memberKey.certificate.fingerprint) {
    throw new TrustError('trust.roster', 'The member in the backup is not the one that the server shows');
  }
  return { backup, memberKey };
}

function keyringOf(
  server: string,
  rootFp: string,
  record: DeviceRecord,
  device: SecretKey,
  member: SecretKey,
): Keyring {
  return newKeyring({
    server,
    organizationId: record.organizationId,
    rootFp,
    memberId: record.memberId,
    deviceId: record.deviceId,
    kind: 'full',
    deviceSecretKey: toBase64(writeSecretKey(device)),
    memberSecretKey: toBase64(writeSecretKey(member)),
  });
}
