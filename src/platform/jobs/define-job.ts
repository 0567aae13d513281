import type { z } from 'zod';

/** A kind of work: its name in the database, and the shape of its payload, which holds ids only. */
export interface Job<Payload extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly payload: Payload;
}
export type PayloadOf<J extends Job> = z.output<J['payload']>;

/** Every job of this program; the runner proves at boot that each has its handler. */
export const definedJobs = new Map<string, Job>();

/**
 * Declares a job beside its feature.
 * @param name `<feature>.<verb>-<noun>`; never changed, for rows in the outbox carry it
 * @throws Error when the name is taken
 */
export function defineJob<Payload extends z.ZodType>(name: string, payload: Payload): Job<Payload> {
  if (definedJobs.has(name)) throw new Error(`The job ${name} is defined twice.`);
  const job = { name, payload };
  definedJobs.set(name, job);
  return job;
}
