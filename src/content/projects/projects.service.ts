import { Injectable } from '@nestjs/common';
import {
  type BodyOf,
  type EnvelopeRecord,
  type EpochRecord,
  type ProjectRecord,
  type ProjectView,
  fromBase64,
  readCertificate,
  routes,
  sha256,
  signedFromWire,
  toBase64,
  verifyRecord,
  type Certificate,
} from '@aerie/protocol';
import { DataSource, In } from 'typeorm';
import { AuditService } from '../../trust/audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';
import { DevicesService } from '../../trust/identity/devices.service.js';
import { OrganizationService } from '../../trust/identity/organization.service.js';
import { bufferOf, introductionOf, signedRecordOf } from '../../trust/identity/wire.js';
import { ProjectAccess } from './project-access.js';
import { Envelope, Epoch, Project } from './project.entity.js';

/** Projects: created by an owner's signed records, read by devices with a grant in them. */
@Injectable()
export class ProjectsService {
  private readonly bytesQuota: string | null;

  constructor(
    private readonly database: DataSource,
    private readonly access: ProjectAccess,
    private readonly devices: DevicesService,
    private readonly organization: OrganizationService,
    private readonly audit: AuditService,
    config: Config,
  ) {
    this.bytesQuota = config.environment.AERIE_PROJECT_QUOTA_BYTES?.toString() ?? null;
  }

  async create(caller: Caller, input: BodyOf<typeof routes.createProject>): Promise<ProjectView> {
    const signer = await this.devices.certificateOf(caller.deviceId);
    const record = await verifyRecord('project', signedFromWire(input.record), signer);
    const epoch = await this.verifyEpoch(caller, record, input.epoch, signer);
    const envelopes = await Promise.all(
      input.envelopes.map((envelope) => this.verifyEnvelope(caller, epoch, envelope, signer)),
    );
    mustHold(
      record.signer.deviceId === caller.deviceId && record.signer.memberId === caller.memberId,
      'project.signer',
    );
    mustHold(record.organizationId === (await this.organization.requireId()), 'project.organizationId');
    mustHold(
      sameSet(
        epoch.members,
        envelopes.map((one) => one.recipient.memberId),
      ),
      'epoch.members',
    );
    await this.requireMembers(envelopes);
    await this.requireRenderer(record);
    await this.store(caller, record, epoch, envelopes, input);
    return this.read(caller, record.projectId);
  }

  async list(caller: Caller): Promise<ProjectView[]> {
    const grants = await this.access.grants(caller);
    return this.views(
      caller,
      grants.map(({ projectId }) => projectId),
    );
  }

  async read(caller: Caller, projectId: string): Promise<ProjectView> {
    const [grant] = await this.access.grants(caller, projectId);
    if (!grant) throw new ApiError('project.unknown');
    const [view] = await this.views(caller, [grant.projectId]);
    return view!;
  }

  private async views(caller: Caller, projectIds: readonly string[]): Promise<ProjectView[]> {
    const where = { projectId: In([...projectIds]) };
    const projects = await this.database
      .getRepository(Project)
      .find({ where: { id: In([...projectIds]) }, order: { createdAt: 'ASC', id: 'ASC' } });
    const epochs = await this.database.getRepository(Epoch).find({ where, order: { number: 'ASC' } });
    const envelopes =
      caller.kind === 'full'
        ? await this.database.getRepository(Envelope).findBy({ ...where, memberId: caller.memberId })
        : [];
    const counts = await this.database.query<{ project_id: string; count: string }[]>(
      'SELECT project_id, count(*) FROM media WHERE project_id = ANY($1::uuid[]) GROUP BY project_id',
      [projectIds],
    );
    return projects.map((project) => ({
      projectId: project.id,
      record: signedRecordOf(project),
      epochs: epochs.filter((epoch) => epoch.projectId === project.id).map(introductionOf),
      envelopes: envelopes
        .filter((one) => one.projectId === project.id)
        .map((one) => ({ record: signedRecordOf(one), sealed: toBase64(one.sealed) })),
      bytesUsed: Number(project.bytesUsed),
      bytesQuota: project.bytesQuota === null ? null : Number(project.bytesQuota),
      mediaCount: Number(counts.find((row) => row.project_id === project.id)?.count ?? 0),
    }));
  }

  private async verifyEpoch(
    caller: Caller,
    project: ProjectRecord,
    wire: BodyOf<typeof routes.createProject>['epoch'],
    signer: Certificate,
  ): Promise<EpochRecord> {
    const certificate = await readCertificate(fromBase64(wire.certificate));
    const record = await verifyRecord('epoch', signedFromWire(wire.record), signer);
    mustHold(record.signer.deviceId === caller.deviceId, 'epoch.signer');
    mustHold(
      record.projectId === project.projectId && record.organizationId === project.organizationId,
      'epoch.projectId',
    );
    mustHold(record.epoch === 1 && record.prev === null, 'epoch.epoch');
    mustHold(record.certificateFp === certificate.fingerprint, 'epoch.certificateFp');
    return record;
  }

  private async verifyEnvelope(
    caller: Caller,
    epoch: EpochRecord,
    wire: BodyOf<typeof routes.createProject>['envelopes'][number],
    signer: Certificate,
  ): Promise<EnvelopeRecord> {
    const record = await verifyRecord('envelope', signedFromWire(wire.record), signer);
    mustHold(record.signer.deviceId === caller.deviceId, 'envelope.signer');
    mustHold(record.organizationId === epoch.organizationId, 'envelope.organizationId');
    mustHold(record.projectId === epoch.projectId && record.epoch === epoch.epoch, 'envelope.projectId');
    mustHold(record.sealed === toBase64(await sha256(fromBase64(wire.sealed))), 'envelope.sealed');
    return record;
  }

  private async requireMembers(envelopes: readonly EnvelopeRecord[]): Promise<void> {
    const fingerprints = await this.devices.memberFingerprints(envelopes.map(({ recipient }) => recipient.memberId));
    for (const { recipient } of envelopes) {
      mustHold(fingerprints.get(recipient.memberId) === recipient.certificateFp, 'envelope.recipient');
    }
  }

  private async requireRenderer({ previews }: ProjectRecord): Promise<void> {
    if (previews.mode !== 'assisted') return;
    const device = await this.devices.requireActive(previews.renderer.deviceId);
    mustHold(
      device.kind === 'renderer' && device.certificateFp === previews.renderer.certificateFp,
      'project.previews.renderer',
    );
  }

  private async store(
    caller: Caller,
    record: ProjectRecord,
    epoch: EpochRecord,
    envelopes: readonly EnvelopeRecord[],
    input: BodyOf<typeof routes.createProject>,
  ): Promise<void> {
    const stored = (wire: { bytes: string; signature: string }) => ({
      record: bufferOf(wire.bytes),
      signature: bufferOf(wire.signature),
    });
    await this.database.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Project)
        .values({
          id: record.projectId,
          previews: record.previews.mode,
          ...stored(input.record),
          bytesQuota: this.bytesQuota,
          createdAt: new Date(),
          rendererDeviceId: record.previews.mode === 'assisted' ? record.previews.renderer.deviceId : null,
        })
        .orIgnore()
        .returning('id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0)
        throw new ApiError('record.conflict', { detail: 'project.projectId' });
      await manager.insert(Epoch, {
        projectId: epoch.projectId,
        number: epoch.epoch,
        certificateFp: epoch.certificateFp,
        certificate: bufferOf(input.epoch.certificate),
        ...stored(input.epoch.record),
      });
      await manager.insert(
        Envelope,
        envelopes.map((envelope, index) => ({
          projectId: envelope.projectId,
          epoch: envelope.epoch,
          memberId: envelope.recipient.memberId,
          ...stored(input.envelopes[index]!.record),
          sealed: bufferOf(input.envelopes[index]!.sealed),
        })),
      );
      await this.audit.record(manager, 'project.created', caller, [record.projectId]);
    });
  }
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && new Set(a).size === a.length && a.every((one) => b.includes(one));
