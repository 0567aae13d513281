import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type AliasRecord,
  type BodyOf,
  type MediaView,
  aliasesPerMediaMax,
  fromBase64,
  manifestDigest,
  type routes,
  signedFromWire,
  verifyRecord,
} from '@aerie/protocol';
import { DataSource, type EntityManager, In } from 'typeorm';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import { AuditService } from '../../trust/audit/audit.service.js';
import type { Caller } from '../../trust/identity/caller.js';
import { signedRecordOf } from '../../trust/identity/wire.js';
import { MembershipService } from '../../trust/membership/membership.service.js';
import { trustedDevice } from '../../trust/membership/trusted-device.js';
import { type MediaAspect, MediaAspects } from '../media/media-aspects.js';
import { inRow } from '../media/place.js';
import type { Media } from '../media/media.entity.js';
import { MediaService } from '../media/media.service.js';
import { rootOf, segmentDigestsOf } from '../media/segment-hasher.js';
import type { ProjectGrant } from '../projects/project-access.js';
import { requireInForce } from '../projects/epoch-in-force.js';
import { changeUsage } from '../projects/quota.js';
import { checkPkeskPacket, invalid } from '../uploads/candidate.js';
import { Alias } from './alias.entity.js';

type NewAlias = BodyOf<typeof routes.addAlias>;

/** Further names of files that are stored already, so that a file is found by each name it ever came under. */
@Injectable()
export class AliasesService implements OnModuleInit, MediaAspect {
  constructor(
    private readonly database: DataSource,
    private readonly media: MediaService,
    private readonly membership: MembershipService,
    private readonly audit: AuditService,
    private readonly aspects: MediaAspects,
  ) {}

  onModuleInit(): void {
    this.aspects.all.push(this);
  }

  async views(manager: EntityManager, mediaIds: readonly string[]): Promise<(mediaId: string) => Partial<MediaView>> {
    const aliases = await manager.find(Alias, { where: { mediaId: In([...mediaIds]) }, order: { id: 'ASC' } });
    return (mediaId) => ({ aliases: aliases.filter((one) => one.mediaId === mediaId).map(signedRecordOf) });
  }

  /** Keeps one name. The same record again is one effect. */
  async add(caller: Caller, mediaId: string, { record, pkesk, sealed }: NewAlias): Promise<void> {
    const { media, grant } = await this.media.requireNamed(caller, mediaId);
    const signed = signedFromWire(record);
    const membership = await this.membership.require();
    const alias = await verifyRecord('alias', signed, trustedDevice(membership, caller.deviceId).certificate);
    mustHold(membership.agreesWith(alias.membership) === true, 'alias.membership');
    await requirePlace(alias, caller, media, grant);
    const octets = fromBase64(sealed);
    const segmentDigests = await requireOctets(alias, octets);
    requirePkesk(alias, pkesk);
    const row = {
      id: alias.blob.blobId,
      mediaId,
      deviceId: caller.deviceId,
      record: Buffer.from(signed.bytes),
      signature: Buffer.from(signed.signature),
    };
    const blob = { id: row.id, mediaId, role: 'alias' as const, bytes: String(octets.length), segmentDigests };
    await this.database.transaction(async (manager) => {
      // One after the other, so that two requests cannot both be the last that fits.
      await this.media.lock(manager, mediaId);
      const kept = await manager.findBy(Alias, { mediaId });
      if (kept.find(({ id }) => id === row.id)?.record.equals(row.record)) return;
      if (kept.length >= aliasesPerMediaMax) throw new ApiError('media.too_many_names');
      await manager.insert(Alias, row);
      const stored = { ...blob, ...inRow(octets) };
      await this.media.addBlobs(manager, mediaId, [stored], [pkesk]);
      await this.audit.record(manager, 'alias.added', caller, [mediaId]);
      await changeUsage(manager, media.projectId, { used: octets.length, reserved: 0 });
      await requireInForce(manager, grant);
    });
  }
}

/** By this device, about this media, for the newest epoch. @throws ApiError record.mismatch, project.epoch_stale */
async function requirePlace(alias: AliasRecord, caller: Caller, media: Media, grant: ProjectGrant): Promise<void> {
  const { signer, blob } = alias;
  mustHold(signer.deviceId === caller.deviceId && signer.memberId === caller.memberId, 'alias.signer');
  mustHold(alias.organizationId === grant.organizationId, 'alias.organizationId');
  mustHold(alias.projectId === media.projectId, 'alias.projectId');
  mustHold(alias.mediaId === media.id, 'alias.mediaId');
  mustHold(alias.manifest === (await manifestDigest(media.manifest)), 'alias.manifest');
  mustHold(blob.role === 'alias', 'alias.blob.role');
  if (alias.epoch !== grant.epoch || alias.epochFp !== grant.epochFp)
    throw new ApiError('project.epoch_stale', { epoch: grant.epoch });
}

/** @returns the digests of its segments @throws ApiError media.manifest_invalid where they are not the record's octets */
async function requireOctets({ blob }: AliasRecord, octets: Uint8Array): Promise<Buffer> {
  const segmentDigests = segmentDigestsOf(octets);
  const root = octets.length === blob.bytes ? await rootOf(segmentDigests) : null;
  if (root !== blob.root) throw invalid('the sealed name is not what the record says');
  return segmentDigests;
}

function requirePkesk({ blob, epochFp }: AliasRecord, pkesk: NewAlias['pkesk']): void {
  if (pkesk.blobId !== blob.blobId || pkesk.recipientFp !== epochFp)
    throw invalid('the session key is not for this name and this epoch');
  checkPkeskPacket(Buffer.from(pkesk.packet, 'base64'));
}
