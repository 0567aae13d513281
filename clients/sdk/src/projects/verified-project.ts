/** A project as its owners signed it: record, chain of epochs, and, for members, the keys out of their own envelopes. */
import {
  EnvelopeContent,
  fromBase64,
  fromUtf8,
  readCertificate,
  sha256,
  toBase64,
  type Certificate,
  type EpochRecord,
  type ProjectRecord,
  type ProjectView,
} from '@aerie/protocol';
import { openMessage, readSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { Refusal, TrustError, type DistrustCode } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { Roster } from '../identity/roster.js';

export interface VerifiedEpoch {
  readonly record: EpochRecord;
  readonly certificate: Certificate;
}
interface OpenedEnvelope {
  readonly name: string;
  readonly secretKey: SecretKey;
  readonly hashKey: Uint8Array;
}

export class VerifiedProject {
  private constructor(
    readonly record: ProjectRecord,
    /** In order, never empty; the last one is sealed to. */
    readonly epochs: readonly VerifiedEpoch[],
    /** By epoch number; empty on devices that open nothing. */
    readonly envelopes: ReadonlyMap<number, OpenedEnvelope>,
    /** Assisted projects only. */
    readonly renderer: Certificate | null,
    readonly view: ProjectView,
  ) {}

  /**
   * @throws TrustError `trust.project`, `trust.epoch`, `trust.rollback`, `trust.envelope`
   */
  static async verify(view: ProjectView, local: LocalDevice, roster: Roster): Promise<VerifiedProject> {
    const record = await roster.verifyByOwner('project', view.record).catch(distrusted('trust.project'));
    if (record.projectId !== view.projectId)
      throw new TrustError('trust.project', 'The server shows the record of another project');
    const epochs = await verifyEpochs(view, roster);
    await local.pin(record.projectId, epochs.at(-1)!.record.epoch);
    const renderer = verifyRenderer(record, roster);
    const envelopes = new Map<number, OpenedEnvelope>();
    if (local.holdsMemberKey) {
      for (const envelope of view.envelopes) {
        const opened = await openEnvelope(envelope, view.projectId, epochs, local.memberKey, roster);
        if (opened) envelopes.set(opened.epoch, opened.content);
      }
    }
    return new VerifiedProject(record, epochs, envelopes, renderer, view);
  }

  get projectId(): string {
    return this.record.projectId;
  }

  /** The newest epoch: what to seal to. */
  get epoch(): VerifiedEpoch {
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

/** Epochs 1 to n without a gap, each signed by an owner and naming the octets of the one before. */
async function verifyEpochs(view: ProjectView, roster: Roster): Promise<VerifiedEpoch[]> {
  const epochs: VerifiedEpoch[] = [];
  let prev: string | null = null;
  for (const { record: wire, certificate: wireCertificate } of view.epochs) {
    const record = await roster.verifyByOwner('epoch', wire).catch(distrusted('trust.epoch'));
    const certificate = await readCertificate(fromBase64(wireCertificate)).catch(distrusted('trust.epoch'));
    const isNext = record.projectId === view.projectId && record.epoch === epochs.length + 1 && record.prev === prev;
    if (!isNext) throw new TrustError('trust.epoch', 'The epochs of the project do not follow one another');
    if (record.certificateFp !== certificate.fingerprint)
      throw new TrustError(
        'trust.epoch',
        'The server shows another certificate than the one an owner signed for the epoch',
      );
    epochs.push({ record, certificate });
    prev = toBase64(await sha256(fromBase64(wire.bytes)));
  }
  if (epochs.length === 0) throw new TrustError('trust.epoch', 'The server shows a project without an epoch');
  return epochs;
}

function verifyRenderer({ previews }: ProjectRecord, roster: Roster): Certificate | null {
  if (previews.mode !== 'assisted') return null;
  const device = roster.devices.get(previews.renderer.deviceId);
  const isThat =
    device?.record.kind === 'renderer' && device.certificate.fingerprint === previews.renderer.certificateFp;
  if (!isThat)
    throw new TrustError('trust.project', 'The server shows another renderer than the one the project names');
  // A revoked renderer gets nothing more to see; what it signed before stays good.
  return device.revokedAt === null ? device.certificate : null;
}

async function openEnvelope(
  { record: wire, sealed: wireSealed }: ProjectView['envelopes'][number],
  projectId: string,
  epochs: readonly VerifiedEpoch[],
  memberKey: SecretKey,
  roster: Roster,
): Promise<{ epoch: number; content: OpenedEnvelope } | null> {
  const doubt = distrusted('trust.envelope');
  const record = await roster.verifyByOwner('envelope', wire).catch(doubt);
  const { fingerprint } = memberKey.certificate;
  // Somebody else's envelope is no attack: it is only not ours to open.
  if (record.recipient.certificateFp !== fingerprint) return null;
  const sealed = fromBase64(wireSealed);
  const epoch = epochs[record.epoch - 1];
  if (record.projectId !== projectId || !epoch)
    throw new TrustError('trust.envelope', 'The server shows an envelope of another project or epoch');
  if (toBase64(await sha256(sealed)) !== record.sealed)
    throw new TrustError('trust.envelope', 'The envelope is not the one that an owner sealed');
  const content = await openMessage(sealed, memberKey)
    .then((plain) => EnvelopeContent.parse(JSON.parse(fromUtf8(plain))))
    .catch(doubt);
  const isThat =
    content.projectId === projectId &&
    content.epoch === record.epoch &&
    content.recipientFp === fingerprint &&
    content.organizationId === record.organizationId;
  if (!isThat) throw new TrustError('trust.envelope', 'The envelope holds the key of another project, epoch or member');
  const secretKey = await readSecretKey(fromBase64(content.secretKey)).catch(doubt);
  if (secretKey.certificate.fingerprint !== epoch.certificate.fingerprint)
    throw new TrustError('trust.envelope', 'The key in the envelope is not that of the epoch');
  return { epoch: record.epoch, content: { name: content.name, secretKey, hashKey: fromBase64(content.hashKey) } };
}

const distrusted =
  (code: DistrustCode) =>
  (error: unknown): never => {
    if (error instanceof TrustError && error.code !== 'trust.roster') throw error;
    throw new TrustError(code, (error as Error).message, { cause: error });
  };
