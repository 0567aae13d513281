/**
 * A hint that a row of the outbox is due. The payload stays in the row: queues store their entries in clear, and what
 * comes back from one is not to be believed.
 */
export interface QueueEntry {
  outboxId: string;
  job: string;
}

export interface QueueCounts {
  waiting: number;
  active: number;
}

/** The queue cannot be relied on, and why. The message says what to change. */
export class QueueUnfit extends Error {
  override readonly name = 'QueueUnfit';
  constructor(
    message: string,
    readonly fault: 'silent' | 'may-evict' = 'silent',
  ) {
    super(message);
  }
}

/**
 * Carries entries from the outbox to the workers. It may deliver an entry twice, late, or, when its store is lost, never:
 * the outbox knows what is due, and hands it over again. What every adapter promises:
 *
 * - An entry that was added is delivered to one worker soon, while the store of the queue lives.
 * - An entry whose worker died is delivered again or dropped; it never blocks others.
 * - Entries that were delivered do not pile up.
 */
export abstract class JobQueue {
  /** Hands entries over. May be repeated after any failure. */
  abstract add(entries: readonly QueueEntry[]): Promise<void>;

  /** Starts to deliver, up to `concurrency` entries at a time. A handler that throws ends the delivery, not the worker. */
  abstract process(handler: (entry: QueueEntry) => Promise<void>, options: { concurrency: number }): Promise<void>;

  abstract counts(): Promise<QueueCounts>;

  /** Readiness. @throws QueueUnfit, or what the driver throws while the store does not answer */
  abstract check(): Promise<void>;

  /** Takes no more entries and waits for running handlers, but not longer than a deadline. */
  abstract close(): Promise<void>;
}
