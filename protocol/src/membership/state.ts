/** What a membership chain comes to. Filled entry by entry, in `rules.ts`. */
import type { Certificate } from '../records/verify.js';
import type {
  CertificateRecord,
  DeviceRecord,
  EntrySigner,
  EpochRecord,
  MemberRecord,
  OrganizationRecord,
  ProjectRecord,
} from '../records/entries.js';
import { MembershipError } from './membership-error.js';

/** One of the certificates that a member has had. */
export interface MemberCertificate {
  readonly certificate: Certificate;
  /** The place of the entry that named it. */
  readonly since: number;
  /** Whom its secret key was sealed to; null of the first, which the member brought along. */
  readonly rotation: CertificateRecord | null;
}
export interface TrustedMember {
  readonly record: MemberRecord;
  /** In order, never empty; the last one is sealed to. */
  readonly certificates: readonly MemberCertificate[];
  /** Of the key in its recovery kit. */
  readonly recovery: Certificate;
}
export interface TrustedDevice {
  /** As it was certified; the name may be another by now. */
  readonly record: Omit<DeviceRecord, 'label'>;
  readonly certificate: Certificate;
  /** Who the member is; its certificate changes, and is asked of the membership. */
  readonly member: Pick<TrustedMember, 'record'>;
  /** What it is called by now. */
  readonly label: string;
  /** Places in the chain: of the entry that certified it, and of the one that revoked it; null while it is trusted. */
  readonly since: number;
  readonly until: number | null;
  /** When that was, by whoever revoked it: to be shown, and nothing else. */
  readonly revokedAt: string | null;
}
export interface TrustedEpoch {
  readonly record: EpochRecord;
  readonly certificate: Certificate;
}
export interface TrustedProject {
  readonly record: ProjectRecord;
  /** In order; the newest is sealed to. Empty until the entry after the project's. */
  readonly epochs: readonly TrustedEpoch[];
}

export interface MembershipState {
  readonly organization: OrganizationRecord;
  readonly root: Certificate;
  readonly members: Map<string, TrustedMember>;
  readonly devices: Map<string, TrustedDevice>;
  readonly projects: Map<string, TrustedProject>;
  /** Of every certificate that an entry has named: one key is one thing. */
  readonly fingerprints: Set<string>;
  /** Of every entry, in base64. */
  readonly digests: string[];
}

export const beginning = (organization: OrganizationRecord, root: Certificate, digest: string): MembershipState => ({
  organization,
  root,
  members: new Map(),
  devices: new Map(),
  projects: new Map(),
  fingerprints: new Set([root.fingerprint]),
  digests: [digest],
});

export const copyOf = (state: MembershipState): MembershipState => ({
  ...state,
  members: new Map(state.members),
  devices: new Map(state.devices),
  projects: new Map(state.projects),
  fingerprints: new Set(state.fingerprints),
  digests: [...state.digests],
});

/** Who signed an entry, and by which certificate it is checked. */
export interface Author {
  readonly certificate: Certificate;
  /** Whose device or kit it is; null for the root. */
  readonly member: TrustedMember | null;
  readonly isOwner: boolean;
}

/** @throws MembershipError `authority` unless it is the root, a full device in good standing, or the kit of a member */
export function authorOf(state: MembershipState, signer: EntrySigner): Author {
  if (signer.by === 'root') return { certificate: state.root, member: null, isOwner: false };
  const member = state.members.get(signer.memberId);
  if (!member) throw new MembershipError('authority', 'an entry is signed for an unknown member');
  if (signer.by === 'recovery') return { certificate: member.recovery, member, isOwner: false };
  const device = state.devices.get(signer.deviceId);
  if (!device || device.record.memberId !== signer.memberId || device.record.kind !== 'full')
    throw new MembershipError('authority', 'an entry is signed by something that is no full device of its member');
  if (device.until !== null)
    throw new MembershipError('authority', `an entry is signed by the device "${device.label}", which was revoked`);
  return { certificate: device.certificate, member, isOwner: member.record.role === 'owner' };
}

/** The full devices of a member in good standing: the ones that are to hold its key. */
export const fullDevicesOf = ({ devices }: Pick<MembershipState, 'devices'>, memberId: string): TrustedDevice[] =>
  [...devices.values()].filter(
    ({ record, until }) => record.memberId === memberId && record.kind === 'full' && until === null,
  );
