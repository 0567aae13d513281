import { toBase64, type DeviceKind, type Membership, type SignedRecord, type TrustedDevice } from '@aerie/protocol';
import { generateSecretKey, writeSecretKey } from '../crypto/openpgp.js';
import { Refusal, TrustError } from '../errors.js';
import type { Projects } from '../projects/projects.js';
import { approveOffer, readOffer, type PairingOffer } from './approval.js';
import { confirmEnrollment } from './certified.js';
import { append, type EntryDraft } from './append.js';
import { DeviceNames } from './device-names.js';
import { proveDevice, uploadOnlyDevice } from './device-records.js';
import { newKeyring, type Enrollment, type Keyring } from './keyring.js';
import type { LocalDevice } from './local-device.js';
import { isNewcomer, newcomersIn, noteDevices, type Newcomer } from './newcomers.js';
import { rotate, stepsDue, type RotateOptions, type RotationStep } from './rotation.js';

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
    const membership = await this.local.membership({ fresh: true });
    const now = await this.local.time();
    return [...membership.devices.values()].map((device) => this.#describe(device, now));
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
    const key = await generateSecretKey(label, 'signing');
    const deviceId = crypto.randomUUID();
    const proof = await proveDevice(key, organizationId, deviceId);
    const known = { signer: this.local.entrySigner, memberId, deviceId, certificate: key.certificate, proof };
    const send = (entry: SignedRecord) => this.local.http.call('enrollDevice', { body: { entry } });
    await this.#append(send, async (chain, now) => {
      const names = new DeviceNames(chain, memberId, now);
      const name = isProposed ? names.propose(label) : names.require(label);
      await noteDevices(this.local, [deviceId], 'known');
      return uploadOnlyDevice({ ...known, label: name }, { projectId, days, now });
    });
    return {
      v: 1,
      type: 'aerie-enrollment',
      server,
      organizationId,
      rootFp,
      memberId,
      deviceId,
      projectId,
      projectName: project.name,
      deviceSecretKey: toBase64(writeSecretKey(key)),
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
    const device = (await this.local.membership({ fresh: true })).devices.get(offer.deviceId);
    if (!device) throw new TrustError('trust.membership', 'The server does not show the device that was just approved');
    return this.#describe(device, await this.local.time());
  }

  /**
   * Gives a device of this member another name.
   * @returns the name as it was signed
   * @throws Refusal `device.cannot`, `device.name_taken`; ServerProblem `device.unknown`, `.revoked`, `.expired`; TrustError
   */
  async rename(deviceId: string, label: string): Promise<string> {
    const { keyring, entrySigner: signer, http } = this.local;
    let name = label;
    const send = (entry: SignedRecord) => http.call('renameDevice', { params: { deviceId }, body: { entry } });
    await this.#append(send, async (chain, now) => {
      name = new DeviceNames(chain, keyring.memberId, now).require(label, deviceId);
      const device = required(chain, deviceId);
      if (device.record.memberId !== keyring.memberId)
        throw new Refusal('device.cannot', `The device belongs to ${device.member.record.name}`);
      return device.label === name ? null : { type: 'device-name', deviceId, label: name, signer };
    });
    return name;
  }

  /**
   * The devices of this member that appeared and that nobody approved here or called known.
   * @param options.ask false: in the membership that was last asked for, without a request; true: in one of the last minute
   * @throws TrustError
   */
  async newcomers({ ask }: { ask: boolean }): Promise<Newcomer[]> {
    const membership = ask ? await this.local.membership() : this.local.lastMembership;
    return membership ? newcomersIn(membership, this.local) : [];
  }

  /** Keeps, sealed on this device, that a person was told of them (`announced`), or has seen and accepted them (`known`). */
  note(deviceIds: readonly string[], as: 'announced' | 'known'): Promise<void> {
    return noteDevices(this.local, deviceIds, as);
  }

  /**
   * What is left to do after a full device was revoked: it still holds keys, which are to be replaced. Empty on a device that
   * cannot do it. @throws TrustError
   */
  async rotation(): Promise<RotationStep[]> {
    return stepsDue(await this.local.membership({ fresh: true }), this.local);
  }

  /**
   * Does what `rotation` says. Each step is one entry of the chain, so it may be interrupted after any of them, and be done
   * again: here, on another device, or on several at once.
   * @returns how many steps there were
   * @throws Refusal `rotation.aborted`; TrustError; ServerProblem; ServerUnreachable
   */
  rotate(options: RotateOptions = {}): Promise<number> {
    return rotate(this.local, this.projects, options);
  }

  /**
   * Locks a device out. A full one still holds keys: `rotate` replaces them, here or on a full device of its member.
   * @returns whose device it was
   * @throws Refusal `device.last_owner` where no device could revoke or enroll anything afterwards
   */
  async revoke(deviceId: string, reason = ''): Promise<Pick<Device, 'memberId' | 'member' | 'kind' | 'thisDevice'>> {
    const { entrySigner: signer, http, keyring } = this.local;
    let revoked: TrustedDevice | undefined;
    const send = (entry: SignedRecord) => http.call('revokeDevice', { params: { deviceId }, body: { entry } });
    await this.#append(send, async (chain) => {
      revoked = required(chain, deviceId);
      const { until } = revoked;
      const remaining = [...chain.devices.values()].filter(
        (device) =>
          device.record.kind === 'full' &&
          device.member.record.role === 'owner' &&
          device.until === null &&
          device.record.deviceId !== deviceId,
      );
      if (remaining.length === 0) throw new Refusal('device.last_owner', 'This is the last full device of an owner');
      return until === null ? { type: 'revocation', deviceId, reason, signer } : null;
    });
    const { record, member } = revoked!;
    return {
      memberId: record.memberId,
      member: member.record.name,
      kind: record.kind,
      thisDevice: deviceId === keyring.deviceId,
    };
  }

  /** Appends what this device says of that one, unless there is nothing left to say. */
  async #append(
    send: (entry: SignedRecord) => Promise<unknown>,
    say: (chain: Membership, now: string) => Promise<Said | null>,
  ): Promise<void> {
    const { deviceKey: key } = this.local;
    const draft = async (chain: Membership, now: string) => {
      const said = await say(chain, now);
      return said && [{ said, key }];
    };
    await append(this.local, draft, ([entry]) => send(entry!));
  }

  #describe({ record, label, member, certificate, revokedAt }: TrustedDevice, now: string): Device {
    const { deviceId, memberId, kind, projects, expiresAt, createdAt } = record;
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

/** @throws Refusal `device.unknown` */
function required({ devices }: Membership, deviceId: string): TrustedDevice {
  const device = devices.get(deviceId);
  if (!device) throw new Refusal('device.unknown', `No device has the id ${deviceId}`);
  return device;
}

type Said = Extract<EntryDraft['said'], { deviceId: string }>;

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
    memberSecretKeys: null,
  });
  keyring.projectNames[projectId] = projectName;
  if (!(await confirmEnrollment(keyring, projectId, { fetch })))
    throw new Refusal('enrollment.refused', 'The enrollment file is not for the device that its member certified');
  return keyring;
}
