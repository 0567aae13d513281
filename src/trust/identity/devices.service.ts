import { Injectable } from '@nestjs/common';
import {
  type BodyOf,
  type Certificate,
  type ReplyOf,
  type SignedRecord,
  canonicalJson,
  fromBase64,
  parseRecord,
  readCertificate,
  routes,
  signedFromWire,
  toBase64,
  verifyRecord,
} from '@aerie/protocol';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import { MembershipService } from '../membership/membership.service.js';
import { trustedDevice } from '../membership/trusted-device.js';
import type { Caller } from './caller.js';
import { DeviceAspects } from './device-aspects.js';
import { Device, RendererOffer } from './device.entity.js';
import { deviceRow } from './device-row.js';
import { requireFreeName } from './free-name.js';
import { OrganizationService } from './organization.service.js';
import { isSameSecret } from './same-secret.js';
import { SessionRow } from './session.entity.js';
import { isSignedBy } from './signed-by.js';
import { bufferOf } from './wire.js';

/** Devices: enrolled and revoked by entries of the membership chain, and the renderer that waits for one. */
@Injectable()
export class DevicesService {
  private readonly rendererToken: string | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly organization: OrganizationService,
    private readonly membership: MembershipService,
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

  /** The entry is the permission: the request itself comes from anywhere, often from the new device. */
  async enroll(entry: SignedRecord): Promise<string> {
    await this.organization.requireId();
    const record = parseRecord('device', signedFromWire(entry).bytes);
    const { deviceId } = record;
    await inTransaction(this.database, async (manager) => {
      const membership = await this.membership.append(manager, [entry]);
      if (!membership) return;
      await requireFreeName(manager, record);
      await manager.insert(Device, deviceRow(trustedDevice(membership, deviceId)));
      await manager.delete(RendererOffer, { deviceId });
      await this.audit.record(manager, 'device.enrolled', record.signer, [deviceId]);
    });
    return deviceId;
  }

  /** A device that was revoked before stays so, whoever revokes it once more. */
  async revoke(caller: Caller, deviceId: string, entry: SignedRecord): Promise<void> {
    const { memberId } = await this.require(deviceId);
    const record = parseRecord('revocation', signedFromWire(entry).bytes);
    mustHold(record.deviceId === deviceId, 'revocation.deviceId');
    mustHold(isSignedBy(caller, record.signer), 'revocation.signer');
    if (memberId !== caller.memberId && caller.role !== 'owner') throw new ApiError('record.not_authorized');
    await inTransaction(this.database, async (manager) => {
      await this.membership.hold(manager);
      if (await manager.existsBy(Device, { id: deviceId, revokedAt: Not(IsNull()) })) return;
      await this.membership.append(manager, [entry]);
      // In the transaction of the entry, and after it: whoever holds this row as active knows that no entry revokes the device yet.
      await manager.update(Device, deviceId, { revokedAt: new Date() });
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
    await requireProof(await this.organization.requireId(), certificate, input);
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
        proof: bufferOf(input.proof),
        offeredAt: new Date(),
      });
    });
    return { deviceId: input.deviceId, enrolled: false };
  }

  /** The renderer to name in an assisted project: the one that waits to be signed in, else one that is. */
  async renderer(): Promise<ReplyOf<typeof routes.readRenderer>> {
    const [offer] = await this.database.getRepository(RendererOffer).find({ order: { offeredAt: 'DESC' }, take: 1 });
    if (offer) {
      const { deviceId, certificate, proof } = offer;
      return { deviceId, certificate: toBase64(certificate), proof: toBase64(proof) };
    }
    const renderers = await this.database.getRepository(Device).findBy({ kind: 'renderer' });
    const active = renderers.find((device) => !device.revokedAt);
    if (!active) throw new ApiError('renderer.unknown');
    return { deviceId: active.id, certificate: toBase64(active.certificate), proof: null };
  }
}

/** That the device itself says who it is. @throws RecordError `signature` */
async function requireProof(
  organizationId: string,
  certificate: Certificate,
  { deviceId, proof }: BodyOf<typeof routes.offerRenderer>,
): Promise<void> {
  const stated = { v: 1, type: 'device-proof', organizationId, deviceId, certificateFp: certificate.fingerprint };
  await verifyRecord('device-proof', { bytes: canonicalJson(stated), signature: fromBase64(proof) }, certificate);
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
