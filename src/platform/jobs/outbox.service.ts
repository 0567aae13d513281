import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import type { Job, PayloadOf } from './define-job.js';
import type { QueueEntry } from './job-queue.port.js';
import { OutboxRow } from './outbox.entity.js';

/** Another run of the job has finished it; the effect of this one must not stay. */
export class JobSuperseded extends Error {
  override readonly name = 'JobSuperseded';
}

/** `attempts` counts earlier failures. */
export interface ClaimedJob {
  job: string;
  payload: unknown;
  attempts: number;
}

export interface KindCounts {
  readonly kind: string;
  readonly due: number;
  readonly running: number;
  readonly later: number;
  readonly givenUp: number;
  readonly stuck: number;
  readonly oldestDueAt: Date | null;
}

export interface StuckRow {
  readonly jobId: string;
  readonly kind: string;
  readonly isGivenUp: boolean;
  readonly attempts: number;
  readonly error: string | null;
  readonly since: Date;
  readonly payload: unknown;
}

export interface OutboxReport {
  readonly kinds: readonly KindCounts[];
  readonly stuck: readonly StuckRow[];
}

/** How patient the outbox is. */
export class OutboxOptions {
  /** After this time without a sign of life, a row is handed to the queue again. */
  readonly visibilityMs: number = 60_000;
  /** Wait after the first failure; doubles with each further one, up to an hour. */
  readonly backoffMs: number = 1_000;
  /** After that many failures a row is given up: the last waits then add up to about three hours. */
  readonly attemptsMax: number = 14;

  constructor(changes: Partial<OutboxOptions> = {}) {
    Object.assign(this, changes);
  }
}

const backoffMsMax = 3_600_000;
/** Done rows are kept for a look back, then removed a batch at a time. */
const keepDone = '1 day';
const sweepRows = 1_000;
/** So many failures in a row, within about half a minute, are no hiccup any more. */
const stuckAttempts = 6;
const open = { doneAt: IsNull(), failedAt: IsNull() };

/** Writes down what work is due, and remembers what became of it. The database is the only truth about work. */
@Injectable()
export class OutboxService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(OutboxOptions) private readonly options: OutboxOptions,
  ) {}

  /**
   * Makes work due when the caller's transaction commits.
   * @param options.uniqueKey while a row of this job with that key is open, nothing is added. The open row may be running
   * already and have read what was there before: use it for work that is asked for again, such as a periodic sweep
   * @param options.dueAt not before then
   */
  async enqueue<J extends Job>(
    manager: EntityManager,
    job: J,
    payload: PayloadOf<J>,
    { uniqueKey, dueAt }: { uniqueKey?: string; dueAt?: Date } = {},
  ): Promise<void> {
    const row = { job: job.name, payload: job.payload.parse(payload) as object, uniqueKey: uniqueKey ?? null, dueAt };
    await manager.createQueryBuilder().insert().into(OutboxRow).values(row).orIgnore().execute();
  }

  /** Adds a run of periodic work unless one is open or was made in this period, by whichever server. */
  async enqueuePeriodic(job: Job, periodMs: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO outbox (job, payload, unique_key)
       SELECT $1, '{}', 'every' WHERE NOT EXISTS (
         SELECT FROM outbox WHERE job = $1 AND unique_key = 'every' AND created_at > now() - $2 * interval '1 ms')
       ON CONFLICT DO NOTHING`,
      // A timer that is a moment early must not wait for a whole period more.
      [job.name, 0.9 * periodMs],
    );
  }

  /** Takes up to `rowsMax` rows that are due and that no worker is busy with, and counts them as handed over. */
  async takeDue(rowsMax: number): Promise<QueueEntry[]> {
    // Not by "id above the last one": rows commit out of order, and such a reader would never see some of them.
    const [rows] = await this.dataSource.query<[{ id: string; job: string }[], number]>(
      `UPDATE outbox SET dispatched_at = now() WHERE id IN (
         SELECT id FROM outbox
         WHERE done_at IS NULL AND failed_at IS NULL AND due_at <= now()
           AND (dispatched_at IS NULL OR dispatched_at < now() - $1 * interval '1 ms')
           AND (claimed_at IS NULL OR claimed_at < now() - $1 * interval '1 ms')
         ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id, job`,
      [this.options.visibilityMs, rowsMax],
    );
    return rows.map(({ id, job }) => ({ outboxId: id, job }));
  }

  /** Takes back what could not be handed over. */
  async putBack(entries: readonly QueueEntry[]): Promise<void> {
    await this.dataSource.query('UPDATE outbox SET dispatched_at = NULL WHERE id = ANY($1)', [
      entries.map(({ outboxId }) => outboxId),
    ]);
  }

  /** Begins a run. @returns null when the row is finished, not yet due, or running elsewhere */
  async claim(outboxId: string): Promise<ClaimedJob | null> {
    const [rows] = await this.dataSource.query<[ClaimedJob[], number]>(
      `UPDATE outbox SET claimed_at = now()
       WHERE id = $1 AND done_at IS NULL AND failed_at IS NULL AND due_at <= now()
         AND (claimed_at IS NULL OR claimed_at < now() - $2 * interval '1 ms')
       RETURNING job, payload, attempts`,
      [outboxId, this.options.visibilityMs],
    );
    return rows[0] ?? null;
  }

  /** Gives a sign of life, so that no other worker runs the job. */
  async renew(outboxId: string): Promise<void> {
    await this.dataSource.manager.update(OutboxRow, { id: outboxId, ...open }, { claimedAt: () => 'now()' });
  }

  /** @throws JobSuperseded when the row is already done or given up */
  async complete(manager: EntityManager, outboxId: string): Promise<void> {
    const { affected } = await manager.update(OutboxRow, { id: outboxId, ...open }, { doneAt: () => 'now()' });
    if (affected !== 1) throw new JobSuperseded('another run of this job has finished it');
  }

  /** Counts a failure: the row becomes due again later, or is given up. @param final gives it up at once */
  async fail(outboxId: string, attempts: number, errorCode: string, final: boolean): Promise<void> {
    const failures = attempts + 1;
    const waitMs = Math.min(backoffMsMax, this.options.backoffMs * 2 ** attempts) * (0.75 + Math.random() / 2);
    await this.dataSource.query(
      `UPDATE outbox SET attempts = $2, error_code = $3, claimed_at = NULL, dispatched_at = NULL,
         due_at = now() + $4 * interval '1 ms', failed_at = CASE WHEN $5 THEN now() END
       WHERE id = $1 AND done_at IS NULL AND failed_at IS NULL`,
      [outboxId, failures, errorCode, waitMs, final || failures >= this.options.attemptsMax],
    );
  }

  /** Removes rows that were done long ago. */
  async sweep(): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE done_at < now() - $1::interval LIMIT $2)`,
      [keepDone, sweepRows],
    );
  }

  /**
   * Open and given up work by kind, and up to `rowsMax` rows of what is stuck: given up, or failed `stuckAttempts` times.
   * `since` is when the work came up.
   */
  async report(rowsMax: number): Promise<OutboxReport> {
    const busy = `claimed_at >= now() - $1 * interval '1 ms'`;
    const kinds = await this.dataSource.query<KindCounts[]>(
      `SELECT job AS kind,
              count(*) FILTER (WHERE is_open AND NOT is_busy AND due_at <= now())::int AS due,
              count(*) FILTER (WHERE is_open AND is_busy)::int AS running,
              count(*) FILTER (WHERE is_open AND NOT is_busy AND due_at > now())::int AS later,
              count(*) FILTER (WHERE NOT is_open)::int AS "givenUp",
              count(*) FILTER (WHERE NOT is_open OR attempts >= $2)::int AS stuck,
              min(due_at) FILTER (WHERE is_open AND NOT is_busy AND due_at <= now()) AS "oldestDueAt"
         FROM (SELECT job, due_at, attempts, failed_at IS NULL AS is_open, coalesce(${busy}, false) AS is_busy
                 FROM outbox WHERE done_at IS NULL) AS row
        GROUP BY job`,
      [this.options.visibilityMs, stuckAttempts],
    );
    const stuck = await this.dataSource.query<StuckRow[]>(
      `SELECT id AS "jobId", job AS kind, failed_at IS NOT NULL AS "isGivenUp", attempts, error_code AS error,
              created_at AS since, payload
         FROM outbox WHERE done_at IS NULL AND (failed_at IS NOT NULL OR attempts >= $1)
        ORDER BY failed_at IS NULL, attempts DESC, created_at, id LIMIT $2`,
      [stuckAttempts, rowsMax],
    );
    return { kinds, stuck };
  }

  /**
   * Makes a job due now that failed or was given up, with all its attempts before it. One that is running or waits for
   * its first run is left alone. @returns whether there was such a job
   */
  async retry(outboxId: string): Promise<boolean> {
    // Clear `unique_key`: a newer row may hold it, and jobs may run side by side.
    const [, retried] = await this.dataSource.query<[unknown, number]>(
      `UPDATE outbox SET due_at = now(), dispatched_at = NULL, claimed_at = NULL, attempts = 0, failed_at = NULL,
         unique_key = CASE WHEN failed_at IS NULL THEN unique_key END
       WHERE id = $1 AND done_at IS NULL AND attempts > 0
         AND (claimed_at IS NULL OR claimed_at < now() - $2 * interval '1 ms')`,
      [outboxId, this.options.visibilityMs],
    );
    return retried === 1;
  }

  /** How much work is open, and how much was given up; for operators. */
  async counts(): Promise<{ open: number; failed: number }> {
    const [row] = await this.dataSource.query<[{ open: number; failed: number }]>(
      `SELECT count(*) FILTER (WHERE failed_at IS NULL)::int AS open,
              count(*) FILTER (WHERE failed_at IS NOT NULL)::int AS failed
       FROM outbox WHERE done_at IS NULL`,
    );
    return row;
  }
}
