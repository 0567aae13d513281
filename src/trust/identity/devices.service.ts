import { Injectable } from '@nestjs/common';
import {
  type BodyOf,
  type Certificate,
  type ReplyOf,
  type SignedRecord,
  fromBase64,
  parseRecord,
  readCertificate,
  routes,
  signedFromWire,
  toBase64,
  verifyRecord,
} from '@aerie/protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError } from '../../platform/http/api-error.js';
import type { Caller } from './caller.js';
import { parseCertificate } from './certificates.js';
import { DeviceAspects } from './device-aspects.js';
import { Device, RendererOffer } from './device.entity.js';
import { requireFreeName } from './free-name.js';
import { Member } from './member.entity.js';
import { OrganizationService, storedIntroduction } from './organization.service.js';
import { isSameSecret } from './same-secret.js';
import { SessionRow } from './session.entity.js';
import { bufferOf } from './wire.js';

/** Devices: enrolled by their member's signature, revoked by a signature, and the renderer that waits for one. */
@Injectable()
export class DevicesService {
  private readonly rendererToken: string | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly organization: OrganizationService,
    private readonly audit: AuditService,
    private readonly aspects: DeviceAspects,
    config: Config,
  ) {
    this.rendererToken = config.environment.AERIE_RENDERER_TOKEN;
  }

  /** @throws ApiError device.unknown */
  async require(deviceId: string): Promise<Device> {
    const device = await this.database.getRepository(Device).findOneBy({ id: deviceId });
    if (!device) throw new ApiError('device.unknown');
    return device;
  }

  /** A device that may act now. @throws ApiError device.unknown, device.revoked, device.expired */
  async requireActive(deviceId: string): Promise<Device> {
    const device = await this.require(deviceId);
    if (device.revokedAt) throw new ApiError('device.revoked');
    if (device.expiresAt && device.expiresAt.getTime() <= Date.now()) throw new ApiError('device.expired');
    return device;
  }

  /**
   * Holds the row of a device that may act until the transaction ends: a revocation waits, or came before.
   * @throws ApiError device.unknown, device.revoked, device.expired
   */
  holdActive(manager: EntityManager, deviceId: string): Promise<void> {
    return lockActive(manager, deviceId, 'FOR NO KEY UPDATE');
  }

  /** As `holdActive`, but others of the same device need not wait: a revocation does. */
  shareActive(manager: EntityManager, deviceId: string): Promise<void> {
    return lockActive(manager, deviceId, 'FOR SHARE');
  }

  async certificateOf(deviceId: string): Promise<Certificate> {
    const device = await this.require(deviceId);
    return parseCertificate(device.certificateFp, device.certificate);
  }

  /** The fingerprints of those members, by id; members that do not exist are left out. */
  async memberFingerprints(memberIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const members = await this.database.getRepository(Member).find({ select: { id: true, certificateFp: true } });
    return new Map(
      members.filter(({ id }) => memberIds.includes(id)).map(({ id, certificateFp }) => [id, certificateFp]),
    );
  }

  async enroll(input: BodyOf<typeof routes.enrollDevice>): Promise<string> {
    const certificate = await readCertificate(fromBase64(input.device.certificate));
    const signed = signedFromWire(input.device.record);
    const claimed = parseRecord('device', signed.bytes);
    const member = await this.database.getRepository(Member).findOneBy({ id: claimed.memberId });
    if (!member) throw new ApiError('record.not_authorized', { detail: 'device.memberId' });
    const record = await verifyRecord(
      'device',
      signed,
      await parseCertificate(member.certificateFp, member.certificate),
    );
    const faults = [
      record.certificateFp !== certificate.fingerprint && 'device.certificateFp',
      record.organizationId !== (await this.organization.requireId()) && 'device.organizationId',
      record.kind === 'renderer' && member.role !== 'owner' && 'device.kind',
      (record.kind === 'upload-only') !== (record.projects !== null) && 'device.projects',
    ];
    refuseFirst(faults);
    await inTransaction(this.database, async (manager) => {
      // Whoever enrolls the same record once more has the name already.
      await requireFreeName(manager, record);
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Device)
        .values({
          id: record.deviceId,
          memberId: record.memberId,
          kind: record.kind,
          certificateFp: record.certificateFp,
          ...storedIntroduction(input.device),
          projects: record.projects,
          expiresAt: record.expiresAt ? new Date(record.expiresAt) : null,
        })
        .orIgnore()
        .returning('id')
        .execute();
      if ((inserted.raw as unknown[]).length === 1) {
        await manager.delete(RendererOffer, { deviceId: record.deviceId });
        // By its member's signature: the request itself comes from anywhere, often from the new device.
        await this.audit.record(manager, 'device.enrolled', { memberId: record.memberId }, [record.deviceId]);
        return;
      }
      const existing = await manager.findOneBy(Device, { id: record.deviceId });
      if (!existing?.record.equals(bufferOf(input.device.record.bytes)))
        throw new ApiError('record.conflict', { detail: 'device.deviceId or certificate' });
    });
    return record.deviceId;
  }

  async revoke(caller: Caller, deviceId: string, wire: SignedRecord): Promise<void> {
    const device = await this.require(deviceId);
    const signed = signedFromWire(wire);
    const record = await verifyRecord('revocation', signed, await this.certificateOf(caller.deviceId));
    const faults = [
      record.organizationId !== (await this.organization.requireId()) && 'revocation.organizationId',
      record.deviceId !== deviceId && 'revocation.deviceId',
      (record.signer.deviceId !== caller.deviceId || record.signer.memberId !== caller.memberId) && 'revocation.signer',
    ];
    refuseFirst(faults);
    if (device.memberId !== caller.memberId && caller.role !== 'owner') throw new ApiError('record.not_authorized');
    await inTransaction(this.database, async (manager) => {
      const revoked = await manager
        .createQueryBuilder()
        .update(Device)
        .set({
          revokedAt: new Date(),
          revocationRecord: Buffer.from(signed.bytes),
          revocationSignature: Buffer.from(signed.signature),
        })
        .where('id = :deviceId AND revoked_at IS NULL', { deviceId })
        .execute();
      if (revoked.affected !== 1) return;
      // The session hook asks the device row on every request as well; this only leaves nothing behind.
      await manager.delete(SessionRow, { deviceId });
      for (const aspect of this.aspects.all) await aspect.deviceEnded(manager, deviceId, caller);
      await this.audit.record(manager, 'device.revoked', caller, [deviceId]);
    });
  }

  /** Remembers the certificate of a renderer that knows the operator's token, until an owner signs it in. */
  async offerRenderer(input: BodyOf<typeof routes.offerRenderer>): Promise<ReplyOf<typeof routes.offerRenderer>> {
    if (!this.rendererToken || !isSameSecret(input.rendererToken, this.rendererToken))
      throw new ApiError('access.denied');
    const certificate = await readCertificate(fromBase64(input.certificate));
    const enrolled = await this.database.getRepository(Device).findOneBy({ id: input.deviceId });
    if (enrolled) {
      if (enrolled.certificateFp !== certificate.fingerprint)
        throw new ApiError('record.mismatch', { detail: 'certificate' });
      return { deviceId: input.deviceId, enrolled: true };
    }
    await this.database.transaction(async (manager) => {
      await manager.clear(RendererOffer);
      await manager.insert(RendererOffer, {
        deviceId: input.deviceId,
        certificate: bufferOf(input.certificate),
        offeredAt: new Date(),
      });
    });
    return { deviceId: input.deviceId, enrolled: false };
  }

  /** The renderer to name in an assisted project: the one that waits to be signed in, else one that is. */
  async renderer(): Promise<ReplyOf<typeof routes.readRenderer>> {
    const [offer] = await this.database.getRepository(RendererOffer).find({ order: { offeredAt: 'DESC' }, take: 1 });
    if (offer) return { deviceId: offer.deviceId, certificate: toBase64(offer.certificate) };
    const renderers = await this.database.getRepository(Device).findBy({ kind: 'renderer' });
    const active = renderers.find((device) => !device.revokedAt);
    if (!active) throw new ApiError('renderer.unknown');
    return { deviceId: active.id, certificate: toBase64(active.certificate) };
  }
}

function refuseFirst(faults: readonly (string | false)[]): void {
  const fault = faults.find((one) => one !== false);
  if (fault) throw new ApiError('record.mismatch', { detail: fault });
}

async function lockActive(
  manager: EntityManager,
  deviceId: string,
  lock: 'FOR NO KEY UPDATE' | 'FOR SHARE',
): Promise<void> {
  const [device] = await manager.query<{ is_revoked: boolean; is_expired: boolean | null }[]>(
    `SELECT revoked_at IS NOT NULL AS is_revoked, expires_at <= now() AS is_expired FROM device WHERE id = $1 ${lock}`,
    [deviceId],
  );
  if (!device) throw new ApiError('device.unknown');
  if (device.is_revoked) throw new ApiError('device.revoked');
  if (device.is_expired) throw new ApiError('device.expired');
}
