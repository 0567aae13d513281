import { Injectable } from '@nestjs/common';
import { Id, type JobsView, stuckRowsMax } from '@aerie/protocol';
import { ApiError } from '../../platform/http/api-error.js';
import { definedJobs } from '../../platform/jobs/define-job.js';
import { OutboxService, type OutboxReport } from '../../platform/jobs/outbox.service.js';
import { RenditionsService } from '../../content/renditions/renditions.service.js';

/** What background work there is, by what the database says: the queue is only a hint. */
@Injectable()
export class JobsService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly renditions: RenditionsService,
  ) {}

  async view(): Promise<JobsView> {
    const [{ kinds, stuck }, renderings] = await Promise.all([
      this.outbox.report(stuckRowsMax),
      this.renditions.report(stuckRowsMax),
    ]);
    return {
      kinds: withIdle(kinds).map((row) => ({ ...row, oldestDueAt: row.oldestDueAt?.toISOString() ?? null })),
      stuck: stuck.map(({ jobId, kind, isGivenUp, attempts, error, since, payload }) => ({
        jobId,
        kind,
        state: isGivenUp ? 'given-up' : 'retrying',
        attempts,
        error,
        since: since.toISOString(),
        mediaIds: mediaIdsOf(payload),
      })),
      renderings,
    };
  }

  /** @throws ApiError job.unknown where there is none that failed */
  async retry(jobId: string): Promise<void> {
    if (!(await this.outbox.retry(jobId))) throw new ApiError('job.unknown');
  }
}

/** Every kind that this program knows, also where nothing of it is open; and those of a newer version beside it. */
function withIdle(kinds: OutboxReport['kinds']): OutboxReport['kinds'] {
  const idle = [...definedJobs.keys()]
    .filter((kind) => !kinds.some((row) => row.kind === kind))
    .map((kind) => ({ kind, due: 0, running: 0, later: 0, givenUp: 0, stuck: 0, oldestDueAt: null }));
  return [...kinds, ...idle].sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

/** A payload may be malformed: that is one of the reasons to be stuck. */
function mediaIdsOf(payload: unknown): string[] {
  const { mediaId, mediaIds } = (payload ?? {}) as { mediaId?: unknown; mediaIds?: unknown };
  const named = Array.isArray(mediaIds) ? (mediaIds as unknown[]) : [mediaId];
  return named.filter((one): one is string => Id.safeParse(one).success);
}
