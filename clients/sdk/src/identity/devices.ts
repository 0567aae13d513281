import {
  signedToWire,
  toBase64,
  uploadOnlyDeviceDaysDefault,
  type DeviceKind,
  type DeviceRecord,
} from '@aerie/protocol';
import { Http } from '../api/http.js';
import { generateSecretKey, signRecord, writeSecretKey } from '../crypto/openpgp.js';
import { Refusal } from '../errors.js';
import type { Projects } from '../projects/projects.js';
import { introduce } from './founding.js';
import { newKeyring, type Enrolment, type Keyring } from './keyring.js';
import { LocalDevice } from './local-device.js';
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
  readonly thisDevice: boolean;
  readonly fingerprint: string;
}

const dayMs = 24 * 60 * 60 * 1000;

export class Devices {
  constructor(
    readonly local: LocalDevice,
    readonly projects: Projects,
  ) {}

  async list(): Promise<Device[]> {
    const roster = await this.local.roster({ fresh: true });
    return [...roster.devices.values()].map((device) => this.#describe(device));
  }

  /**
   * Certifies a device that may add to one project and open nothing.
   * @returns the enrolment file: secret, as it holds the device's signing key
   */
  async enrolUploadOnly({
    projectId,
    label,
    days = uploadOnlyDeviceDaysDefault,
  }: {
    projectId: string;
    label: string;
    days?: number;
  }): Promise<Enrolment> {
    const { server, organisationId, rootFp, memberId } = this.local.keyring;
    const project = await this.projects.read(projectId);
    const device = await generateSecretKey(label, 'signing');
    const record: DeviceRecord = {
      v: 1,
      type: 'device',
      organisationId,
      memberId,
      deviceId: crypto.randomUUID(),
      kind: 'upload-only',
      label,
      certificateFp: device.certificate.fingerprint,
      projects: [projectId],
      expiresAt: new Date(Date.now() + days * dayMs).toISOString(),
      createdAt: new Date().toISOString(),
    };
    await this.local.http.call('enrolDevice', {
      body: { device: await introduce('device', record, device, this.local.memberKey) },
    });
    return {
      v: 1,
      type: 'aerie-enrolment',
      server,
      organisationId,
      rootFp,
      memberId,
      deviceId: record.deviceId,
      projectId,
      projectName: project.name,
      deviceSecretKey: toBase64(writeSecretKey(device)),
    };
  }

  /** @throws Refusal `device.last_owner` where nobody could revoke or enrol anything afterwards */
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
      organisationId: keyring.organisationId,
      deviceId,
      reason,
      createdAt: new Date().toISOString(),
      signer,
    } as const;
    const signed = await signRecord('revocation', record, deviceKey);
    await http.call('revokeDevice', { params: { deviceId }, body: { record: signedToWire(signed) } });
    await this.local.roster({ fresh: true });
  }

  #describe({ record, member, certificate, revokedAt }: TrustedDevice): Device {
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
      thisDevice: deviceId === this.local.keyring.deviceId,
      fingerprint: certificate.fingerprint,
    };
  }
}

/**
 * Turns an enrolment file into the keyring of this device, after checking the server against the root in it.
 * @throws Refusal `enrolment.refused`; TrustError; ServerProblem
 */
export async function join(
  enrolment: Enrolment,
  { fetch }: { fetch?: typeof globalThis.fetch } = {},
): Promise<Keyring> {
  const { server, organisationId, rootFp, memberId, deviceId, projectId, projectName, deviceSecretKey } = enrolment;
  const keyring = newKeyring({
    server,
    organisationId,
    rootFp,
    memberId,
    deviceId,
    kind: 'upload-only',
    deviceSecretKey,
    memberSecretKey: null,
  });
  keyring.projectNames[projectId] = projectName;
  const local = await LocalDevice.open(keyring, new Http(server, fetch));
  const roster = await local.roster();
  const device = roster.speaker(local.signer, new Date().toISOString());
  const isListed = device.certificate.fingerprint === local.deviceKey.certificate.fingerprint;
  if (!isListed || device.record.kind !== 'upload-only' || !device.record.projects?.includes(projectId)) {
    throw new Refusal('enrolment.refused', 'The enrolment file is not for the device that its member certified');
  }
  await local.session.end();
  return keyring;
}
