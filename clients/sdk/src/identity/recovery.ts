/** The recovery kit at work: it opens the backup that the server keeps sealed, and makes a new device of its member. */
import { BackupContent, fromBase64, fromUtf8, toBase64, type DeviceRecord } from '@aerie/protocol';
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
import { DeviceNames } from './device-names.js';
import { fullDevice } from './device-records.js';
import { introduce } from './introduce.js';
import { newKeyring, type Keyring } from './keyring.js';
import { keepKnown } from './newcomers.js';
import { Roster } from './roster.js';

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
  const { backup, memberKey, roster } = await openBackup(http, await readKitOrKey(options.kit));
  const { organizationId, memberId } = backup;
  const { time: createdAt } = await http.call('describeServer', {});
  const names = new DeviceNames(roster, memberId, createdAt);
  const label = options.isProposed ? names.propose(options.deviceLabel) : names.require(options.deviceLabel);
  const device = await generateSecretKey(label, 'encrypting');
  const record = fullDevice({
    organizationId,
    memberId,
    deviceId: crypto.randomUUID(),
    label,
    certificateFp: device.certificate.fingerprint,
    createdAt,
  });
  await http.call('enrollDevice', { body: { device: await introduce('device', record, device, memberKey) } });
  const keyring = keyringOf(options.server, backup.rootFp, record, device, memberKey);
  keepKnown(keyring, roster);
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

/**
 * Fetches the sealed backup, opens it, and checks it against the root that the kit pins. Of an account key alone the
 * backup is the pin: only who knows that key can have sealed it.
 */
export async function openBackup(
  http: Http,
  kit: KeyOfKit,
): Promise<{ backup: BackupContent; memberKey: SecretKey; roster: Roster }> {
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
  return { backup, memberKey, roster };
}

export function keyringOf(
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
