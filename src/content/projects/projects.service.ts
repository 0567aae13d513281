import { Injectable } from '@nestjs/common';
import {
  type BodyOf,
  type EpochRecord,
  type ProjectRecord,
  type ProjectView,
  type TrustedEpoch,
  type TrustedProject,
  fromBase64,
  parseRecord,
  routes,
  sha256,
  signedFromWire,
  toBase64,
} from '@aerie/protocol';
import { DataSource, type EntityManager, In } from 'typeorm';
import { AuditService } from '../../trust/audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';
import { DevicesService } from '../../trust/identity/devices.service.js';
import { isSignedBy } from '../../trust/identity/signed-by.js';
import { bufferOf } from '../../trust/identity/wire.js';
import { MembershipService } from '../../trust/membership/membership.service.js';
import { holdProject } from './epoch-in-force.js';
import { ProjectAccess } from './project-access.js';
import { Envelope, Epoch, Project } from './project.entity.js';

type NewProject = BodyOf<typeof routes.createProject>;
type NewEpoch = BodyOf<typeof routes.createEpoch>;

/** Projects: created by entries of an owner's device, read by devices with a grant in them. */
@Injectable()
export class ProjectsService {
  private readonly bytesQuota: string | null;

  constructor(
    private readonly database: DataSource,
    private readonly access: ProjectAccess,
    private readonly devices: DevicesService,
    private readonly membership: MembershipService,
    private readonly audit: AuditService,
    config: Config,
  ) {
    this.bytesQuota = config.environment.AERIE_PROJECT_QUOTA_BYTES?.toString() ?? null;
  }

  async create(caller: Caller, { entries, envelopes }: NewProject): Promise<ProjectView> {
    const [first, second] = entries.map((entry) => signedFromWire(entry).bytes);
    const [record, epoch] = [parseRecord('project', first!), parseRecord('epoch', second!)];
    const { projectId } = record;
    mustHold(isSignedBy(caller, record.signer), 'project.signer');
    mustHold(isSignedBy(caller, epoch.signer), 'epoch.signer');
    mustHold(epoch.projectId === projectId, 'epoch.projectId');
    mustHold(epoch.epoch === 1, 'epoch.epoch');
    await requireEnvelopes(epoch, envelopes);
    await this.requireRenderer(record);
    await inTransaction(this.database, async (manager) => {
      const membership = await this.membership.append(manager, entries);
      if (!membership) return;
      await this.store(manager, membership.projects.get(projectId)!, envelopes);
      await this.audit.record(manager, 'project.created', caller, [projectId]);
    });
    return this.read(caller, projectId);
  }

  /** From here on commits are for this epoch; one that is under way for the one before is done first, or refused. */
  async createEpoch(caller: Caller, projectId: string, { entry, envelopes }: NewEpoch): Promise<ProjectView> {
    await this.access.require(caller, projectId, 'manage');
    const epoch = parseRecord('epoch', signedFromWire(entry).bytes);
    mustHold(isSignedBy(caller, epoch.signer), 'epoch.signer');
    mustHold(epoch.projectId === projectId, 'epoch.projectId');
    await requireEnvelopes(epoch, envelopes);
    await inTransaction(this.database, async (manager) => {
      const membership = await this.membership.append(manager, [entry]);
      if (!membership) return;
      await holdProject(manager, projectId);
      await storeEpoch(manager, membership.projects.get(projectId)!.epochs.at(-1)!, envelopes);
      await this.audit.record(manager, 'epoch.created', caller, [projectId]);
    });
    return this.read(caller, projectId);
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
    const projects = await this.database
      .getRepository(Project)
      .find({ where: { id: In([...projectIds]) }, order: { createdAt: 'ASC', id: 'ASC' } });
    const envelopes =
      caller.kind === 'full'
        ? await this.database
            .getRepository(Envelope)
            .find({ where: { projectId: In([...projectIds]), memberId: caller.memberId }, order: { epoch: 'ASC' } })
        : [];
    const counts = await this.database.query<{ project_id: string; count: string }[]>(
      'SELECT project_id, count(*) FROM media WHERE project_id = ANY($1::uuid[]) GROUP BY project_id',
      [projectIds],
    );
    return projects.map((project) => ({
      projectId: project.id,
      envelopes: envelopes
        .filter((one) => one.projectId === project.id)
        .map(({ epoch, sealed }) => ({ epoch, sealed: toBase64(sealed) })),
      bytesUsed: Number(project.bytesUsed),
      bytesQuota: project.bytesQuota === null ? null : Number(project.bytesQuota),
      mediaCount: Number(counts.find((row) => row.project_id === project.id)?.count ?? 0),
    }));
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
    manager: EntityManager,
    { record, epochs: [epoch] }: TrustedProject,
    envelopes: NewProject['envelopes'],
  ): Promise<void> {
    const { projectId, previews } = record;
    await manager.insert(Project, {
      id: projectId,
      previews: previews.mode,
      bytesQuota: this.bytesQuota,
      createdAt: new Date(),
      rendererDeviceId: previews.mode === 'assisted' ? previews.renderer.deviceId : null,
    });
    await storeEpoch(manager, epoch!, envelopes);
  }
}

async function storeEpoch(
  manager: EntityManager,
  { record: { projectId, epoch: number }, certificate }: TrustedEpoch,
  envelopes: NewEpoch['envelopes'],
): Promise<void> {
  await manager.insert(Epoch, { projectId, number, certificateFp: certificate.fingerprint });
  await manager.insert(
    Envelope,
    envelopes.map(({ memberId, sealed }) => ({ projectId, epoch: number, memberId, sealed: bufferOf(sealed) })),
  );
}

/** One for each member that the epoch names, and the one it names. @throws ApiError record.mismatch */
async function requireEnvelopes({ members }: EpochRecord, envelopes: NewEpoch['envelopes']): Promise<void> {
  const sealedFor = new Map(envelopes.map(({ memberId, sealed }) => [memberId, sealed]));
  mustHold(sealedFor.size === envelopes.length && envelopes.length === members.length, 'epoch.members');
  for (const { memberId, sealed } of members) {
    const octets = sealedFor.get(memberId);
    if (octets === undefined) throw new ApiError('record.mismatch', { detail: 'epoch.members' });
    mustHold(sealed === toBase64(await sha256(fromBase64(octets))), 'epoch.members.sealed');
  }
}
