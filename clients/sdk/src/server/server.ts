import type { DeviceKind, JobsView, OpenUpload, StorageView, Warning } from '@aerie/protocol';
import type { LocalDevice } from '../identity/local-device.js';
import type { Projects } from '../projects/projects.js';

/** What is stored, in sealed octets. */
export interface StorageReport extends Omit<StorageView, 'projects'> {
  readonly projects: readonly (StorageView['projects'][number] & {
    /** Null where this member has no part in the project: the server does not know its name. */
    readonly name: string | null;
  })[];
}
/** An upload that is not finished. Project and device are null where this member cannot verify them. */
export interface UnfinishedUpload extends OpenUpload {
  readonly project: string | null;
  readonly device: { readonly label: string; readonly kind: DeviceKind; readonly member: string } | null;
}
export type JobsReport = JobsView;
export type ServerWarning = Warning;

/** How the service is, for owners. All of it is the server's word, and about the server alone. */
export class Server {
  constructor(
    readonly local: LocalDevice,
    readonly projects: Projects,
  ) {}

  /** @throws ServerProblem `access.denied` unless this is a full device of an owner, as for all methods here */
  async storage(): Promise<StorageReport> {
    const view = await this.local.http.call('readStorage', {});
    const names = new Map((await this.projects.list()).map(({ projectId, name }) => [projectId, name]));
    return {
      ...view,
      projects: view.projects.map((project) => ({ ...project, name: names.get(project.projectId) ?? null })),
    };
  }

  jobs(): Promise<JobsReport> {
    return this.local.http.call('readJobs', {});
  }

  /** Tries a job again now, with all its attempts before it. @throws ServerProblem `job.unknown` where it has not failed */
  async retryJob(jobId: string): Promise<void> {
    await this.local.http.call('retryJob', { params: { jobId } });
  }

  /** The uploads of all devices that are not finished, the largest first. */
  async unfinishedUploads(): Promise<UnfinishedUpload[]> {
    const { uploads } = await this.local.http.call('listUploads', {});
    const names = new Map((await this.projects.list()).map(({ projectId, name }) => [projectId, name]));
    const membership = await this.local.membership({ fresh: true });
    return uploads.map((upload) => {
      const known = membership.devices.get(upload.deviceId);
      const device = known && { label: known.label, kind: known.record.kind, member: known.member.record.name };
      return { ...upload, project: names.get(upload.projectId) ?? null, device: device ?? null };
    });
  }

  /** Ends an upload of any device and frees what it reserved. @throws ServerProblem `upload.unknown`, `upload.closed` */
  async abortUpload(mediaId: string): Promise<void> {
    await this.local.http.call('abortUpload', { params: { mediaId } });
  }

  /** What is wrong with the server, or soon will be; the most severe first. */
  async warnings(): Promise<ServerWarning[]> {
    return (await this.local.http.call('listWarnings', {})).warnings;
  }
}
