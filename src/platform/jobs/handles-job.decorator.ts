import { SetMetadata } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Job, PayloadOf } from './define-job.js';

export const handledJobKey = 'aerie:handled-job';

/** What a handler knows of its run. */
export interface RunningJob {
  /** Stays the same when the job runs again: a unique key for effects. */
  readonly outboxId: string;
  /** Runs that failed before this one. */
  readonly attempts: number;
  /**
   * Marks the job done in the transaction of its effect, which makes the effect happen once.
   * @throws JobSuperseded when another run has finished it; the transaction must then roll back
   */
  complete(manager: EntityManager): Promise<void>;
}

export type JobHandler<J extends Job> = (payload: PayloadOf<J>, running: RunningJob) => Promise<void>;

/**
 * Binds a method to a job. A job may run more than once, also at the same time: either the effect is idempotent by a
 * unique key, or the method calls `running.complete` in the transaction of the effect. A method that returns without it
 * is taken as done. One that throws runs again later.
 */
export const HandlesJob =
  <J extends Job>(job: J) =>
  <Method extends JobHandler<J>>(target: object, key: string, descriptor: TypedPropertyDescriptor<Method>): void => {
    SetMetadata(handledJobKey, job.name)(target, key, descriptor);
  };
