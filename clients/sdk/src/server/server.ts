import type { JobsView, StorageView, Warning } from '@aerie/protocol';
import type { LocalDevice } from '../identity/local-device.js';
import type { Projects } from '../projects/projects.js';

/** What is stored, in sealed octets. */
export interface StorageReport extends Omit<StorageView, 'projects'> {
  readonly projects: readonly (StorageView['projects'][number] & {
    /** Null where this member has no part in the project: the server does not know its name. */
    readonly name: string | null;
  })[];
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

  /** What is wrong with the server, or soon will be; the most severe first. */
  async warnings(): Promise<ServerWarning[]> {
    return (await this.local.http.call('listWarnings', {})).warnings;
  }
}
