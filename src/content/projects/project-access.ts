import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';

/** What can be done in a project: fetch its files, add files, change the project itself. */
export type ProjectVerb = 'read' | 'add' | 'manage';

/** What a caller may do in a project, as far as the server is concerned. Reading still needs the epoch's secret key. */
export interface ProjectGrant {
  readonly organizationId: string;
  readonly projectId: string;
  readonly verbs: readonly ProjectVerb[];
  readonly previews: 'sealed' | 'assisted' | 'none';
  readonly rendererDeviceId: string | null;
  /** The newest epoch: the only one that new media may be sealed to. */
  readonly epoch: number;
  readonly epochFp: string;
}

/** The one place that answers "may this caller read, add to or manage that project?". */
@Injectable()
export class ProjectAccess {
  constructor(private readonly database: DataSource) {}

  /**
   * @throws ApiError project.unknown, the same whether it does not exist or is not the caller's; access.denied where the
   * caller knows the project and may do something else in it
   */
  async require(caller: Caller, projectId: string, verb: ProjectVerb): Promise<ProjectGrant> {
    const [grant] = await this.grants(caller, projectId);
    if (!grant) throw new ApiError('project.unknown');
    if (!grant.verbs.includes(verb)) throw new ApiError('access.denied');
    return grant;
  }

  /** Every project in which the caller may do something, or the one asked for. */
  async grants(caller: Caller, projectId: string | null = null): Promise<ProjectGrant[]> {
    const rows = await this.database.query<GrantRow[]>(
      `SELECT o.id AS organization_id, p.id, p.previews, p.renderer_device_id, e.number, e.certificate_fp
         FROM organization o CROSS JOIN project p JOIN LATERAL (SELECT * FROM epoch WHERE project_id = p.id ORDER BY number DESC LIMIT 1) e ON true
        WHERE ($1::uuid IS NULL OR p.id = $1) AND CASE $2
          WHEN 'full' THEN EXISTS (SELECT FROM envelope v WHERE v.project_id = p.id AND v.epoch = e.number AND v.member_id = $3)
          WHEN 'upload-only' THEN p.id = ANY($4::uuid[])
          ELSE p.renderer_device_id = $5 END
        ORDER BY p.created_at, p.id`,
      [projectId, caller.kind, caller.memberId, caller.projects ?? [], caller.deviceId],
    );
    return rows.map((row) => ({
      organizationId: row.organization_id,
      projectId: row.id,
      verbs: verbsOf(caller),
      previews: row.previews,
      rendererDeviceId: row.renderer_device_id,
      epoch: row.number,
      epochFp: row.certificate_fp,
    }));
  }
}

/** By the kind of device and its member's role. A principal that is no device comes in here. */
function verbsOf({ kind, role }: Caller): readonly ProjectVerb[] {
  if (kind === 'upload-only') return ['add'];
  if (kind === 'renderer') return ['read'];
  return role === 'owner' ? ['read', 'add', 'manage'] : ['read', 'add'];
}

interface GrantRow {
  organization_id: string;
  id: string;
  previews: ProjectGrant['previews'];
  renderer_device_id: string | null;
  number: number;
  certificate_fp: string;
}
