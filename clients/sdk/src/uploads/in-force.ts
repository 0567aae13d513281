/** A project may move on to another epoch while files are on their way: they are then wrapped and signed again. */
import { ServerProblem } from '../errors.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import type { UploadContext } from './upload-context.js';

/** An epoch begins where a device was lost; that so many begin during one request does not happen. */
const attemptsMax = 5;

/**
 * Sends what is sealed to the newest epoch, and once more where another one came first.
 * @param work seals and signs for the epoch of that project, and sends it; nothing of a refused attempt was kept
 * @throws what `work` throws
 */
export async function inForce<T>(
  context: Pick<UploadContext, 'project' | 'renew'>,
  work: (project: VerifiedProject) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const { project } = context;
    try {
      return await work(project);
    } catch (error) {
      const isStale = error instanceof ServerProblem && error.code === 'project.epoch_stale';
      if (!isStale || attempt === attemptsMax) throw error;
      await context.renew(project);
      if (context.project.epoch.record.epoch === project.epoch.record.epoch) throw error;
    }
  }
}
