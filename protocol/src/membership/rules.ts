/** What each type of entry may do, and what it changes. Nothing here reads a clock. */
import { fromBase64 } from '../bytes.js';
import { canonicalJson } from '../records/canonical.js';
import { contextOf, verifyDetached, type Certificate } from '../records/verify.js';
import type { Checks } from './checks.js';
import type {
  CertificateRecord,
  DeviceNameRecord,
  DeviceRecord,
  EntryOf,
  EntryType,
  EpochRecord,
  MemberRecord,
  ProjectRecord,
  RevocationRecord,
} from '../records/entries.js';
import { MembershipError } from './membership-error.js';
import type { ReadEntry } from './reading.js';
import { fullDevicesOf, type Author, type MembershipState, type TrustedDevice } from './state.js';

/** An entry at its turn, and where a rule puts signatures that have to hold, too. */
interface Turn {
  readonly entry: ReadEntry;
  readonly checks: Checks;
}
type Rule<T extends EntryType> = (state: MembershipState, record: EntryOf<T>, author: Author, turn: Turn) => void;

const rules: { [T in EntryType]: Rule<T> } = {
  organization: () => conflict('the organization was founded already'),
  member: addMember,
  certificate: rotateCertificate,
  device: addDevice,
  'device-name': nameDevice,
  revocation: revokeDevice,
  project: addProject,
  epoch: addEpoch,
};

/** @throws MembershipError `authority` or `conflict`; the state may be half changed then, and is thrown away */
export function applyEntry(state: MembershipState, record: EntryOf<EntryType>, author: Author, turn: Turn): void {
  (rules[record.type] as Rule<EntryType>)(state, record, author, turn);
}

/** The root certifies owners and nobody else; owners certify everybody else. */
function addMember(state: MembershipState, record: MemberRecord, author: Author, { entry }: Turn): void {
  const mayCertify = record.role === 'owner' ? record.signer.by === 'root' : author.isOwner;
  if (!mayCertify)
    refuse(
      `a member who is ${record.role} is certified by the ${record.role === 'owner' ? 'root' : 'device of an owner'}`,
    );
  if (state.members.has(record.memberId)) conflict('two members have one id');
  const certificate = newCertificate(state, entry.certificate(record.certificate));
  const recovery = newCertificate(state, entry.certificate(record.recoveryCertificate));
  const certificates = [{ certificate, since: record.seq, rotation: null }];
  state.members.set(record.memberId, { record, certificates, recovery });
}

/** The new key is with every full device of the member, and with no other: one that is left out could not go on. */
function rotateCertificate(state: MembershipState, record: CertificateRecord, author: Author, { entry }: Turn): void {
  const { memberId, seq: since } = record;
  const member = author.member;
  if (member?.record.memberId !== memberId) refuse('a certificate is replaced by another member than its own');
  const holders = new Set(fullDevicesOf(state, memberId).map((device) => device.record.deviceId));
  const named = record.keys.map(({ deviceId }) => deviceId);
  const isThose = named.length === holders.size && named.every((deviceId) => holders.delete(deviceId));
  if (!isThose) conflict('the new key of a member is not sealed to just its full devices');
  const certificate = newCertificate(state, entry.certificate(record.certificate));
  const certificates = [...member.certificates, { certificate, since, rotation: record }];
  state.members.set(memberId, { ...member, certificates });
}

function addDevice(state: MembershipState, record: DeviceRecord, author: Author, { entry, checks }: Turn): void {
  const { memberId, deviceId, kind } = record;
  if (author.member?.record.memberId !== memberId) refuse('a device is certified by another member than its own');
  if (kind === 'renderer' && !author.isOwner) refuse('a renderer is signed in by a device of an owner');
  if ((kind === 'upload-only') !== (record.projects !== null))
    conflict('only upload-only devices are limited to projects');
  // Nothing here reads a clock: what runs out must never be what decides who belongs.
  if (kind !== 'upload-only' && record.expiresAt !== null) conflict('only upload-only devices run out');
  if (state.devices.has(deviceId)) conflict('two devices have one id');
  const certificate = newCertificate(state, entry.certificate(record.certificate));
  checks.add(requireProof(record, certificate));
  const member = author.member;
  const standing = { label: record.label, since: record.seq, until: null, revokedAt: null };
  state.devices.set(deviceId, { record, certificate, member, ...standing });
}

/** Nobody is given a key that they do not hold: what that key signed elsewhere would become theirs. */
async function requireProof(
  { organizationId, deviceId, proof }: DeviceRecord,
  certificate: Certificate,
): Promise<void> {
  const stated = { v: 1, type: 'device-proof', organizationId, deviceId, certificateFp: certificate.fingerprint };
  const signed = { bytes: canonicalJson(stated), signature: fromBase64(proof) };
  await verifyDetached(contextOf('device-proof'), signed, certificate, true).catch((error: Error) => {
    throw new MembershipError('signature', 'a device does not prove that it holds its key', { cause: error });
  });
}

function nameDevice(state: MembershipState, { deviceId, label }: DeviceNameRecord, author: Author): void {
  const device = standing(state, deviceId);
  if (author.member?.record.memberId !== device.record.memberId)
    refuse('a device is named by another member than its own');
  state.devices.set(deviceId, { ...device, label });
}

function revokeDevice(state: MembershipState, { deviceId, seq, createdAt }: RevocationRecord, author: Author): void {
  const device = standing(state, deviceId);
  if (author.member?.record.memberId !== device.record.memberId && !author.isOwner)
    refuse('a device is revoked by neither its member nor an owner');
  state.devices.set(deviceId, { ...device, until: seq, revokedAt: createdAt });
}

function addProject(state: MembershipState, record: ProjectRecord, author: Author): void {
  if (!author.isOwner) refuse('a project is made by a device of an owner');
  if (state.projects.has(record.projectId)) conflict('two projects have one id');
  if (record.previews.mode === 'assisted') {
    const { deviceId, certificateFp } = record.previews.renderer;
    const { record: renderer, certificate } = standing(state, deviceId);
    if (renderer.kind !== 'renderer' || certificate.fingerprint !== certificateFp)
      conflict('a project names a renderer that is none');
  }
  state.projects.set(record.projectId, { record, epochs: [] });
}

function addEpoch(state: MembershipState, record: EpochRecord, author: Author, { entry }: Turn): void {
  if (!author.isOwner) refuse('an epoch is signed by a device of an owner');
  const project = state.projects.get(record.projectId);
  if (!project) return conflict('an epoch is of an unknown project');
  if (record.epoch !== project.epochs.length + 1) conflict('the epochs of a project do not follow one another');
  const memberIds = record.members.map(({ memberId }) => memberId);
  if (new Set(memberIds).size !== memberIds.length || !memberIds.every((id) => state.members.has(id)))
    conflict('an epoch names a member twice, or one who is none');
  const certificate = newCertificate(state, entry.certificate(record.certificate));
  state.projects.set(record.projectId, { ...project, epochs: [...project.epochs, { record, certificate }] });
}

function standing(state: MembershipState, deviceId: string): TrustedDevice {
  const device = state.devices.get(deviceId);
  if (!device) return conflict(`there is no device ${deviceId}`);
  if (device.until !== null) return conflict(`the device "${device.label}" was revoked already`);
  return device;
}

function newCertificate(state: MembershipState, certificate: Certificate): Certificate {
  if (state.fingerprints.has(certificate.fingerprint)) conflict('one certificate stands for two things');
  state.fingerprints.add(certificate.fingerprint);
  return certificate;
}

function refuse(message: string): never {
  throw new MembershipError('authority', message);
}

function conflict(message: string): never {
  throw new MembershipError('conflict', message);
}
