import { Injectable } from '@nestjs/common';
import { Id, type JobsView, stuckRowsMax } from '@aerie/protocol';
import { ApiError } from '../../platform/http/api-error.js';
import { OutboxService } from '../../platform/jobs/outbox.service.js';
import { withIdle } from '../../platform/jobs/with-idle.js';
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

/** A payload may be malformed: that is one of the reasons to be stuck. */
function mediaIdsOf(payload: unknown): string[] {
  const { mediaId, mediaIds } = (payload ?? {}) as { mediaId?: unknown; mediaIds?: unknown };
  const named = Array.isArray(mediaIds) ? (mediaIds as unknown[]) : [mediaId];
  return named.filter((one): one is string => Id.safeParse(one).success);
}
