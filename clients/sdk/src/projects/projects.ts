import type { Membership, Previews as PreviewsPolicy, ProjectView } from '@aerie/protocol';
import { OneFlight } from '../api/one-flight.js';
import { ServerProblem, TrustError } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import { createProject } from './create-project.js';
import { VerifiedProject } from './verified-project.js';

export type PreviewsMode = PreviewsPolicy['mode'];

export interface Project {
  readonly projectId: string;
  readonly name: string;
  readonly previews: PreviewsMode;
  /** Of the renderer that may see pictures of this project; null unless `previews` is `assisted`. */
  readonly rendererFp: string | null;
  readonly epoch: number;
  readonly epochFp: string;
  readonly createdAt: string;
  /** Octets of ciphertext. */
  readonly bytesUsed: number;
  readonly bytesQuota: number | null;
  readonly mediaCount: number;
}

/** How long a verified project is used before the server is asked again: an epoch change is seen within that time. */
const projectMsMax = 30_000;

export class Projects {
  readonly #known = new Map<string, { readonly project: VerifiedProject; readonly at: number }>();
  readonly #asked = new Map<string, OneFlight<VerifiedProject>>();

  constructor(readonly local: LocalDevice) {}

  /**
   * Creates a project with its first epoch, for this member alone. `assisted` signs the waiting renderer in.
   * @throws ServerProblem `renderer.unknown` among others; Refusal `device.cannot`
   */
  async create(name: string, previews: PreviewsMode = 'sealed'): Promise<Project> {
    const view = await createProject(this.local, name, previews);
    return this.#describe(await this.#verify(view));
  }

  /** Whether a renderer waits on the server, so that `assisted` can be chosen. For owners. */
  async hasRenderer(): Promise<boolean> {
    try {
      await this.local.http.call('readRenderer', {});
      return true;
    } catch (error) {
      if (error instanceof ServerProblem && error.code === 'renderer.unknown') return false;
      throw error;
    }
  }

  /** @throws TrustError where any of them is not what its owners signed */
  async list(): Promise<Project[]> {
    const known = await this.local.membership();
    const { projects } = await this.local.http.call('listProjects', {});
    this.#requireWhole(known, projects);
    return Promise.all(projects.map(async (view) => this.#describe(await this.#verify(view))));
  }

  /** The chain says which projects this member reads: one that is left out has not ceased to be. */
  #requireWhole(membership: Membership, shown: readonly ProjectView[]): void {
    const { memberId } = this.local.keyring;
    for (const [projectId, { epochs }] of this.local.holdsMemberKey ? membership.projects : [])
      if (epochs.at(-1)?.record.members.some((one) => one.memberId === memberId))
        if (!shown.some((view) => view.projectId === projectId))
          throw new TrustError('trust.project', `The server leaves out the project ${projectId}`);
  }

  async read(projectId: string): Promise<Project> {
    return this.#describe(await this.verified(projectId, { fresh: true }));
  }

  /** The project with its keys. @throws ServerProblem `project.unknown`; TrustError */
  async verified(projectId: string, { fresh = false }: { fresh?: boolean } = {}): Promise<VerifiedProject> {
    const known = this.#known.get(projectId);
    const isRecent = known && performance.now() - known.at < projectMsMax && !this.#isOvertaken(known.project);
    if (!fresh && isRecent) return known.project;
    const flight = this.#asked.get(projectId) ?? new OneFlight(() => this.#fetch(projectId));
    this.#asked.set(projectId, flight);
    return fresh ? flight.askAfter() : flight.join();
  }

  /** Whether the chain, as it was verified last, has another epoch since. */
  #isOvertaken({ projectId, epochs }: VerifiedProject): boolean {
    return (this.local.lastMembership?.projects.get(projectId)?.epochs.length ?? 0) > epochs.length;
  }

  async #fetch(projectId: string): Promise<VerifiedProject> {
    const view = await this.local.http.call('readProject', { params: { projectId } });
    const project = await this.#verify(view);
    if (project.projectId !== projectId)
      throw new TrustError('trust.project', 'The server answered with another project');
    return project;
  }

  async #verify(view: ProjectView): Promise<VerifiedProject> {
    const project = await this.local.withMembership((membership) =>
      VerifiedProject.verify(view, this.local, membership),
    );
    this.#known.set(project.projectId, { project, at: performance.now() });
    return project;
  }

  #describe(project: VerifiedProject): Project {
    const { record, epoch, view } = project;
    const opened = project.envelopes.get(epoch.record.epoch);
    return {
      projectId: project.projectId,
      name: opened?.name ?? this.local.keyring.projectNames[project.projectId] ?? '',
      previews: record.previews.mode,
      rendererFp: record.previews.mode === 'assisted' ? record.previews.renderer.certificateFp : null,
      epoch: epoch.record.epoch,
      epochFp: epoch.certificate.fingerprint,
      createdAt: record.createdAt,
      bytesUsed: view.bytesUsed,
      bytesQuota: view.bytesQuota,
      mediaCount: view.mediaCount,
    };
  }
}
