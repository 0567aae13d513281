import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../identity/caller.js';

/** What a caller may do in a project, as far as the server is concerned. Reading still needs the epoch's secret key. */
export interface ProjectPart {
  readonly organisationId: string;
  readonly projectId: string;
  readonly previews: 'sealed' | 'assisted' | 'none';
  readonly rendererDeviceId: string | null;
  /** The newest epoch: the only one that new media may be sealed to. */
  readonly epoch: number;
  readonly epochFp: string;
}

/** The one place that answers "has this caller a part in that project?". */
@Injectable()
export class ProjectAccess {
  constructor(private readonly database: DataSource) {}

  /** @throws ApiError project.unknown, the same whether it does not exist or is not the caller's */
  async require(caller: Caller, projectId: string): Promise<ProjectPart> {
    const [part] = await this.parts(caller, projectId);
    if (!part) throw new ApiError('project.unknown');
    return part;
  }

  /** Every project the caller has a part in, or the one asked for. */
  async parts(caller: Caller, projectId: string | null = null): Promise<ProjectPart[]> {
    const rows = await this.database.query<PartRow[]>(
      `SELECT o.id AS organisation_id, p.id, p.previews, p.renderer_device_id, e.number, e.certificate_fp
         FROM organisation o CROSS JOIN project p JOIN LATERAL (SELECT * FROM epoch WHERE project_id = p.id ORDER BY number DESC LIMIT 1) e ON true
        WHERE ($1::uuid IS NULL OR p.id = $1) AND CASE $2
          WHEN 'full' THEN EXISTS (SELECT FROM envelope v WHERE v.project_id = p.id AND v.epoch = e.number AND v.member_id = $3)
          WHEN 'upload-only' THEN p.id = ANY($4::uuid[])
          ELSE p.renderer_device_id = $5 END
        ORDER BY p.created_at, p.id`,
      [projectId, caller.kind, caller.memberId, caller.projects ?? [], caller.deviceId],
    );
    return rows.map((row) => ({
      organisationId: row.organisation_id,
      projectId: row.id,
      previews: row.previews,
      rendererDeviceId: row.renderer_device_id,
      epoch: row.number,
      epochFp: row.certificate_fp,
    }));
  }
}

interface PartRow {
  organisation_id: string;
  id: string;
  previews: ProjectPart['previews'];
  renderer_device_id: string | null;
  number: number;
  certificate_fp: string;
}
