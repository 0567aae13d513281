/** What each type of entry may do, and what it changes. Nothing here reads a clock. */
import { fromBase64 } from '../bytes.js';
import { canonicalJson } from '../records/canonical.js';
import { contextOf, readCertificate, verifyDetached, type Certificate } from '../records/verify.js';
import type {
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
import type { Author, MembershipState, TrustedDevice } from './state.js';

type Rule<T extends EntryType> = (state: MembershipState, record: EntryOf<T>, author: Author) => Promise<void> | void;

const rules: { [T in EntryType]: Rule<T> } = {
  organization: () => conflict('the organization was founded already'),
  member: addMember,
  device: addDevice,
  'device-name': nameDevice,
  revocation: revokeDevice,
  project: addProject,
  epoch: addEpoch,
};

/** @throws MembershipError `authority` or `conflict`; the state may be half changed then, and is thrown away */
export async function applyEntry(state: MembershipState, record: EntryOf<EntryType>, author: Author): Promise<void> {
  await (rules[record.type] as Rule<EntryType>)(state, record, author);
}

/** The root certifies owners and nobody else; owners certify everybody else. */
async function addMember(state: MembershipState, record: MemberRecord, author: Author): Promise<void> {
  const mayCertify = record.role === 'owner' ? record.signer.by === 'root' : author.isOwner;
  if (!mayCertify)
    refuse(
      `a member who is ${record.role} is certified by the ${record.role === 'owner' ? 'root' : 'device of an owner'}`,
    );
  if (state.members.has(record.memberId)) conflict('two members have one id');
  const certificate = await newCertificate(state, record.certificate);
  const recovery = await newCertificate(state, record.recoveryCertificate);
  state.members.set(record.memberId, { record, certificate, recovery });
}

async function addDevice(state: MembershipState, record: DeviceRecord, author: Author): Promise<void> {
  const { memberId, deviceId, kind } = record;
  if (author.member?.record.memberId !== memberId) refuse('a device is certified by another member than its own');
  if (kind === 'renderer' && !author.isOwner) refuse('a renderer is signed in by a device of an owner');
  if ((kind === 'upload-only') !== (record.projects !== null))
    conflict('only upload-only devices are limited to projects');
  // Nothing here reads a clock: what runs out must never be what decides who belongs.
  if (kind !== 'upload-only' && record.expiresAt !== null) conflict('only upload-only devices run out');
  if (state.devices.has(deviceId)) conflict('two devices have one id');
  const certificate = await newCertificate(state, record.certificate);
  await requireProof(record, certificate);
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
  await verifyDetached(contextOf('device-proof'), signed, certificate).catch((error: Error) => {
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

async function addEpoch(state: MembershipState, record: EpochRecord, author: Author): Promise<void> {
  if (!author.isOwner) refuse('an epoch is signed by a device of an owner');
  const project = state.projects.get(record.projectId);
  if (!project) return conflict('an epoch is of an unknown project');
  if (record.epoch !== project.epochs.length + 1) conflict('the epochs of a project do not follow one another');
  const memberIds = record.members.map(({ memberId }) => memberId);
  if (new Set(memberIds).size !== memberIds.length || !memberIds.every((id) => state.members.has(id)))
    conflict('an epoch names a member twice, or one who is none');
  const certificate = await newCertificate(state, record.certificate);
  state.projects.set(record.projectId, { ...project, epochs: [...project.epochs, { record, certificate }] });
}

function standing(state: MembershipState, deviceId: string): TrustedDevice {
  const device = state.devices.get(deviceId);
  if (!device) return conflict(`there is no device ${deviceId}`);
  if (device.until !== null) return conflict(`the device "${device.label}" was revoked already`);
  return device;
}

async function newCertificate(state: MembershipState, octets: string): Promise<Certificate> {
  const certificate = await readCertificate(fromBase64(octets)).catch((error: Error) => {
    throw new MembershipError('signature', error.message, { cause: error });
  });
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
