/** A project as the membership chain has it, with its epochs, and, for members, the keys out of their own envelopes. */
import {
  EnvelopeContent,
  fromBase64,
  fromUtf8,
  sha256,
  toBase64,
  type Certificate,
  type Membership,
  type ProjectRecord,
  type ProjectView,
  type TrustedEpoch,
  type TrustedProject,
} from '@aerie/protocol';
import { openMessage, readSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { Refusal, TrustError, type DistrustCode } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';

interface OpenedEnvelope {
  readonly name: string;
  readonly secretKey: SecretKey;
  readonly hashKey: Uint8Array;
}

export class VerifiedProject {
  private constructor(
    readonly record: ProjectRecord,
    /** In order, never empty; the last one is sealed to. */
    readonly epochs: readonly TrustedEpoch[],
    /** By epoch number; empty on devices that open nothing. */
    readonly envelopes: ReadonlyMap<number, OpenedEnvelope>,
    /** Assisted projects only. */
    readonly renderer: Certificate | null,
    readonly view: ProjectView,
  ) {}

  /** @throws TrustError `trust.project`, `trust.epoch`, `trust.envelope` */
  static async verify(view: ProjectView, local: LocalDevice, membership: Membership): Promise<VerifiedProject> {
    const project = membership.projects.get(view.projectId);
    if (!project) throw new TrustError('trust.project', 'The server shows a project that no owner signed');
    const { record, epochs } = project;
    if (epochs.length === 0) throw new TrustError('trust.epoch', 'The project has no epoch');
    const envelopes = new Map<number, OpenedEnvelope>();
    if (local.holdsMemberKey) {
      for (const envelope of view.envelopes)
        envelopes.set(envelope.epoch, await openEnvelope(envelope, project, local, membership));
      requireNewest(epochs.at(-1)!, envelopes, local.keyring.memberId);
    }
    return new VerifiedProject(record, epochs, envelopes, rendererOf(record, membership), view);
  }

  get projectId(): string {
    return this.record.projectId;
  }

  /** The newest epoch: what to seal to. */
  get epoch(): TrustedEpoch {
    return this.epochs.at(-1)!;
  }

  /** The newest envelope. @throws Refusal `project.no_key` on devices that have none */
  get opened(): OpenedEnvelope {
    const opened = this.envelopes.get(this.epoch.record.epoch);
    if (!opened) throw new Refusal('project.no_key', 'This device does not hold the key of the project');
    return opened;
  }

  /** @throws TrustError `trust.epoch` for an epoch that no owner signed; Refusal `project.no_key` */
  secretKeyOf(epoch: number, epochFp: string): SecretKey {
    this.requireEpoch(epoch, epochFp);
    const opened = this.envelopes.get(epoch);
    if (!opened)
      throw new Refusal('project.no_key', `This device does not hold the key of epoch ${epoch} of the project`);
    return opened.secretKey;
  }

  /** @throws TrustError `trust.epoch` */
  requireEpoch(epoch: number, epochFp: string): void {
    const found = this.epochs[epoch - 1];
    if (found?.certificate.fingerprint !== epochFp)
      throw new TrustError('trust.epoch', 'The media names an epoch that no owner signed');
  }
}

/** Whom the newest epoch names has its key: one that the server holds back is not one that was never given. */
function requireNewest(
  { record: { epoch, members } }: TrustedEpoch,
  envelopes: ReadonlyMap<number, unknown>,
  memberId: string,
): void {
  if (members.some((one) => one.memberId === memberId) && !envelopes.has(epoch))
    throw new TrustError('trust.envelope', 'The server does not show the envelope that an owner sealed for you');
}

function rendererOf({ previews }: ProjectRecord, membership: Membership): Certificate | null {
  if (previews.mode !== 'assisted') return null;
  const device = membership.devices.get(previews.renderer.deviceId);
  // A revoked renderer gets nothing more to see; what it signed before stays good.
  return device?.until === null ? device.certificate : null;
}

/** @throws TrustError `trust.envelope` unless it is what an owner sealed for this member */
async function openEnvelope(
  { epoch, sealed: wireSealed }: ProjectView['envelopes'][number],
  { record, epochs }: TrustedProject,
  { keyring: { memberId }, memberKeys }: LocalDevice,
  membership: Membership,
): Promise<OpenedEnvelope> {
  const doubt = distrusted('trust.envelope');
  const signed = epochs[epoch - 1];
  const named = signed?.record.members.find((one) => one.memberId === memberId);
  const sealed = fromBase64(wireSealed);
  if (!signed || named?.sealed !== toBase64(await sha256(sealed)))
    throw new TrustError('trust.envelope', 'The envelope is not the one that an owner sealed');
  const recipient = membership.certificateOf(memberId, signed.record.seq)!.certificate.fingerprint;
  const memberKey = memberKeys.of(recipient);
  if (!memberKey) throw new TrustError('trust.envelope', 'The envelope is for a key that this device was never given');
  const content = await openMessage(sealed, memberKey)
    .then((plain) => EnvelopeContent.parse(JSON.parse(fromUtf8(plain))))
    .catch(doubt);
  const isThat =
    content.projectId === record.projectId &&
    content.epoch === epoch &&
    content.recipientFp === recipient &&
    content.organizationId === record.organizationId;
  if (!isThat) throw new TrustError('trust.envelope', 'The envelope holds the key of another project, epoch or member');
  const secretKey = await readSecretKey(fromBase64(content.secretKey)).catch(doubt);
  if (secretKey.certificate.fingerprint !== signed.certificate.fingerprint)
    throw new TrustError('trust.envelope', 'The key in the envelope is not that of the epoch');
  return { name: content.name, secretKey, hashKey: fromBase64(content.hashKey) };
}

const distrusted =
  (code: DistrustCode) =>
  (error: unknown): never => {
    throw new TrustError(code, (error as Error).message, { cause: error });
  };
