import { signedToWire, toBase64, type DeviceKind } from '@aerie/protocol';
import { generateSecretKey, signRecord, writeSecretKey } from '../crypto/openpgp.js';
import { Refusal, TrustError } from '../errors.js';
import type { Projects } from '../projects/projects.js';
import { approveOffer, readOffer, type PairingOffer } from './approval.js';
import { confirmEnrollment } from './certified.js';
import { uploadOnlyDevice } from './device-records.js';
import { introduce } from './introduce.js';
import { namesOf } from './device-names.js';
import { newKeyring, type Enrollment, type Keyring } from './keyring.js';
import type { LocalDevice } from './local-device.js';
import { isNewcomer, newcomersIn, noteDevices, type Newcomer } from './newcomers.js';
import type { TrustedDevice } from './roster.js';

export interface Device {
  readonly deviceId: string;
  readonly memberId: string;
  readonly member: string;
  readonly label: string;
  readonly kind: DeviceKind;
  /** What an upload-only device may add to; null means every project of the member. */
  readonly projects: readonly string[] | null;
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  /** By the server's clock. */
  readonly state: 'good' | 'expired' | 'revoked';
  readonly thisDevice: boolean;
  /** It appeared on its own: nobody approved it here, and nobody has said here that it is known. */
  readonly isNew: boolean;
  readonly fingerprint: string;
}

export class Devices {
  constructor(
    readonly local: LocalDevice,
    readonly projects: Projects,
  ) {}

  async list(): Promise<Device[]> {
    const roster = await this.local.roster({ fresh: true });
    const now = await this.local.time();
    return [...roster.devices.values()].map((device) => this.#describe(device, now));
  }

  /**
   * Certifies a device that may add to one project and open nothing.
   * @param options.isProposed the name is nobody's choice: one that is taken gets a number
   * @returns the enrollment file: secret, as it holds the device's signing key
   * @throws Refusal `device.name_taken`
   */
  async enrollUploadOnly({
    projectId,
    label,
    isProposed = false,
    days,
  }: {
    projectId: string;
    label: string;
    isProposed?: boolean;
    days?: number;
  }): Promise<Enrollment> {
    const { server, organizationId, rootFp, memberId } = this.local.keyring;
    const project = await this.projects.read(projectId);
    const names = await namesOf(this.local);
    const name = isProposed ? names.propose(label) : names.require(label);
    const device = await generateSecretKey(name, 'signing');
    const known = { organizationId, memberId, deviceId: crypto.randomUUID(), label: name };
    const record = uploadOnlyDevice(
      { ...known, certificateFp: device.certificate.fingerprint, createdAt: await this.local.time() },
      { projectId, days },
    );
    await noteDevices(this.local, [record.deviceId], 'known');
    await this.local.http.call('enrollDevice', {
      body: { device: await introduce('device', record, device, this.local.memberKey) },
    });
    return {
      v: 1,
      type: 'aerie-enrollment',
      server,
      organizationId,
      rootFp,
      memberId,
      deviceId: record.deviceId,
      projectId,
      projectName: project.name,
      deviceSecretKey: toBase64(writeSecretKey(device)),
    };
  }

  /**
   * What a new device offers under a pairing code, proven to come from a device that knows the code.
   * @param code as printed or typed
   * @param options.wait waits for an offer, as long as a code is good
   * @returns null where no device waits under the code
   * @throws Refusal `pairing.malformed`, `pairing.aborted`; TrustError `trust.pairing`; ServerProblem `pairing.expired`
   */
  readOffer(code: string, options: { wait?: boolean; signal?: AbortSignal } = {}): Promise<PairingOffer | null> {
    return readOffer(this.local, code, options);
  }

  /**
   * Makes the offered device one of this member's. A full one receives the member's key and may do all that this one may.
   * @param options.projectId the one project that an upload-only device may add to; only for that kind
   * @param options.days how long an upload-only device may do so
   * @param options.label what it is called, in place of the proposal in the offer
   * @throws Refusal `pairing.project`, `device.cannot`, `device.name_taken`; TrustError; ServerProblem `pairing.unknown`, `.expired`, `.conflict`
   */
  async approve(
    code: string,
    offer: PairingOffer,
    { projectId, ...options }: { projectId?: string; days?: number; label?: string } = {},
  ): Promise<Device> {
    const project = projectId === undefined ? null : await this.projects.read(projectId);
    await approveOffer(this.local, code, offer, { ...options, project });
    const device = (await this.local.roster({ fresh: true })).devices.get(offer.deviceId);
    if (!device) throw new TrustError('trust.roster', 'The server does not show the device that was just approved');
    return this.#describe(device, await this.local.time());
  }

  /**
   * Gives a device of this member another name: its record is signed once more, with nothing else changed.
   * @returns the name as it was signed
   * @throws Refusal `device.cannot`, `device.name_taken`; ServerProblem `device.unknown`, `.revoked`, `.expired`; TrustError
   */
  async rename(deviceId: string, label: string): Promise<string> {
    const { memberKey, http } = this.local;
    const names = await namesOf(this.local);
    const name = names.require(label, deviceId);
    const device = (await this.local.roster()).devices.get(deviceId);
    if (!device) throw new Refusal('device.unknown', `No device has the id ${deviceId}`);
    if (device.record.memberId !== this.local.keyring.memberId)
      throw new Refusal('device.cannot', `The device belongs to ${device.member.record.name}`);
    const record = { ...device.record, label: name };
    const signed = await signRecord('device', record, memberKey);
    await http.call('renameDevice', { params: { deviceId }, body: { record: signedToWire(signed) } });
    await this.local.roster({ fresh: true });
    return name;
  }

  /**
   * The devices of this member that appeared and that nobody approved here or called known.
   * @param options.ask false: in the roster that was last asked for, without a request; true: in one of the last minute
   * @throws TrustError
   */
  async newcomers({ ask }: { ask: boolean }): Promise<Newcomer[]> {
    const roster = ask ? await this.local.roster() : this.local.lastRoster;
    return roster ? newcomersIn(roster, this.local) : [];
  }

  /** Keeps, sealed on this device, that a person was told of them (`announced`), or has seen and accepted them (`known`). */
  note(deviceIds: readonly string[], as: 'announced' | 'known'): Promise<void> {
    return noteDevices(this.local, deviceIds, as);
  }

  /** @throws Refusal `device.last_owner` where no device could revoke or enroll anything afterwards */
  async revoke(deviceId: string, reason = ''): Promise<void> {
    const { keyring, signer, deviceKey, http } = this.local;
    const roster = await this.local.roster({ fresh: true });
    const remaining = [...roster.devices.values()].filter(
      ({ record, member, revokedAt }) =>
        record.kind === 'full' && member.record.role === 'owner' && revokedAt === null && record.deviceId !== deviceId,
    );
    if (remaining.length === 0) throw new Refusal('device.last_owner', 'This is the last full device of an owner');
    const record = {
      v: 1,
      type: 'revocation',
      organizationId: keyring.organizationId,
      deviceId,
      reason,
      createdAt: await this.local.time(),
      signer,
    } as const;
    const signed = await signRecord('revocation', record, deviceKey);
    await http.call('revokeDevice', { params: { deviceId }, body: { record: signedToWire(signed) } });
    await this.local.roster({ fresh: true });
  }

  #describe({ record, member, certificate, revokedAt }: TrustedDevice, now: string): Device {
    const { deviceId, memberId, label, kind, projects, expiresAt, createdAt } = record;
    return {
      deviceId,
      memberId,
      member: member.record.name,
      label,
      kind,
      projects,
      expiresAt,
      createdAt,
      revokedAt,
      state: stateOf(revokedAt, expiresAt, now),
      thisDevice: deviceId === this.local.keyring.deviceId,
      isNew: isNewcomer(this.local, record),
      fingerprint: certificate.fingerprint,
    };
  }
}

function stateOf(revokedAt: string | null, expiresAt: string | null, now: string): Device['state'] {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now) ? 'expired' : 'good';
}

/**
 * Turns an enrollment file into the keyring of this device, after checking the server against the root in it.
 * @throws Refusal `enrollment.refused`; TrustError; ServerProblem
 */
export async function join(
  enrollment: Enrollment,
  { fetch }: { fetch?: typeof globalThis.fetch } = {},
): Promise<Keyring> {
  const { server, organizationId, rootFp, memberId, deviceId, projectId, projectName, deviceSecretKey } = enrollment;
  const keyring = newKeyring({
    server,
    organizationId,
    rootFp,
    memberId,
    deviceId,
    kind: 'upload-only',
    deviceSecretKey,
    memberSecretKey: null,
  });
  keyring.projectNames[projectId] = projectName;
  if (!(await confirmEnrollment(keyring, projectId, { fetch })))
    throw new Refusal('enrollment.refused', 'The enrollment file is not for the device that its member certified');
  return keyring;
}
